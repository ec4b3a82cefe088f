"""The mouth: HTTP in, answers out."""
