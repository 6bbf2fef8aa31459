"""The scheduling service: how it is wired."""

from __future__ import annotations

from typing import Any

import structlog

from portal_chassis.call import Call
from portal_chassis.process.providers import (
    ClockProvider,
    DatabaseProvider,
    JobsProvider,
    OutboxRelay,
    RpcClientProvider,
    SealerProvider,
    SettingsProvider,
)
from portal_contracts.errors import PortalError
from scheduling.config import Settings
from scheduling.entry_points.booking import BookingCalls
from scheduling.entry_points.calendar import CalendarCalls
from scheduling.entry_points.offering import OfferingCalls
from scheduling.entry_points.overview import OverviewCalls
from scheduling.entry_points.sessions import SessionCalls
from scheduling.operations.access_log import ACCESS_LOG

log = structlog.get_logger(__name__)


class SchedulingService(OfferingCalls, BookingCalls, CalendarCalls, SessionCalls, OverviewCalls):
    """When client and practitioner meet."""

    name = "scheduling"
    settings_class = Settings
    seals = True

    database: Any = DatabaseProvider()
    settings: Any = SettingsProvider()
    clock: Any = ClockProvider()
    sealer: Any = SealerProvider()
    rpc_client: Any = RpcClientProvider()
    jobs: Any = JobsProvider()
    relay = OutboxRelay()

    def on_call_refused(self, call: Call, error: PortalError) -> None:
        """Record a refused try in a transaction of its own; nobody's and services' in the log."""
        with self.database.transaction() as tx:
            recorded = ACCESS_LOG.record_refusal(tx, call, error)
        if recorded:
            return
        log.warning(
            "refused",
            method=call.method.address,
            actor=call.actor.label,
            code=error.code,
            request_id=call.request_id,
        )
