"""A drill: recorded outages played through the public API by simulated people, with a verdict."""
