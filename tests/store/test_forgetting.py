"""A person is forgotten: found by what they have, weighed against what is owed, and gone."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.orm import Session

from domain.callback import Outcome
from domain.errors import Refused
from store import callbacks, commitments, forgetting
from tests.conftest import MakeDatabase
from tests.store.builders import NOW, REAL, a_draft, take, the_policy

ASKED = {"at": NOW, "real_now": REAL, "by": "me", "why": "asked"}


@pytest.fixture(scope="module")
def demo(make_database: MakeDatabase) -> Iterator[Engine]:
    """A demo database of this module's own; tests roll back."""
    engine = create_engine(make_database(demo=True))
    yield engine
    engine.dispose()


@pytest.fixture
def town(demo: Engine) -> Iterator[Session]:
    """A session whose work is rolled back, whatever else is committed."""
    with Session(demo) as session:
        yield session


def one(session: Session, query: str, **given: object) -> object:
    return session.scalar(text(query), given)


@pytest.mark.parametrize(
    ("kept", "asked", "found"),
    [
        ("139 0000 0001", "13900000001", True),
        ("+86 139-0000-0001", "13900000001", True),
        ("13900000001", "+86 (139) 0000 0001", True),
        ("13900000001", "13900000002", False),
        ("023 6700 1234", "67001234", False),
        ("67001234", "6700-1234", True),
    ],
)
def test_a_telephone_number_is_the_same_however_it_is_written(
    demo: Engine, kept: str, asked: str, found: bool
) -> None:
    report = take(demo, a_draft(reporter_phone=kept)).report_id
    with Session(demo) as session, session.begin():
        seen = {each.report_id for each in forgetting.by_phone(session, asked)}
        session.execute(text("SET LOCAL session_replication_role = replica"))
        session.execute(text("UPDATE reports SET reporter_phone = NULL"))

    assert (report in seen) == found


def test_a_person_is_found_by_number_account_and_registered_telephone(demo: Engine) -> None:
    phoned = take(demo, a_draft("jp-f1-s1-t1-p2"))
    online = take(demo, a_draft(channel="web", source="customer/anna"))
    with Session(demo) as session:
        registered = one(
            session,
            "SELECT c.phone FROM customers c JOIN reports r ON r.customer_id = c.id"
            " WHERE r.id = :id",
            id=phoned.report_id,
        )
        by_phone = forgetting.by_phone(session, str(registered))
        by_number = forgetting.by_report(session, str(phoned.number))
        by_subject = forgetting.by_subject(session, "anna")
        with pytest.raises(Refused) as refusal:
            forgetting.by_phone(session, "+1-2")

    assert [each.report_id for each in by_phone] == [phoned.report_id]
    assert by_number == by_phone
    assert [each.report_id for each in by_subject] == [online.report_id]
    assert refusal.value.code == "phone_too_short"


@pytest.mark.parametrize("danger", [{"hazards": ["wire_down"]}, {"life_support": True}])
def test_nobody_is_forgotten_while_a_life_hangs_on_it(
    demo: Engine, town: Session, danger: dict[str, object]
) -> None:
    point = "jp-f3-s1-t1-p1" if "hazards" in danger else "jp-f4-s1-t1-p1"
    report = take(demo, a_draft(point, **danger)).report_id
    with pytest.raises(Refused) as refusal:
        forgetting.forget(town, [report], **ASKED, even_if_open=True)  # type: ignore[arg-type]

    assert refusal.value.code == "forget_danger_open"
    assert one(town, "SELECT salt IS NOT NULL FROM reports WHERE id = :id", id=report)


def test_what_is_owed_is_called_off_only_when_it_is_said(demo: Engine, town: Session) -> None:
    told = take(demo, a_draft("jp-f2-s1-t1-p1", reporter_name="Li", source="customer/li"))
    report, outage = told.report_id, told.outage_id
    town.execute(
        text("UPDATE outages SET restored_at = :now, restoration_no = 1 WHERE id = :id"),
        {"now": NOW, "id": outage},
    )
    callbacks.open_for(town, outage, 1, NOW, the_policy())
    with pytest.raises(Refused) as refusal:
        forgetting.forget(town, [report], **ASKED)  # type: ignore[arg-type]
    done = forgetting.forget(town, [report], **ASKED, even_if_open=True)  # type: ignore[arg-type]
    left = town.execute(
        text("SELECT source, outcome, reporter_name, address FROM reports WHERE id = :id"),
        {"id": report},
    ).one()
    tally = callbacks.tally(town, outage, 1)

    assert (refusal.value.code, refusal.value.params) == (
        "forget_still_owed",
        {"reports": [told.number]},
    )
    assert done.withdrawn == 1
    assert tuple(left) == ("customer", Outcome.WITHDRAWN.value, None, None)
    assert (tally.total, tally.open, tally.done, tally.unreached) == (1, 0, 0, 0)
    assert one(town, "SELECT key FROM outbox WHERE kind = 'answered'") == f"callbacks/{outage}/1"
    assert callbacks.open_for(town, outage, 1, NOW, the_policy()) == 0


def test_a_restored_backup_forgets_again(own_demo_engine: Engine) -> None:
    first = take(own_demo_engine, a_draft(reporter_name="Li", note="blue door")).report_id
    other = take(own_demo_engine, a_draft(reporter_name="Wu")).report_id
    with Session(own_demo_engine) as session, session.begin():
        again = {"at": NOW, "real_now": REAL}
        assert forgetting.reapply(session, **again) is None
        # The list was kept outside; the backup is older than the asking.
        done = forgetting.reapply(session, [first, "rep_gone"], **again)
        stones = forgetting.tombstones(session)
        assert forgetting.reapply(session, [first, "rep_gone"], **again) is None
        names = dict(session.execute(text("SELECT id, reporter_name FROM reports")).all())
        states = {each.report_id: each.state for each in commitments.check(session)}

    assert done is not None
    assert done.counts["reports"] == 1
    assert {stone.report_id for stone in stones} == {first, "rep_gone"}
    assert names == {first: None, other: "Wu"}
    assert states == {first: "forgotten", other: "holds"}


def test_a_customers_account_is_closed_and_that_of_staff_is_not(town: Session) -> None:
    for subject, role in (("anna", "customer"), ("dana", "dispatcher")):
        town.execute(
            text("""
            INSERT INTO people (subject, name, password, grants, created_at)
            VALUES (:subject, 'A Name', 'hash', CAST(:grants AS jsonb), :now)
            """),
            {"subject": subject, "grants": f'[{{"role": "{role}"}}]', "now": REAL},
        )
    forgetting.forget(town, [], **ASKED, account="anna")  # type: ignore[arg-type]
    with pytest.raises(Refused) as refusal:
        forgetting.forget(town, [], **ASKED, account="dana")  # type: ignore[arg-type]
    kept = dict(town.execute(text("SELECT subject, name FROM people")).all())

    assert refusal.value.code == "forget_staff"
    assert kept == {"anna": "", "dana": "A Name"}
