"""Settings: read in a fixed order, and refused in sentences."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from relight.settings import (
    PREFIX,
    Settings,
    SettingsRefused,
    as_environment,
    load_settings,
)


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("RELIGHT_STATE_DIR", str(tmp_path))


def test_an_unknown_variable_is_refused_with_the_likely_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("RELIGHT_DATABASE_ULR", "postgresql://x/y")

    with pytest.raises(SettingsRefused, match="Was RELIGHT_DATABASE_URL meant"):
        load_settings()


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("DATABASE_URL", "mysql://x/y", "must begin with postgresql://"),
        ("TEMPORAL_ADDRESS", "somewhere", "must read host:port"),
        ("TRUSTED_PROXIES", "10.0.0.1, everybody", "must list addresses or networks"),
        ("TIME_ZONE", "Mars/Olympus", "no IANA time zone"),
        ("OTLP_ENDPOINT", "collector:4318", "must begin with http://"),
        ("API_PORT", "70000", "less than or equal to 65535"),
        ("HOUSE_RATE", "60", "needs RELIGHT_HOUSE_EPOCH"),
        ("PUBLIC_URL", "http://relight.example", "must begin with https://"),
        ("PUBLIC_URL", "https://relight.example/", "without a path"),
        ("OIDC_ISSUER", "http://localhost.evil.example", "must begin with https://"),
        ("OIDC_ISSUER", "https://issuer.example", "needs RELIGHT_OIDC_AUDIENCE"),
        ("HOUSE_EPOCH", "2026-03-01T00:00:00", "RELIGHT_HOUSE_EPOCH is refused"),
    ],
)
def test_a_wrong_value_is_refused_by_name(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, sentence: str
) -> None:
    monkeypatch.setenv(PREFIX + name, value)

    with pytest.raises(SettingsRefused, match=sentence):
        load_settings()


def test_the_password_of_a_file_goes_into_the_address(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    secret = tmp_path / "password"
    secret.write_text("p@ss/w:rd%\n")
    monkeypatch.setenv("RELIGHT_DATABASE_PASSWORD_FILE", str(secret))
    monkeypatch.setenv("RELIGHT_DATABASE_URL", "postgresql://relight:old@db:5433/night?a=b")
    settings = load_settings()
    for name, value in as_environment(settings).items():
        monkeypatch.setenv(name, value)

    wanted = "postgresql+psycopg://relight:p%40ss%2Fw%3Ard%25@db:5433/night?a=b"
    assert settings.database_url == load_settings().database_url == wanted


@pytest.mark.parametrize(
    ("url", "file", "sentence"),
    [
        ("postgresql://db/night", "password", "must name a user"),
        ("postgresql://relight@db/night", "nothing", "RELIGHT_DATABASE_PASSWORD_FILE is refused"),
    ],
)
def test_a_password_file_that_cannot_be_used_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, url: str, file: str, sentence: str
) -> None:
    (tmp_path / "password").write_text("secret")
    monkeypatch.setenv("RELIGHT_DATABASE_PASSWORD_FILE", str(tmp_path / file))
    monkeypatch.setenv("RELIGHT_DATABASE_URL", url)

    with pytest.raises(SettingsRefused, match=sentence) as refused:
        load_settings()
    assert "secret" not in str(refused.value)


def test_every_fault_is_named_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RELIGHT_API_PORT", "x")
    monkeypatch.setenv("RELIGHT_TIME_ZONE", "x")
    monkeypatch.setenv("RELIGHT_NONSENSE", "x")

    with pytest.raises(SettingsRefused) as refusal:
        load_settings()
    assert all(word in str(refusal.value) for word in ("API_PORT", "TIME_ZONE", "NONSENSE"))


def test_the_driver_is_named_in_the_database_url() -> None:
    settings = load_settings(database_url="postgres://a@b/c")

    assert settings.database_url == "postgresql+psycopg://a@b/c"


def test_a_running_installation_is_found_unless_the_environment_says_otherwise(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    found = {"temporal_address": "127.0.0.1:1", "api_port": 8000}
    (tmp_path / "addresses.json").write_text(json.dumps(found))
    monkeypatch.setenv("RELIGHT_API_PORT", "9000")
    settings = load_settings()

    assert settings.temporal_address == "127.0.0.1:1"
    assert settings.api_port == 9000
    assert load_settings(running=False).temporal_address is None


def test_a_child_gets_exactly_the_settings_of_its_parent(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    settings = load_settings(
        house_rate=60.0,
        house_epoch=datetime(2026, 1, 1, tzinfo=UTC),
        database_url="postgresql://a@b/c",
        api_port=8001,
    )
    for name, value in as_environment(settings).items():
        monkeypatch.setenv(name, value)

    assert load_settings().model_dump() == settings.model_dump()


def test_there_are_few_settings_and_each_says_what_it_is() -> None:
    assert len(Settings.model_fields) <= 31
    assert all(field.description for field in Settings.model_fields.values())


def test_a_base_map_that_cannot_be_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = tmp_path / "base.pmtiles"
    file.write_bytes(b"something else")
    for name, value, why in (
        ("MAP_STYLE_URL", "http://elsewhere.example/style.json", "must begin with https://"),
        ("MAP_PMTILES", "http://elsewhere.example/base.pmtiles", "begin with https://"),
        ("MAP_PMTILES", str(tmp_path / "none.pmtiles"), "there is no such file"),
        ("MAP_PMTILES", str(file), "no PMTiles archive"),
    ):
        with monkeypatch.context() as patch:
            patch.setenv(f"RELIGHT_{name}", value)
            with pytest.raises(SettingsRefused, match=why):
                load_settings(state_dir=tmp_path)
    file.write_bytes(b"PMTiles and so on")

    assert load_settings(state_dir=tmp_path, map_pmtiles=str(file)).map_pmtiles == str(file)
