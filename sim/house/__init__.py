"""The desk's side of a rehearsal: it knows only what it was told up to this instant."""
