"""The device that is open: said once, corrected later, and what follows from it."""

from domain import actions as a
from domain.agenda import arrival_deadline
from domain.device import ConfirmDevice, DeviceHeld, DeviceKind
from domain.field import FieldFact, judge
from domain.kinds import Role
from domain.moves import allowed
from domain.outage import Stage
from domain.place import Point
from domain.stirs import stirs
from tests.domain.builders import CREW, SITE, START, Story, a_tally, minutes, refused
from tests.domain.lives import ACTORS

DISPATCHER = ACTORS[Role.DISPATCHER]
POLE = Point(lon=SITE.lon + 0.05, lat=SITE.lat)
"""Five kilometres from the first report: nobody at one place is at the other."""


def said(device: str = "switch-1", customers: int = 120, place: Point = POLE) -> ConfirmDevice:
    """The word of a dispatcher, with what the network says of the device."""
    held = DeviceHeld(kind=DeviceKind.SWITCH, place=place, customers=customers)
    return ConfirmDevice(network_device=device, held=held)


def test_place_and_size_of_an_outage_follow_from_the_device_that_is_open() -> None:
    story = Story()
    before = arrival_deadline(story.outage, story.policy)
    events = story.does(DISPATCHER, said())
    outage = story.outage

    assert story.kinds(events) == ["confirmed", "device_confirmed"]
    assert (outage.stage, outage.device, outage.at) == (Stage.CONFIRMED, "switch-1", POLE)
    assert (outage.customers, outage.customers_off) == (120, 120)
    assert arrival_deadline(outage, story.policy) == before
    assert stirs(outage, outage, "device_confirmed")


def test_a_correction_takes_the_place_of_what_was_said_and_keeps_both() -> None:
    story = Story()
    story.does(DISPATCHER, said())
    (corrected,) = story.does(DISPATCHER, said("fuse-7", 9, SITE))
    kept = [event.what for event in story.events if event.what.kind == "device_confirmed"]

    assert [each.network_device for each in kept] == ["switch-1", "fuse-7"]
    assert (kept[0].was, corrected.what.was) == (None, "switch-1")
    assert (story.outage.device, story.outage.customers_off, story.outage.at) == ("fuse-7", 9, SITE)


def test_the_same_again_is_no_news_and_what_the_network_does_not_know_is_refused() -> None:
    story = Story()
    story.does(DISPATCHER, said())

    assert refused(story, DISPATCHER, said()).code == "nothing_to_do"
    assert refused(story, DISPATCHER, ConfirmDevice(network_device="x")).code == "device_unknown"


def test_a_network_that_counts_anew_is_news_and_no_correction() -> None:
    story = Story()
    story.does(DISPATCHER, said())
    (again,) = story.does(DISPATCHER, said(customers=130))

    assert (again.what.was, story.outage.customers_off) == (None, 130)


def test_reports_change_the_size_of_a_known_device_no_more() -> None:
    story = Story()
    story.does(DISPATCHER, said("fuse-7", 9))
    story.does(ACTORS[Role.SYSTEM], a.TakeReports(tally=a_tally(2, customers=400)))

    assert (story.outage.reports, story.outage.customers, story.outage.customers_off) == (2, 9, 9)


def test_who_was_brought_back_before_stays_back() -> None:
    story = Story().is_on_site()
    story.does(CREW, a.RestorePart(task=story.task(), customers_back=4))
    story.does(DISPATCHER, said(customers=30))
    more = (story.outage.customers, story.outage.customers_off)
    story.does(DISPATCHER, said("fuse-7", 3))

    assert more == (30, 26)
    assert story.outage.stage is Stage.PARTIALLY_RESTORED
    assert (story.outage.customers, story.outage.customers_off) == (3, 1)


def test_only_the_desk_confirms_and_only_while_it_is_dark_and_not_announced() -> None:
    dark, lit = Story(), Story().is_restored()
    announced = Story(planned_until=START + minutes(90))
    shown = {
        role: any(item.action == "confirm_device" for item in allowed(dark.outage, role))
        for role in (Role.DISPATCHER, Role.SUPERVISOR, Role.CALL_TAKER, Role.CALLBACK_AGENT)
    }

    assert [role.value for role, may in shown.items() if may] == ["dispatcher", "supervisor"]
    assert refused(lit, DISPATCHER, said()).code == "move_not_allowed"
    assert refused(announced, DISPATCHER, said()).code == "planned_work_on"
    assert "confirm_device" not in {i.action for i in allowed(announced.outage, Role.DISPATCHER)}


def test_a_crew_that_went_where_the_order_said_has_proof_of_it_after_a_correction() -> None:
    story = Story().is_assigned()
    story.does(CREW, a.Depart(task=story.task()))
    story.does(DISPATCHER, said())
    (arrived,) = story.does(CREW, a.Arrive(task=story.task(), position=SITE))
    elsewhere = Story().is_assigned()
    elsewhere.does(CREW, a.Depart(task=elsewhere.task()))
    (*_, unproven) = elsewhere.does(CREW, a.Arrive(task=elsewhere.task(), position=POLE))

    assert arrived.what.proven is True
    assert unproven.what.proven is False


def test_the_verdict_counts_an_arrival_at_a_place_the_order_was_thought_to_be_at() -> None:
    policy = Story().policy
    fact = FieldFact(
        id="f", action_id="a", outage="o", task="t", crew="crew-1", subject="s", kind="arrive",
        device="phone", device_seq=1, occurred_at=START, received_at=START, position=SITE,
    )  # fmt: skip
    alone = judge([fact], START + minutes(45), POLE, policy)
    both = judge([fact], START + minutes(45), POLE, policy, also=(SITE,))

    assert (alone.arrival, both.arrival) == ("unproven", "proven")
