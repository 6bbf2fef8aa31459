"""What every service stands on: database, outbox, inbox, RPC, leases, sealed columns, clock.

Services know nameko, kombu and eventlet through it; only what wires a process names them
besides. The package imports nothing of its own: a gateway process takes `rpc.client` and
`logging` without ever loading eventlet.

Every process of ours imports it before it asks for a time zone, so here is where it is settled
whose zones count: those of the package `tzdata` that is shipped, never the machine's. Two
processes on two machines would otherwise mean two instants by one wall time.
"""

import zoneinfo

zoneinfo.reset_tzpath(to=())
zoneinfo.ZoneInfo.clear_cache()
