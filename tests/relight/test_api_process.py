"""What the process of the api is composed with."""

from pathlib import Path

import pytest

from api.lanes import Lane
from api.sign_in.issuer.endpoints import AT_ONCE
from relight.api_process import compose
from relight.front_door import NAMES, Name
from relight.settings import Settings
from relight.telemetry import set_up_telemetry

FEED, PULSE = 1, 1


@pytest.mark.parametrize("room", NAMES)
def test_nobody_who_has_a_thread_waits_for_a_connection(tmp_path: Path, room: Name) -> None:
    settings = Settings(state_dir=tmp_path, database_url="postgresql://nowhere.invalid/none")
    telemetry = set_up_telemetry(settings, "api")
    office = compose(settings, telemetry, room).state.office
    threads = office.limiter.total_tokens
    threads += sum(office.lanes.threads(lane).total_tokens for lane in Lane)

    assert office.engine.pool.size() >= threads + AT_ONCE + FEED + PULSE
    telemetry.close()
