"""`relight token`: one key, made once; only persons get tokens."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from api.sign_in import read
from relight.settings import Settings, SettingsRefused
from relight.token import issue
from relight.token_key import KEPT, all_keys, rotate, signing_key


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(state_dir=tmp_path)


def test_a_token_speaks_for_whom_it_was_signed(settings: Settings) -> None:
    token = issue(settings, "dispatcher", "dora", districts=["jp"], name="Dora")
    caller = read(token, signing_key(settings.key_file).public_key())

    assert (caller.subject, caller.name) == ("dora", "Dora")
    assert [str(grant) for grant in caller.grants] == ["dispatcher@jp"]


def test_a_crew_token_needs_its_crew_and_no_other_has_one(settings: Settings) -> None:
    token = issue(settings, "crew", crew="jp-crew-01")
    caller = read(token, signing_key(settings.key_file).public_key())

    assert (caller.grants[0].crew, caller.subject) == ("jp-crew-01", "jp-crew-01-leader")
    for role, crew in (("crew", None), ("dispatcher", "jp-crew-01")):
        with pytest.raises(SettingsRefused):
            issue(settings, role, crew=crew)


@pytest.mark.parametrize("role", ["board", "system", "king"])
def test_boards_and_the_system_get_no_token(settings: Settings, role: str) -> None:
    with pytest.raises(SettingsRefused, match="dispatcher"):
        issue(settings, role)


def test_makers_at_the_same_moment_agree_on_one_key(tmp_path: Path) -> None:
    file = tmp_path / "fresh" / "token.key"
    with ThreadPoolExecutor(8) as threads:
        keys = list(threads.map(lambda _: signing_key(file).private_bytes_raw(), range(16)))

    assert len(set(keys)) == 1
    assert file.stat().st_mode & 0o077 == 0
    assert [path.name for path in file.parent.iterdir()] == ["token.key"]


def test_a_new_key_signs_and_the_last_ones_are_still_believed(tmp_path: Path) -> None:
    file = tmp_path / "token.key"
    first = signing_key(file).private_bytes_raw()
    numbers = [rotate(file) for _ in range(3)]
    keys = [key.private_bytes_raw() for key in all_keys(file)]

    assert numbers == [2, 3, KEPT]
    assert len(set(keys)) == KEPT
    assert first not in keys
    assert file.stat().st_mode & 0o077 == 0
