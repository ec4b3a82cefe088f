"""Where a drill is played: in the district with most homes of whatever is loaded."""

from sqlalchemy.orm import Session

from relight.drill_scenery import demo_scenery
from store.reading import homes


def test_the_greatest_district_is_read_as_the_demo_draws_it(demo_engine):
    demo = demo_scenery()
    with Session(demo_engine) as session:
        district = homes.greatest_district(session)
        seen = homes.of_district(session, demo.district)

    assert district == (demo.district, demo.name_en, demo.name_zh)
    assert [(h.service_point, h.transformer, h.section, h.address, h.lon, h.lat) for h in seen] == [
        (h.service_point, h.transformer, h.section, h.address, *h.at)
        for h in sorted(demo.homes, key=lambda home: home.service_point)
    ]
