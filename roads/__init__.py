"""Travel over real streets: engines behind the seam of `routing.travel`, and how fast they are."""
