"""What the calls of the service can reach."""

from __future__ import annotations

from portal_chassis.process.providers import (
    ClockProvider,
    DatabaseProvider,
    RpcClientProvider,
    SealerProvider,
)


class Wiring:
    """What the calls of the service can reach."""

    database = DatabaseProvider()
    clock = ClockProvider()
    sealer = SealerProvider()
    rpc_client = RpcClientProvider()
