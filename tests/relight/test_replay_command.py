"""`relight replay` proves the pictures of crews too."""

import json

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session
from typer.testing import CliRunner, Result

from relight import replay
from relight.cli import build
from store import photos
from tests.store.builders import a_kept_picture, a_photo, take


def _ended(code: int) -> None:
    raise SystemExit(code)


def said(*words: str) -> Result:
    return CliRunner().invoke(build(words), words)


def test_a_picture_that_was_changed_is_named(
    own_demo_engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = own_demo_engine.url.render_as_string(hide_password=False)
    monkeypatch.setenv("RELIGHT_DATABASE_URL", url)
    monkeypatch.setattr(replay, "finish", _ended)
    monkeypatch.setattr(replay, "connect", lambda *_, **__: own_demo_engine)
    outage = take(own_demo_engine).outage_id or ""
    with Session(own_demo_engine) as session, session.begin():
        for number in (1, 2):
            photos.keep(session, a_photo(outage, seq=number), a_kept_picture())
    whole = said("replay", "all")
    with own_demo_engine.begin() as connection:
        # Only who owns the tables can do this, and it shows.
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        changed = {"id": f"pho_{outage}_2"}
        connection.execute(text("UPDATE pictures SET image = '' WHERE photo_id = :id"), changed)
    broken = said("replay", "all", "--json")
    told = json.loads(broken.output)

    assert (whole.exit_code, broken.exit_code) == (0, 1), whole.output
    assert "2 pictures are as they came in" in whole.output
    assert told["photos"] == {"holds": 1, "gone": 0, "broken": 1}
    assert [each["where"] for each in told["divergences"]] == [f"photo pho_{outage}_2"]
