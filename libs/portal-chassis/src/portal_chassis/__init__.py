"""What every service stands on: database, outbox, inbox, RPC, leases, sealed columns, clock.

Services know nameko, kombu and eventlet through it; only what wires a process names them
besides. The package imports nothing by itself: a gateway process takes `rpc.client` and
`logging` without ever loading eventlet.
"""
