"""The keys: command line, settings and composition roots."""
