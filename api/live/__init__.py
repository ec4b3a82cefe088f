"""The live feed: one listener per process reads what changed and fans it out to its clients."""
