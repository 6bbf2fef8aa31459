"""What the services say to each other: events, calls, actors, permissions, errors.

This package depends on msgspec alone, so that anything may read a contract
without a broker, a database or a web server.
"""
