"""`relight forget` and `relight sweep` as an operator meets them."""

import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, text
from typer.testing import CliRunner, Result

from relight import forget
from relight.cli import build
from tests.store.builders import a_draft, take

PHONE = "13912345678"


@pytest.fixture
def town(
    own_demo_engine: Engine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> tuple[Engine, Path]:
    """A database that the commands find by themselves, and the directory of the state."""
    url = own_demo_engine.url.render_as_string(hide_password=False)
    monkeypatch.setenv("RELIGHT_DATABASE_URL", url)
    monkeypatch.setenv("RELIGHT_STATE_DIR", str(tmp_path))
    # The real end of a process; here the runner must come back.
    monkeypatch.setattr(forget, "finish", _ended)
    return own_demo_engine, tmp_path


def _ended(code: int) -> None:
    raise SystemExit(code)


def said(*words: str, typed: str | None = None) -> Result:
    return CliRunner().invoke(build(words), words, input=typed)


def name_of(engine: Engine) -> Any:
    with engine.connect() as connection:
        return connection.scalar(text("SELECT reporter_name FROM reports ORDER BY seq"))


def test_a_person_is_forgotten_after_asking_and_again_after_a_restore(
    town: tuple[Engine, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    engine, state_dir = town
    report = take(engine, a_draft(reporter_name="Li", reporter_phone=PHONE)).report_id
    assert "100001" in said("forget", "--phone", PHONE, "--dry-run").output
    refused = said("forget", "--phone", "-", typed=f"{PHONE}\ny\n")
    left = said("forget", "--phone", PHONE, "--even-if-open", typed="n\n")
    assert (refused.exit_code, left.exit_code, name_of(engine)) == (1, 1, "Li")
    assert "still owed a callback" in refused.output
    assert "Nothing was changed." in left.output

    monkeypatch.setenv("RELIGHT_LANGUAGE", "zh")
    done = said("forget", "--phone", PHONE, "--even-if-open", "--yes", "--by", "ann")
    kept = state_dir / "forgotten.jsonl"
    assert done.exit_code == 0, done.output
    assert "已遗忘" in done.output
    assert name_of(engine) is None
    assert [json.loads(line)["report"] for line in kept.read_text().splitlines()] == [report]
    assert kept.stat().st_mode & 0o077 == 0
    assert said("forget", "--list").stdout == kept.read_text()
    assert "没有需要再次遗忘的人" in said("forget", "--again", str(kept)).output
    assert said("forget", "--phone", PHONE).exit_code == 1
    with engine.connect() as connection:
        noted = connection.execute(text("SELECT by, why, counts FROM erasures")).one()
    assert tuple(noted) == (
        "ann",
        "asked",
        {"reports": 1, "callback_notes": 0, "answers": 0, "photos": 0},
    )


def test_it_is_said_whom_and_why_in_a_form_without_names(town: tuple[Engine, Path]) -> None:
    _, state_dir = town
    wrong = state_dir / "wrong.jsonl"
    wrong.write_text("{}\n")

    assert said("forget", "--subject", "nobody", "--yes").exit_code == 1
    assert said("forget").exit_code == 2
    assert said("forget", "--phone", PHONE, "--report", "1").exit_code == 2
    assert said("forget", "--report", "1", "--why", "Mr Li asked").exit_code == 2
    assert "line 1" in said("forget", "--again", str(wrong)).output


def test_an_account_without_a_name_must_say_who_forgets(
    town: tuple[Engine, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    def nobody() -> str:
        raise OSError("No username set in the environment")

    monkeypatch.setattr("getpass.getuser", nobody)
    refused = said("forget", "--report", "1", "--yes")

    assert refused.exit_code == 2
    assert "--by" in refused.output
    assert said("forget", "--report", "1", "--yes", "--by", "ann").exit_code == 1


def test_the_sweep_counts_before_and_tells_after(town: tuple[Engine, Path]) -> None:
    engine, _ = town
    with engine.begin() as connection:
        connection.execute(text("UPDATE outbox SET done_at = now()"))
        take(engine)
        connection.execute(
            text("INSERT INTO idempotency VALUES ('s', 'k', 'h', '{}', 201, '2020-01-01')")
        )

    assert (
        "idempotency: 1 rows are older than 7 days and would go."
        in said("sweep", "--dry-run").output.splitlines()
    )
    assert "idempotency: 1 rows older than 7 days went." in said("sweep").output.splitlines()
    assert "idempotency: 0 rows older than 7 days went." in said("sweep").output.splitlines()
