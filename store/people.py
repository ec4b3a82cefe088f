"""People who sign in at the local issuer, and the machines that asked for them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from store import locks
from store.machines import changed
from store.tables.signing_in import ActedForRow, PersonRow, RefreshTokenRow


@dataclass(frozen=True)
class Known:
    """A person as kept; `password` is what argon2 made of it."""

    subject: str
    name: str
    password: str | None
    grants: list[dict[str, Any]]
    created_at: datetime
    password_at: datetime | None
    disabled_at: datetime | None


def one(session: Session, subject: str) -> Known | None:
    """Return a person by the name they sign in with."""
    row = session.get(PersonRow, subject)
    return None if row is None else _known(row)


def listed(session: Session) -> list[Known]:
    """List everybody, by name."""
    return [_known(row) for row in session.scalars(select(PersonRow).order_by(PersonRow.subject))]


def add(
    session: Session,
    subject: str,
    *,
    name: str,
    password: str,
    grants: Sequence[dict[str, Any]],
    now: datetime,
) -> bool:
    """Add a person, or bring a disabled one back; tells whether that was possible."""
    fields = {
        "name": name,
        "password": password,
        "grants": list(grants),
        "password_at": now,
        "disabled_at": None,
    }
    made = upsert(PersonRow).values(subject=subject, created_at=now, **fields)
    made = made.on_conflict_do_update(
        index_elements=["subject"], set_=fields, where=PersonRow.disabled_at.is_not(None)
    )
    return session.scalar(made.returning(PersonRow.subject)) is not None


def add_first(
    session: Session,
    subject: str,
    *,
    password: str,
    grants: Sequence[dict[str, Any]],
    now: datetime,
) -> bool:
    """Add a person where nobody is known yet; two at once agree on one."""
    locks.take(session, ["people/first"])
    if session.scalar(select(func.count()).select_from(PersonRow)):
        return False
    return add(session, subject, name="", password=password, grants=grants, now=now)


def set_password(session: Session, subject: str, password: str, now: datetime) -> bool:
    """Give a person another password and end what the old one opened."""
    query = update(PersonRow).where(PersonRow.subject == subject, PersonRow.disabled_at.is_(None))
    done = session.execute(query.values(password=password, password_at=now))
    end_sessions(session, subject, now)
    return changed(done)


def keep_password(session: Session, subject: str, old: str, new: str) -> None:
    """Keep the same password as today's rules keep it; a change meanwhile goes first."""
    query = update(PersonRow).where(PersonRow.subject == subject, PersonRow.password == old)
    session.execute(query.values(password=new))


def set_grants(session: Session, subject: str, grants: Sequence[dict[str, Any]]) -> bool:
    """Say anew what a person holds; tokens that are out say it until they end."""
    query = update(PersonRow).where(PersonRow.subject == subject)
    return changed(session.execute(query.values(grants=list(grants))))


def disable(session: Session, subject: str, now: datetime) -> bool:
    """Let a person sign in no more, and forget name and password; the id stays."""
    query = update(PersonRow).where(PersonRow.subject == subject, PersonRow.disabled_at.is_(None))
    fields = {"disabled_at": now, "name": "", "password": None, "password_at": None}
    done = session.execute(query.values(**fields))
    end_sessions(session, subject, now)
    return changed(done)


def end_sessions(session: Session, subject: str, now: datetime) -> None:
    """Make every refresh token of a person useless."""
    mine = (RefreshTokenRow.subject == subject, RefreshTokenRow.revoked_at.is_(None))
    session.execute(update(RefreshTokenRow).where(*mine).values(revoked_at=now))


def note_acted_for(
    session: Session,
    *,
    subject: str,
    asked_by: str,
    request_id: str,
    method: str,
    path: str,
    now: datetime,
) -> None:
    """Write down that a machine asked something for somebody."""
    row = {
        "subject": subject,
        "asked_by": asked_by,
        "request_id": request_id,
        "method": method,
        "path": path,
        "at": now,
    }
    session.execute(insert(ActedForRow), [row])


def _known(row: PersonRow) -> Known:
    return Known(**{name: getattr(row, name) for name in Known.__dataclass_fields__})
