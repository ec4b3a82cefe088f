"""The closed lists of the trade: channels, scopes, hazards, area classes, roles, task kinds."""

from collections.abc import Iterable
from enum import StrEnum

MOST_CREWS = 4
"""Crews that may meet for one piece of work."""


class AreaClass(StrEnum):
    """Where a place lies, for the arrival commitment (城区 / 农村 / 特殊边远地区)."""

    URBAN = "urban"
    RURAL = "rural"
    REMOTE = "remote"


class TaskKind(StrEnum):
    """One piece of field work of an outage."""

    MAKE_SAFE = "make_safe"
    ASSESS = "assess"
    CUT_TREES = "cut_trees"
    REPAIR = "repair"
    MAKE_PERMANENT = "make_permanent"


class Channel(StrEnum):
    """How a report reached us."""

    PHONE = "phone"
    WEB = "web"
    APP = "app"
    TEXT = "text"
    GRID_PHONE = "grid_phone"
    MEDIA = "media"
    STAFF_SIGHTING = "staff_sighting"
    SOCIAL = "social"
    METER = "meter"


class Scope(StrEnum):
    """How far the reporter says the loss of supply reaches."""

    HOME = "home"
    FLOOR = "floor"
    BUILDING = "building"
    AREA = "area"


class Hazard(StrEnum):
    """A danger named by a report or found in the field; any of them is life safety."""

    FIRE = "fire"
    WIRE_DOWN = "wire_down"
    ELECTRIC_SHOCK = "electric_shock"
    TRAPPED_PERSON = "trapped_person"
    FLOODED_EQUIPMENT = "flooded_equipment"
    POLE_DOWN = "pole_down"


class Role(StrEnum):
    """What a signed-in person may do; `board` and `system` are never given to a person."""

    CUSTOMER = "customer"
    CALL_TAKER = "call_taker"
    DISPATCHER = "dispatcher"
    CREW = "crew"
    CALLBACK_AGENT = "callback_agent"
    SUPERVISOR = "supervisor"
    AUDITOR = "auditor"
    ADMIN = "admin"
    BOARD = "board"
    SYSTEM = "system"


class KeyClass(StrEnum):
    """Class of an important power user (重要电力用户), the most important first."""

    SPECIAL = "special"
    ONE = "1"
    TWO = "2"
    TEMPORARY = "temporary"


def foremost(classes: Iterable[KeyClass | None]) -> KeyClass | None:
    """Return the class that outranks the others, if there is any."""
    return min(filter(None, classes), key=list(KeyClass).index, default=None)


class LadderRole(StrEnum):
    """Who is told as a deadline nears, lowest first; names are fixed, persons come from rosters."""

    CREW = "crew"
    DISPATCHER = "dispatcher"
    TEAM_LEADER = "team_leader"
    CALLBACK_LEAD = "callback_lead"
    DUTY_MANAGER = "duty_manager"
    DEPUTY_GENERAL_MANAGER = "deputy_general_manager"
    GENERAL_MANAGER = "general_manager"

    @property
    def height(self) -> int:
        """Return how high up somebody is: who is higher can answer for who is lower."""
        return list(LadderRole).index(self)


class Ladder(StrEnum):
    """Which deadline a rung belongs to."""

    ASSIGNMENT = "assignment"
    ACKNOWLEDGEMENT = "acknowledgement"
    ARRIVAL = "arrival"
    COMPLETION = "completion"
    CALLBACK = "callback"


class Mode(StrEnum):
    """How far a district's board may act by itself."""

    SHADOW = "shadow"
    ADVISE = "advise"
    AUTO = "auto"


class BookingKind(StrEnum):
    """What a crew is booked for beside its shifts."""

    ON_CALL = "on_call"
    RESERVED = "reserved"
