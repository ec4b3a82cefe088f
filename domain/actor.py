"""Who does something: a signed-in person, a board, or the system itself."""

from domain.kinds import Role
from domain.value import Value


class Actor(Value):
    """The doer of an action; `crew` is set when a crew's phone speaks."""

    subject: str
    role: Role
    crew: str | None = None


SYSTEM = Actor(subject="system", role=Role.SYSTEM)


def board_actor(district: str) -> Actor:
    """Return the actor that a district's board acts as."""
    return Actor(subject=f"board/{district}", role=Role.BOARD)
