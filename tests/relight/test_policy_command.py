"""`relight policy` as an operator meets it."""

import json
from pathlib import Path

import pytest
from click.testing import Result
from sqlalchemy import Engine
from sqlalchemy.orm import Session
from typer.testing import CliRunner

from relight.cli import build
from relight.packs import read_policy
from relight.settings import CODE, SettingsRefused
from store import policies

KARAMAY = (CODE / "policies" / "karamay.toml").read_text(encoding="utf-8")


def policy(*words: str, **variables: str) -> Result:
    arguments = ["policy", *words]
    return CliRunner().invoke(build(arguments), arguments, env=variables)


def test_the_policies_here_are_listed_and_sound() -> None:
    listed, checked = policy("list"), policy("check")

    assert (listed.exit_code, checked.exit_code) == (0, 0)
    assert "on the monthly mean 45 / 90 / 120 min" in listed.stdout
    assert len(checked.stdout.splitlines()) == 5
    assert checked.stderr == ""


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", ["arrival_min.urban: must be greater than 0", "callbacks.turns: unknown key"]),
        ("zh", ["arrival_min.urban：必须大于 0", "callbacks.turns：未知的键"]),
    ],
)
def test_every_fault_is_told_with_file_and_line(
    tmp_path: Path, language: str, said: list[str]
) -> None:
    file = tmp_path / "karamay.toml"
    text = KARAMAY.replace("urban = 60", "urban = 0").replace("tries = 3", "tries = 3\nturns = 3")
    file.write_text(text, encoding="utf-8")
    lines = [text.splitlines().index(wanted) + 1 for wanted in ("urban = 0", "turns = 3")]

    told = policy("check", str(file), RELIGHT_LANGUAGE=language)

    assert told.exit_code == 1
    for line, words in zip(lines, said, strict=True):
        assert any(f"{file}:{line}" in each and words in each for each in told.stderr.splitlines())


def test_a_file_under_another_name_than_its_own_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "yours.toml"
    file.write_text(KARAMAY, encoding="utf-8")

    told = policy("check", str(file))

    assert told.exit_code == 1
    assert "karamay lies in yours.toml" in told.stderr


def test_a_promise_beneath_the_law_is_told_and_still_sound(tmp_path: Path) -> None:
    file = tmp_path / "karamay.toml"
    file.write_text(KARAMAY.replace("urban = 60", "urban = 90"), encoding="utf-8")
    line = KARAMAY.splitlines().index("urban = 60") + 1

    told = policy("check", str(file))

    assert told.exit_code == 0
    assert f"{file}:{line}: arrival_min.urban: to think about: 90 min is less than" in told.stderr


def test_a_mean_without_a_ceiling_is_a_fault_of_its_own(tmp_path: Path) -> None:
    text = (CODE / "policies" / "southern_grid.toml").read_text(encoding="utf-8")
    file = tmp_path / "southern_grid.toml"
    file.write_text(text.replace("[arrival_min]\nurban = 60\nrural = 120\nremote = 240\n", ""))

    told = policy("check", str(file))

    assert told.exit_code == 1
    assert "arrival_min: missing: a promised mean needs a ceiling for each case" in told.stderr


def test_what_changes_is_told_in_words_and_as_json(tmp_path: Path) -> None:
    file = tmp_path / "karamay.toml"
    file.write_text(KARAMAY.replace("percent = 67", "percent = 70"), encoding="utf-8")

    words, same = policy("diff", "karamay", str(file)), policy("diff", "karamay", "karamay")
    said = json.loads(policy("diff", "karamay", str(file), "--json").stdout)

    assert "the crew accepts, at 67 %: dispatcher → –" in words.stdout
    assert "They promise the same." in same.stdout
    assert [(each["key"], each["old"], each["new"]) for each in said["changes"]] == [
        ("ladders.acknowledgement.67", {"to": "dispatcher"}, None),
        ("ladders.acknowledgement.70", None, {"to": "dispatcher"}),
    ]


def test_a_policy_that_is_kept_is_found_by_the_beginning_of_its_digest(
    own_engine: Engine, tmp_path: Path
) -> None:
    file = tmp_path / "karamay.toml"
    file.write_text(KARAMAY.replace("urban = 60", "urban = 55"), encoding="utf-8")
    with Session(own_engine) as session, session.begin():
        digest = policies.keep(session, read_policy(file))
    url = own_engine.url.render_as_string(hide_password=False)

    told = policy("diff", digest[:10], "karamay", RELIGHT_DATABASE_URL=url)
    unknown = policy("show", "0" * 12, RELIGHT_DATABASE_URL=url)

    assert "arrival, urban, at most (min): 55 → 60" in told.stdout
    assert isinstance(unknown.exception, SettingsRefused)
    assert "no digest that is kept" in str(unknown.exception)


def test_one_policy_is_shown_whole_with_its_sources() -> None:
    told, said = policy("show", "karamay"), json.loads(policy("show", "karamay", "--json").stdout)

    assert "(SEED S0)" in told.stdout
    assert "a crew is on site, at 100 %: duty manager, customer called" in told.stdout
    assert said["text"]["arrival_min"]["remote"] == 240
