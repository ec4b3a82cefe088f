"""The world's side of a rehearsal: what is really so, and the people who live in it."""
