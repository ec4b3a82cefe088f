"""What the planner of a policy weighs and keeps to."""

from datetime import timedelta

from pydantic import Field

from domain.value import Value


class Planning(Value):
    """Prices of the planner: weighted seconds and metres."""

    weight_normal: int = Field(gt=0)
    weight_life_support: int = Field(gt=0)
    weight_key_customer: int = Field(gt=0)
    weight_danger: int = Field(gt=0)
    speed_kmh_urban: float = Field(gt=0)
    speed_kmh_rural: float = Field(gt=0)
    speed_kmh_remote: float = Field(gt=0)
    circuity: float = Field(ge=1)
    dispatch_ahead_min: int = Field(default=90, gt=0)
    work_spread: float = Field(default=0.7, ge=0, le=2)
    work_sureness: float = Field(default=0.8, ge=0, lt=1)
    late_order: float = Field(default=10.0, ge=0, le=1000)
    change: float = Field(default=1.0, ge=0, le=1000)
    freeze_min: int = Field(default=0, ge=0, le=1440)
    change_near: float = Field(default=0.0, ge=0, le=1000)
    away: float = Field(default=0.0, ge=0, le=1000)
    recall_price: float = Field(default=0.0, ge=0, le=1000)
    recall_rest_hours: float = Field(default=11.0, ge=0, le=72)
    recall_delay_min: int = Field(default=30, ge=0, le=1440)
    turn_rest_hours: float = Field(default=0.0, ge=0, le=72)
    break_min: int = Field(default=0, ge=0, le=240)
    break_after_hours: float = Field(default=3.0, ge=0, le=24)
    break_window_hours: float = Field(default=2.0, ge=0, le=24)
    reserve_price: float = Field(default=0.0, ge=0, le=1000)
    turn_price: float = Field(default=0.0, ge=0, le=1000)
    mean_minute: float = Field(default=0.0, ge=0, le=100)
    fair_minute: float = Field(default=0.0, ge=0, le=100)
    told_quantile: float = Field(default=0.5, ge=0.5, le=0.99)
    drive_spread: float = Field(default=0.25, ge=0, le=2)
    lends: bool = False
    stay_home: int = Field(default=2, ge=0, le=1000)
    borrow_price: float = Field(default=0.0, ge=0, le=1000)

    @property
    def looks_back(self) -> bool:
        """Tell whether it matters what crews did before: for rest, breaks and fair load."""
        return self.break_min > 0 or self.turn_rest_hours > 0 or self.fair_minute > 0

    @property
    def dispatch_ahead(self) -> timedelta:
        """Return how long before its work begins a crew may be sent."""
        return timedelta(minutes=self.dispatch_ahead_min)
