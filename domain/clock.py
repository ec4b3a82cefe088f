"""The house clock: the only source of domain time, at rate 1 except in a rehearsal."""

from datetime import UTC, datetime, timedelta

from pydantic import AwareDatetime, Field

from domain.value import Value


class HouseClock(Value):
    """Maps real time to house time: `house = house_epoch + rate * (real - real_epoch)`."""

    real_epoch: AwareDatetime = datetime(2000, 1, 1, tzinfo=UTC)
    house_epoch: AwareDatetime = datetime(2000, 1, 1, tzinfo=UTC)
    rate: float = Field(default=1.0, gt=0, le=100_000)

    def house(self, real: datetime) -> datetime:
        """Return the house time at a real moment."""
        return self.house_epoch + (real - self.real_epoch) * self.rate

    def real(self, house: datetime) -> datetime:
        """Return the real moment of a house time."""
        return self.real_epoch + (house - self.house_epoch) / self.rate

    def real_span(self, house_span: timedelta) -> timedelta:
        """Return how long a span of house time takes in reality."""
        return house_span / self.rate
