"""Calls between services: a client that any thread may use, and the entry point that answers."""
