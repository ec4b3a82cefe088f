"""How long unfinished work may still take: seen with care, because others wait behind it."""

from math import exp, log
from statistics import NormalDist

_BELL = NormalDist()
_RAREST = 1e-12


def work_left(expected_s: float, elapsed_s: float, spread: float, sureness: float) -> int:
    """Return in how many seconds work is done with this sureness, after so many it was not.

    Work is taken as lognormal with this mean and this spread (sigma of the logarithm): the
    longer it lasts already, the longer it may still last. Without a spread it takes its mean.
    """
    expected_s = max(expected_s, 1.0)
    if spread <= 0:
        return max(0, round(expected_s - elapsed_s))
    middle = log(expected_s) - spread * spread / 2
    still = _BELL.cdf((middle - log(elapsed_s)) / spread) if elapsed_s > 0 else 1.0
    unsure = min(max(still * (1 - sureness), _RAREST), 1 - _RAREST)
    return max(0, round(exp(middle - spread * _BELL.inv_cdf(unsure)) - elapsed_s))
