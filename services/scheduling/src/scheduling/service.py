"""The scheduling service: its calls and jobs, and what it tells others."""

from __future__ import annotations

from portal_chassis.database.erasure import erase_data_key
from portal_chassis.database.transactions import Transaction
from portal_chassis.events.subscribe import subscribe
from portal_chassis.process.jobs import job
from portal_chassis.process.loops import InboxRetry, OutboxRelay
from portal_contracts.envelope import Event
from portal_contracts.identity_links.events import (
    ClientErased,
    HandOverStarted,
    PractitionerStatusChanged,
)
from scheduling.config import Settings
from scheduling.entry_points.booking import BookingCalls
from scheduling.entry_points.busy_calendars import BusyCalendarCalls
from scheduling.entry_points.calendar import CalendarCalls
from scheduling.entry_points.offering import OfferingCalls
from scheduling.entry_points.overview import OverviewCalls
from scheduling.entry_points.requests import RequestCalls
from scheduling.entry_points.series import SeriesCalls
from scheduling.entry_points.sessions import SessionCalls
from scheduling.operations import handing_over, practitioners
from scheduling.operations.access_log import ACCESS_LOG
from scheduling.operations.gauges import gauges
from scheduling.operations.reading_calendars import read_due


class SchedulingService(
    OfferingCalls,
    BusyCalendarCalls,
    BookingCalls,
    CalendarCalls,
    RequestCalls,
    SeriesCalls,
    SessionCalls,
    OverviewCalls,
):
    """When client and practitioner meet."""

    name = "scheduling"
    settings_class = Settings
    seals = True

    relay = OutboxRelay()
    inbox = InboxRetry()
    on_call_refused = staticmethod(ACCESS_LOG.record_refusal)
    gauges = staticmethod(gauges)

    # --- what others tell ------------------------------------------------------

    @subscribe(ClientErased)
    def on_client_erased(self, event: Event[ClientErased], tx: Transaction) -> None:
        """Delete the client's data key: nothing that was sealed opens any more."""
        erase_data_key(tx, event.data.client_id, event.occurred_at)

    @subscribe(PractitionerStatusChanged)
    def on_practitioner_status_changed(
        self, event: Event[PractitionerStatusChanged], tx: Transaction
    ) -> None:
        """Offer nobody times with a practitioner who left, and again with one who is back."""
        practitioners.keep_status(tx, event)

    @subscribe(HandOverStarted)
    def on_hand_over_started(self, event: Event[HandOverStarted], tx: Transaction) -> None:
        """Put appointments to come into another practitioner's calendar."""
        handing_over.hand_over_appointments(tx, event, now=self.clock.now())

    # --- background -----------------------------------------------------------

    @job(every_seconds=15)
    def read_busy_calendars(self) -> int:
        """Read the calendars of practitioners that are due; how many were claimed."""
        return read_due(self.calendar_reading)
