"""Where it is kept: PostGIS tables, migrations, questions and the outbox."""
