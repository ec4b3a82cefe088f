"""Private servers under one directory: PostGIS and Temporal's dev server."""
