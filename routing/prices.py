"""What the planner weighs, as data."""

from typing import Annotated, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from domain.kinds import AreaClass
from domain.value import Value

WEEK_S = 7 * 24 * 3600
Price = Annotated[float, Field(ge=0, le=1000, allow_inf_nan=False)]
NewPrice = Annotated[Price, Field(exclude_if=lambda given: not given)]
LockPrice = Annotated[float, Field(ge=0, le=100_000, allow_inf_nan=False)]
Seconds = Annotated[int, Field(ge=0, le=WEEK_S)]
NewSeconds = Annotated[Seconds, Field(exclude_if=lambda given: not given)]


PerClass = dict[AreaClass, Price]


class Prices(Value):
    """What the planner weighs, in price per minute unless the name says otherwise.

    Lateness is multiplied by the task's weight, and so is `late_order`, the price of being late at
    all, however little; `wait_minute` is the price of any task waiting a minute, `customer_minute`
    the same per customer, for at most `customers_counted` of them. `change` is paid where an order
    goes to another crew than was told, and not less than `change_near` if that crew was to begin
    within `freeze_s`; `away` where a crew works outside its home grid. Danger is moved at the plain
    price and has no grid. `call_out` is paid once for a crew that must be called from its rest,
    `reserve` for each danger that takes a reserved crew, `turn` for each crew that is turned around
    on its way, `borrowed` for each order worked by a crew of another district. `mean_minute` is the
    price of each minute until an arrival that is still owed, whatever its order weighs: where a
    mean is promised. `fair_minute` is the price of each minute that a crew works past its share of
    the work, what it did in this turn included.
    """

    danger_minute: Price = 100.0
    late_minute: dict[AreaClass, Price] = Field(
        default_factory=lambda: dict.fromkeys(AreaClass, 1.0)
    )
    late_order: Price = 0.0
    lock_minute: LockPrice = 20_000.0
    wait_minute: Price = 0.05
    customer_minute: Price = 0.001
    customers_counted: int = Field(default=200, ge=0, le=1_000_000)
    travel_minute: Price = 0.1
    unassigned: Price = 60.0
    change: Price = 1.0
    danger_switch_s: Seconds = 120
    freeze_s: NewSeconds = 0
    change_near: NewPrice = 0.0
    away: NewPrice = 0.0
    call_out: NewPrice = 0.0
    reserve: NewPrice = 0.0
    turn: NewPrice = 0.0
    mean_minute: PerClass = Field(default_factory=dict, exclude_if=lambda given: not given)
    borrowed: NewPrice = 0.0
    fair_minute: NewPrice = 0.0

    @model_validator(mode="after")
    def _every_class_has_a_price(self) -> Self:
        if missing := ", ".join(area for area in AreaClass if area not in self.late_minute):
            raise PydanticCustomError("price", "no price for {areas}", {"areas": missing})
        return self
