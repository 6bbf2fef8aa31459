"""Servers that a Latchkey process can bring along: PostgreSQL and RabbitMQ, in a folder of its own.

Nothing here needs Docker or rights beyond the folder's. Both servers listen
on this machine alone.
"""
