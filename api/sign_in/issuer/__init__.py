"""The local issuer: people with passwords, consoles by code, machines by secret."""
