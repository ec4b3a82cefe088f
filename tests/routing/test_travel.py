"""Travel: geopy's geodesic for what is told, a bound just above it for the search."""

import pytest
from geopy.distance import geodesic
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import Refused
from domain.kinds import AreaClass
from routing.travel import GeodesicTravel, Place, travel_of
from routing.travel_model import TravelModel
from tests.routing.builders import a_snapshot

CLASSES = st.sampled_from([*AreaClass, None])
PLACES = st.builds(
    Place, st.floats(-179.5, 179.5), st.floats(-80, 80), st.sampled_from([*AreaClass, None])
)
STEPS = st.floats(-2, 2)


@given(PLACES, STEPS, STEPS, CLASSES)
def test_the_search_never_relies_on_less_time_than_is_told(
    here: Place, east: float, north: float, area: AreaClass | None
) -> None:
    there = Place(min(180, max(-180, here.lon + east)), here.lat + north, area)
    travel = GeodesicTravel(TravelModel())
    seconds, metres = travel.leg(here, there)
    matrix_seconds, matrix_metres = travel.matrix([here], [there])

    assert 0 <= matrix_seconds[0, 0] - seconds <= 2 + seconds * 1e-4
    assert matrix_metres[0, 0] == pytest.approx(metres, rel=2e-5, abs=1)


def test_a_leg_is_geodesic_times_circuity_at_the_speed_of_both_ends() -> None:
    model = TravelModel(circuity=1.5, speed_kmh={"urban": 30, "rural": 60, "remote": 40})
    town, village = Place(106.5, 29.5, AreaClass.URBAN), Place(106.7, 29.6, AreaClass.RURAL)
    metres = geodesic((29.5, 106.5), (29.6, 106.7)).meters * 1.5
    seconds, told_metres = GeodesicTravel(model).leg(town, village)

    assert seconds == pytest.approx(metres / 2 / (30 / 3.6) + metres / 2 / (60 / 3.6), abs=1)
    assert told_metres == round(metres)


def test_a_crew_without_a_class_drives_at_the_speed_of_where_it_goes() -> None:
    travel = GeodesicTravel(TravelModel())
    crew, village = Place(106.5, 29.5), Place(106.7, 29.6, AreaClass.RURAL)
    here = Place(106.5, 29.5, AreaClass.RURAL)

    assert travel.leg(crew, village) == travel.leg(here, village)


def test_the_version_names_the_numbers() -> None:
    slow = TravelModel(circuity=1.4)

    assert GeodesicTravel(TravelModel()).version != GeodesicTravel(slow).version


def test_a_snapshot_without_roads_has_the_text_it_always_had() -> None:
    text = a_snapshot().canonical()

    assert '"roads"' not in text
    assert '"fallback"' not in text
    assert TravelModel().digest().startswith("81a4052aebca")


def test_why_no_streets_are_driven_is_on_the_receipt() -> None:
    model = TravelModel(fallback="no_road_data")

    assert GeodesicTravel(model).version.endswith("(no_road_data)")


def test_an_engine_we_do_not_have_is_refused() -> None:
    snapshot = a_snapshot(travel=TravelModel(kind="ferry"))

    with pytest.raises(Refused, match="travel_unknown"):
        travel_of(snapshot)
