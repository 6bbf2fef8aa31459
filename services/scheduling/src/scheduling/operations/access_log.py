"""What the access log is told of scheduling."""

from __future__ import annotations

from portal_chassis.authority.access_log import AccessLog
from portal_contracts.scheduling.events import ScheduleAccessRecorded

ACCESS_LOG = AccessLog(
    ScheduleAccessRecorded,
    "schedule_access",
    ("appointment_id", "session_id", "hold_id", "service_id", "busy_calendar_id"),
)
