"""Entry points of scheduling."""

from __future__ import annotations

from typing import Any

import structlog

from portal_chassis.providers import DatabaseProvider
from portal_chassis.rpc import Call, rpc
from portal_contracts.calls import Nothing
from portal_contracts.errors import PortalError
from portal_contracts.scheduling.rpc import PORTAL_SCHEDULE, PortalSchedule
from scheduling.config import Settings
from scheduling.messages import schedule_to_wire
from scheduling.operations.portal import portal_schedule

log = structlog.get_logger(__name__)


class SchedulingService:
    """When client and practitioner meet."""

    name = "scheduling"
    settings_class = Settings

    database: Any = DatabaseProvider()

    @rpc(PORTAL_SCHEDULE)
    def portal_schedule(self, _command: Nothing, call: Call) -> PortalSchedule:
        """Upcoming appointments and past sessions of the client who asks."""
        with self.database.transaction() as tx:
            overview = portal_schedule(tx, call.actor, now=call.now)
        return schedule_to_wire(overview)

    def on_call_refused(self, call: Call, error: PortalError) -> None:
        """Write a refused try to the log, by ids alone."""
        log.warning(
            "refused",
            method=call.method.address,
            actor=call.actor.label,
            code=error.code,
            request_id=call.request_id,
        )
