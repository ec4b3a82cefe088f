"""How long the first plan takes, and how that grows with the district."""

from relight.bench.race import measure_first as measure

__all__ = ["measure"]
