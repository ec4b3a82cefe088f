"""A land and its network are one: they come together, or not at all."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from domain.errors import Refused
from relight.ground import invented_land, lay, layout_for, settle, settle_invented
from relight.settings import load_settings
from store import land as lands
from store import network as networks
from territory.generate import edition
from territory.land import Land
from tests.store.builders import NOW, a_draft, take
from tests.territory.tiny_land import a_land

pytestmark = pytest.mark.servers


def settled(engine: Engine, land: Land) -> None:
    settle(engine, land, lay(land, layout_for(engine, land, load_settings()), NOW), NOW)


def digest_and_points(engine: Engine) -> tuple[str, int]:
    with Session(engine) as session:
        sheet = lands.sheet(session)
        assert sheet is not None
        return sheet.digest, len(networks.kept(session).service_points)


def test_a_network_is_named_after_the_greatest_place_of_its_land(own_engine: Engine) -> None:
    layout = layout_for(own_engine, a_land(), load_settings())
    nameless = layout_for(own_engine, replace(a_land(), settlements=()), load_settings())

    assert (layout.district, layout.name_en, layout.name_zh) == ("jp", "Dale", "谷镇")
    assert nameless.name_en == "town"


def test_another_land_takes_over_the_district_whose_board_runs(own_engine: Engine) -> None:
    settled(own_engine, a_land())
    other = replace(a_land(), digest="1" * 64, surfaces=a_land().surfaces[:300])
    before = digest_and_points(own_engine)
    settled(own_engine, other)

    assert digest_and_points(own_engine) != before
    with Session(own_engine) as session:
        assert networks.districts(session) == ["jp"]


def test_another_land_is_refused_while_there_are_outages(own_engine: Engine) -> None:
    settled(own_engine, a_land())
    take(own_engine, a_draft("jp-f1-s2-t1-p1"))
    before = digest_and_points(own_engine)
    with pytest.raises(Refused) as refused:
        settled(own_engine, replace(a_land(), digest="1" * 64))

    assert (refused.value.code, refused.value.params) == ("outages_of_other_land", {"count": 1})
    assert digest_and_points(own_engine) == before


def test_the_same_land_may_come_again_while_there_are_outages(own_engine: Engine) -> None:
    settled(own_engine, a_land())
    take(own_engine, a_draft("jp-f1-s2-t1-p1"), now=NOW + timedelta(hours=1))
    before = digest_and_points(own_engine)
    settled(own_engine, a_land())

    assert digest_and_points(own_engine) == before


def test_a_land_without_streets_is_refused(own_engine: Engine) -> None:
    with pytest.raises(Refused, match="land_without_streets"):
        settled(own_engine, replace(a_land(), streets=()))


def test_an_installation_that_has_a_territory_keeps_it(own_demo_engine: Engine) -> None:
    told: list[str] = []

    assert not settle_invented(own_demo_engine, load_settings(), NOW, told.append)
    assert told == []


def test_a_land_of_another_generator_is_drawn_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def drawn(_: int, file: Path, __: str) -> None:
        file.write_text(edition())

    monkeypatch.setattr("territory.generate.generate", drawn)
    settings = load_settings(running=False, state_dir=tmp_path)
    first, again = invented_land(settings), invented_land(settings)
    monkeypatch.setattr("territory.generate.edition", lambda: "newer")
    newer = invented_land(settings)

    assert (first, edition() in first.name) == (again, True)
    assert "newer" in newer.name
    assert [each.name for each in (tmp_path / "territory").iterdir()] == [newer.name]
