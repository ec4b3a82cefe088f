"""Measures: shares that show what they are made of, and never round a miss away."""

from decimal import ROUND_HALF_EVEN, Decimal

_HUNDREDTH = Decimal("0.01")


def share(part: int, whole: int) -> str:
    """Return a share as `99.85 % (16,604/16,629)`; of nothing there is no share.

    Only all of them print as 100.00 %, and only none as 0.00 %.
    Raises ValueError unless 0 <= part <= whole.
    """
    if not 0 <= part <= whole:
        raise ValueError(f"{part} is no part of {whole}")
    counts = f"({part:,}/{whole:,})"
    if whole == 0:
        return f"– {counts}"
    percent = (Decimal(100 * part) / whole).quantize(_HUNDREDTH, ROUND_HALF_EVEN)
    if 0 < part < whole:
        percent = min(max(percent, _HUNDREDTH), 100 - _HUNDREDTH)
    return f"{percent:.2f} % {counts}"
