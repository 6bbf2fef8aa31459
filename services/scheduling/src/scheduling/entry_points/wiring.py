"""What the calls and jobs of the service can reach."""

from __future__ import annotations

from portal_chassis.process.providers import (
    ClockProvider,
    DatabaseProvider,
    JobsProvider,
    RpcClientProvider,
    SealerProvider,
    SettingsProvider,
)
from scheduling.config import Settings


class Wiring:
    """What the calls and jobs of the service can reach."""

    database = DatabaseProvider()
    settings = SettingsProvider(Settings)
    clock = ClockProvider()
    sealer = SealerProvider()
    rpc_client = RpcClientProvider()
    jobs = JobsProvider()
