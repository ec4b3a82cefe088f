"""The ground that Relight works on: the land as files give it, and the network laid over it.

Reads and writes files and computes; loading into the database is the store's.
"""
