"""The whole units prices are counted in, so that sums are exact.

One price unit is 60 000 whole units: a price of 1 per minute is 1000 per second.
"""

UNIT = 60_000
PER_SECOND = 1_000
