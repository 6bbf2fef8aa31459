"""The forms service: its calls, and what it tells others."""

from __future__ import annotations

from datetime import date

from forms.config import Settings
from forms.entry_points.editing import EditingCalls
from forms.entry_points.filling import FillingCalls
from forms.entry_points.requests import RequestCalls
from forms.entry_points.submissions import SubmissionCalls
from forms.entry_points.templates import TemplateCalls
from forms.operations import handing_over
from forms.operations.access_log import ACCESS_LOG
from forms.operations.forms_before import send_forms_before
from portal_chassis.database.erasure import erase_data_key
from portal_chassis.database.transactions import Transaction
from portal_chassis.events.subscribe import subscribe
from portal_chassis.process.loops import InboxRetry, OutboxRelay
from portal_contracts.envelope import Event
from portal_contracts.identity_links.events import ClientErased, HandOverStarted
from portal_contracts.scheduling.events import AppointmentBooked, SeriesBooked
from portal_contracts.wall_clock import zone_or_utc


class FormsService(TemplateCalls, EditingCalls, RequestCalls, SubmissionCalls, FillingCalls):
    """What the practice asks its clients."""

    name = "forms"
    settings_class = Settings
    seals = True

    relay = OutboxRelay()
    inbox = InboxRetry()
    on_call_refused = staticmethod(ACCESS_LOG.record_refusal)

    # --- what others tell ------------------------------------------------------

    @subscribe(ClientErased)
    def on_client_erased(self, event: Event[ClientErased], tx: Transaction) -> None:
        """Delete the client's data key: nothing that was sealed opens any more."""
        erase_data_key(tx, event.data.client_id, event.occurred_at)

    @subscribe(AppointmentBooked)
    def on_appointment_booked(self, event: Event[AppointmentBooked], tx: Transaction) -> None:
        """Send what its service asks for before."""
        starts_on = date.fromisoformat(event.data.starts_wall[:10])
        send_forms_before(tx, event, starts_on=starts_on, now=self.clock.now())

    @subscribe(SeriesBooked)
    def on_series_booked(self, event: Event[SeriesBooked], tx: Transaction) -> None:
        """Send what its service asks for before, once, by the day of the first one."""
        first = event.data.occurrences[0].starts_at
        starts_on = first.astimezone(zone_or_utc(event.data.timezone)).date()
        send_forms_before(tx, event, starts_on=starts_on, now=self.clock.now())

    @subscribe(HandOverStarted)
    def on_hand_over_started(self, event: Event[HandOverStarted], tx: Transaction) -> None:
        """Have another practitioner look after what is open or not reviewed."""
        data = event.data
        handing_over.hand_over_forms(tx, event.practice_id, data, now=self.clock.now())
