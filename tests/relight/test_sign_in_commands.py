"""People, programs and keys as an operator makes them: told once, listed, ended."""

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import create_engine
from sqlalchemy.orm import Session
from typer.testing import CliRunner, Result

from api.sign_in.issuer import passwords
from relight.cli import build
from relight.settings import SettingsRefused, load_settings
from relight.user import first_password
from store import people
from tests.conftest import MakeDatabase

Run = Callable[..., Result]


@pytest.fixture
def url(make_database: MakeDatabase, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> str:
    url = make_database()
    monkeypatch.setenv("RELIGHT_DATABASE_URL", url)
    monkeypatch.setenv("RELIGHT_STATE_DIR", str(tmp_path))
    return url


@pytest.fixture
def run(url: str) -> Run:
    def run(*words: str, typed: str = "") -> Result:
        return CliRunner().invoke(build(words), words, input=typed)

    return run


def known(url: str, name: str) -> people.Known:
    engine = create_engine(url)
    with Session(engine) as session:
        found = people.one(session, name)
    engine.dispose()
    assert found is not None
    return found


def test_a_person_is_added_with_a_password_that_is_told_once(run: Run, url: str) -> None:
    told = run("user", "add", "dora", "--grant", "dispatcher@jp", "--grant", "auditor@*")
    password = told.stdout.strip()
    kept = known(url, "dora")

    assert told.exit_code == 0, told.output
    assert passwords.is_it(password, kept.password)
    assert password not in str(kept)
    assert "dispatcher@jp auditor@*" in run("user", "list").stdout
    assert isinstance(run("user", "add", "dora", "--grant", "admin@*").exception, SettingsRefused)


def test_a_password_may_be_typed_and_a_poor_one_is_refused(run: Run, url: str) -> None:
    run("user", "add", "dora", "--grant", "auditor@*")
    poor = run("user", "password", "dora", "--ask", typed="short\nshort\n")
    good = run("user", "password", "dora", "--ask", typed="a good long one\na good long one\n")

    assert isinstance(poor.exception, SettingsRefused)
    assert good.exit_code == 0, good.output
    assert passwords.is_it("a good long one", known(url, "dora").password)
    assert "a good long one" not in good.output


def test_grants_change_and_a_disabled_person_keeps_nothing_but_the_id(run: Run, url: str) -> None:
    run("user", "add", "dora", "--grant", "auditor@*", "--full-name", "Dora Li")
    run("user", "grant", "dora", "--grant", "supervisor@yl")
    held = known(url, "dora").grants
    run("user", "disable", "dora")
    gone = known(url, "dora")

    assert [grant["role"] for grant in held] == ["supervisor"]
    assert (gone.name, gone.password) == ("", None)
    assert isinstance(run("user", "password", "dora").exception, SettingsRefused)
    assert run("user", "add", "dora", "--grant", "auditor@*").exit_code == 0
    assert known(url, "dora").disabled_at is None


@pytest.mark.parametrize(
    "words",
    [
        ("user", "add", "Dora Li", "--grant", "auditor@*"),
        ("user", "add", "key/x", "--grant", "auditor@*"),
        ("user", "add", "dora", "--grant", "king@*"),
        ("user", "grant", "nobody", "--grant", "auditor@*"),
        ("key", "issue", "k", "--grant", "auditor@*", "--scope", "everything"),
        ("key", "revoke", "none"),
        ("client", "add", "relight", "--grant", "auditor@*", "--scope", "*"),
        ("client", "add", "both", "--grant", "auditor@*", "--scope", "*", "--redirect", "/x"),
        ("client", "add", "neither"),
        ("client", "add", "open", "--redirect", "http://evil.example/x"),
        ("client", "add", "open", "--redirect", "//evil.example"),
        ("client", "revoke", "none"),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence(run: Run, words: tuple[str, ...]) -> None:
    told = run(*words)

    assert isinstance(told.exception, SettingsRefused), told.output
    assert str(told.exception).endswith((".", "。"))


def test_a_key_and_a_client_are_told_once_listed_and_ended(run: Run) -> None:
    key = run("key", "issue", "phones", "--grant", "call_taker@jp", "--scope", "reports:write")
    secret = run("client", "add", "scada", "--grant", "call_taker@jp", "--scope", "*")
    console = run("client", "add", "wall", "--redirect", "/wall/signed-in")
    keys, clients = run("key", "list").stdout, run("client", "list").stdout

    assert key.stdout.startswith("rlk_")
    assert "reports:write" in keys
    assert key.stdout.strip() not in keys
    assert len(secret.stdout.strip()) > 40
    assert console.stdout == ""
    assert "scada" in clients
    assert isinstance(
        run("client", "add", "scada", "--grant", "auditor@*", "--scope", "*").exception,
        SettingsRefused,
    )
    assert run("key", "revoke", key.stdout.strip()).exit_code == 0
    assert run("client", "revoke", "scada").exit_code == 0


def test_the_first_password_is_made_where_nobody_is_known(run: Run, url: str) -> None:
    settings = load_settings()
    first = first_password(settings)

    assert first is not None
    assert passwords.is_it(first, known(url, "admin").password)
    assert first_password(settings) is None
