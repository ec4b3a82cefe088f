"""Whose hand was in an outage; noted before the deed is sent, so that no judge slips through."""

from typing import Literal

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from store.tables.progress import OutageHandRow

Part = Literal["dispatcher", "executor", "leader"]


def note(session: Session, outage_id: str, subject: str, part: Part) -> None:
    """Note that a person takes part in an outage; once noted it stays."""
    row = {"outage_id": outage_id, "subject": subject, "part": part}
    session.execute(insert(OutageHandRow).values(row).on_conflict_do_nothing())


def had(session: Session, outage_id: str, subject: str) -> bool:
    """Tell whether somebody had a hand in an outage, by any of the traces that leaves."""
    return bool(session.scalar(select(func.had_a_hand(subject, outage_id))))
