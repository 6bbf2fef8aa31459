"""The scheduling service: its calls and jobs, and what it tells others."""

from __future__ import annotations

from portal_chassis.process.loops import OutboxRelay
from scheduling.config import Settings
from scheduling.entry_points.booking import BookingCalls
from scheduling.entry_points.calendar import CalendarCalls
from scheduling.entry_points.offering import OfferingCalls
from scheduling.entry_points.overview import OverviewCalls
from scheduling.entry_points.sessions import SessionCalls
from scheduling.operations.access_log import ACCESS_LOG


class SchedulingService(OfferingCalls, BookingCalls, CalendarCalls, SessionCalls, OverviewCalls):
    """When client and practitioner meet."""

    name = "scheduling"
    settings_class = Settings
    seals = True

    relay = OutboxRelay()
    on_call_refused = staticmethod(ACCESS_LOG.record_refusal)
