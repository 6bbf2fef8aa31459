"""What every service stands on: database, outbox, inbox, RPC, leases, sealed columns, clock.

nameko, kombu and eventlet are known here and in the services' entry points, nowhere else.
The package imports nothing by itself: a gateway process takes `rpc_client` and `logging`
without ever loading eventlet.
"""
