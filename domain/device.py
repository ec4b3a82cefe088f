"""The device behind an outage: what a person says has opened, and what the network holds there."""

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from domain.place import Point
from domain.value import Value

DeviceId = Annotated[str, Field(min_length=1, max_length=128)]


class DeviceKind(StrEnum):
    """What kind of thing opened; a transformer stands for the fuse before it."""

    BREAKER = "breaker"
    RECLOSER = "recloser"
    SWITCH = "switch"
    FUSE = "fuse"
    TRANSFORMER = "transformer"


class DeviceHeld(Value):
    """What the network says of a device: where it stands, and how many customers hang below it."""

    kind: DeviceKind
    place: Point
    customers: int = Field(ge=0)


class ConfirmDevice(Value):
    """Say which device of the network is open; said again of another one, it corrects.

    `held` is what the network says of it, looked up where the word comes in.
    """

    kind: Literal["confirm_device"] = "confirm_device"
    network_device: DeviceId
    held: DeviceHeld | None = None


class DeviceConfirmed(Value):
    """Somebody said which device is open: place and size of the order follow from it.

    `was` is the device that had been confirmed before and was wrong.
    """

    kind: Literal["device_confirmed"] = "device_confirmed"
    network_device: str
    device_kind: DeviceKind
    place: Point
    customers: int = Field(ge=1)
    was: str | None = Field(default=None, exclude_if=lambda before: before is None)
