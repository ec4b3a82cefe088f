"""The one refusal of the domain: a stable code, parameters for its sentence, and where."""

from typing import Any


class Refused(Exception):  # noqa: N818 - the trade says "refused", not "error"
    """A rule said no; `code` is stable and has a sentence in every language's catalogue.

    `pointer` is the JSON pointer of the field at fault, where there is one.
    """

    def __init__(self, code: str, *, pointer: str | None = None, **params: Any) -> None:
        super().__init__(code)
        self.code = code
        self.pointer = pointer
        self.params = params

    def __str__(self) -> str:
        return f"{self.code} {self.params}" if self.params else self.code
