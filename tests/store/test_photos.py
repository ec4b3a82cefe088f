"""Photos are kept as they came in, can be proven, and go with the persons they may show."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.orm import Session

from store import erasures, forgetting, hands, photos, sweep
from store.photos import PhotoSeen
from tests.conftest import MakeDatabase
from tests.store.builders import NOW, REAL, a_draft, a_kept_picture, a_photo, take
from tests.store.test_sweep import LATER, RULES

_NOTED = text("SELECT counts ->> 'photos' FROM erasures WHERE rule = 'photos'")
ASKED = {"at": NOW, "by": "me", "why": "asked"}


@pytest.fixture(scope="module")
def demo(make_database: MakeDatabase) -> Iterator[Engine]:
    """A demo database of this module's own."""
    engine = create_engine(make_database(demo=True))
    yield engine
    engine.dispose()


@pytest.fixture
def town(demo: Engine) -> Iterator[Session]:
    """A session whose work is rolled back, whatever else is committed."""
    with Session(demo) as session:
        yield session


def laid_in(session: Session, outage: str, *shown: str) -> None:
    """Keep a photo of each kind with an order."""
    for seq, shows in enumerate(shown, 1):
        said = a_photo(outage, seq=seq, shows=shows, device=f"of/{outage}", note=f"note {seq}")
        photos.keep(session, said, a_kept_picture(shows.encode()))


def left(session: Session, outage: str) -> dict[str, tuple[str | None, bytes | None]]:
    """Return the note and the picture that are left of each kind."""
    return {seen.photo.shows.value: _left(session, seen) for seen in photos.listed(session, outage)}


def _left(session: Session, seen: PhotoSeen) -> tuple[str | None, bytes | None]:
    picture = photos.picture(session, seen.photo.id, thumbnail=False)
    assert (seen.gone_at is None) == (picture is not None)
    return seen.photo.note, picture


def test_who_takes_a_photo_has_a_hand_in_the_order(demo: Engine, town: Session) -> None:
    outage = take(demo).outage_id or ""
    laid_in(town, outage, "damage")

    assert hands.had(town, outage, "chen")


def test_a_picture_is_proven_by_its_digest(demo: Engine, town: Session) -> None:
    outage = take(demo).outage_id or ""
    laid_in(town, outage, "damage", "hazard", "meter")
    town.execute(text("SET LOCAL session_replication_role = replica"))
    town.execute(
        text("UPDATE pictures SET image = 'another' WHERE photo_id = :id"),
        {"id": f"pho_{outage}_1"},
    )
    town.execute(text("SET LOCAL session_replication_role = origin"))
    erasures.note(town, "persons", counts={}, **ASKED)
    photos.let_go(town, [f"pho_{outage}_2"], NOW)
    states = dict(photos.check(town, outage))

    assert states == {
        f"pho_{outage}_1": "broken", f"pho_{outage}_2": "gone", f"pho_{outage}_3": "holds"
    }  # fmt: skip


def test_with_the_only_reporter_all_photos_of_the_order_go(demo: Engine, town: Session) -> None:
    told = take(demo, a_draft("jp-f2-s1-t1-p1"))
    outage = told.outage_id or ""
    laid_in(town, outage, "damage", "meter")
    done = forgetting.forget(town, [told.report_id], real_now=REAL, even_if_open=True, **ASKED)
    again = erasures.count_persons(town, [told.report_id])

    assert done.counts["photos"] == 2
    assert left(town, outage) == {"damage": (None, None), "meter": (None, None)}
    assert again["photos"] == 0


def test_of_many_reporters_one_takes_along_what_may_show_a_home(
    demo: Engine, town: Session
) -> None:
    told = [take(demo, a_draft(f"jp-f3-s1-t1-p{home}")) for home in (1, 2)]
    outage = told[0].outage_id or ""
    assert told[1].outage_id == outage
    laid_in(town, outage, "damage", "hazard", "temporary_repair", "meter", "other")
    forgetting.forget(town, [told[0].report_id], real_now=REAL, even_if_open=True, **ASKED)
    first = left(town, outage)
    forgetting.forget(town, [told[1].report_id], real_now=REAL, even_if_open=True, **ASKED)

    assert {shows for shows, (note, _) in first.items() if note is None} == {"meter", "other"}
    assert first["damage"] == ("note 1", b"damage")
    assert set(left(town, outage).values()) == {(None, None)}


def test_a_restored_backup_forgets_the_photos_too(demo: Engine, town: Session) -> None:
    told = take(demo, a_draft("jp-f4-s1-t1-p1"))
    laid_in(town, told.outage_id or "", "meter")
    done = forgetting.reapply(town, [told.report_id], at=NOW, real_now=REAL)

    assert done is not None
    assert done.counts["photos"] == 1
    assert left(town, told.outage_id or "") == {"meter": (None, None)}


def test_the_sweep_lets_pictures_go_and_keeps_what_proves_them(own_demo_engine: Engine) -> None:
    outage = take(own_demo_engine).outage_id or ""
    with Session(own_demo_engine) as session, session.begin():
        laid_in(session, outage, "damage", "hazard")
    early = sweep.run(own_demo_engine, RULES, LATER)
    with Session(own_demo_engine) as session, session.begin():
        session.execute(text("UPDATE outages SET closed_at = :now"), {"now": NOW})
    late = sweep.run(own_demo_engine, RULES, LATER, batch=1)
    with Session(own_demo_engine) as session:
        told = left(session, outage)
        states = {state for _, state in photos.check(session)}
        noted = list(session.scalars(_NOTED))

    # Work that is open keeps its photos, however long it takes.
    assert [each.rows for each in early if each.rule == "photos"] == [0]
    assert [each.rows for each in late if each.rule == "photos"] == [2]
    assert told == {"damage": (None, None), "hazard": (None, None)}
    assert states == {"gone"}
    assert noted == ["1", "1"]
