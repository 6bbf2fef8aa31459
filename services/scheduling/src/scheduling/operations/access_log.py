"""What the access log is told of scheduling."""

from __future__ import annotations

from uuid import UUID

from portal_chassis.authority.access_log import AccessLog
from portal_chassis.events.outbox import Told
from portal_contracts.accesses import Thing
from portal_contracts.actor import Caller
from portal_contracts.scheduling.events import ScheduleAccessRecorded

ACCESS_LOG = AccessLog(
    ScheduleAccessRecorded,
    "schedule_access",
    ("appointment_id", "session_id", "hold_id", "service_id", "busy_calendar_id"),
)


def access_told(
    act: str,
    caller: Caller,
    *,
    client_id: UUID,
    subject_id: UUID,
    thing: Thing,
) -> Told:
    """What the access log is told of an act that was done, to be published with other events."""
    data = ScheduleAccessRecorded(
        act=act,
        outcome="done",
        client_id=client_id,
        subject_id=subject_id,
        address=caller.address,
        thing=thing,
    )
    return ACCESS_LOG.told(data, subject_id)
