"""The identity-links service: its calls, what others tell, its jobs."""

from __future__ import annotations

from datetime import timedelta

from identity_links.config import Settings
from identity_links.entry_points.access import AccessCalls
from identity_links.entry_points.accounts import AccountCalls
from identity_links.entry_points.api_tokens import ApiTokenCalls
from identity_links.entry_points.caseloads import CaseloadCalls
from identity_links.entry_points.clients import ClientCalls
from identity_links.entry_points.devices import DeviceCalls
from identity_links.entry_points.emergencies import EmergencyCalls
from identity_links.entry_points.entering import EnteringCalls
from identity_links.entry_points.links import LinkCalls
from identity_links.entry_points.practice import PracticeCalls
from identity_links.entry_points.setup import SetupCalls
from identity_links.entry_points.team import TeamCalls
from identity_links.operations import (
    access_log,
    housekeeping,
    new_in_caseload,
    new_links,
    password_resets,
)
from portal_chassis.database.transactions import Transaction
from portal_chassis.events.subscribe import subscribe
from portal_chassis.process.jobs import job
from portal_chassis.process.loops import InboxRetry, OutboxRelay
from portal_contracts.envelope import Event
from portal_contracts.forms.events import FormAccessRecorded
from portal_contracts.notifications.events import AccessRecorded
from portal_contracts.scheduling.events import (
    AppointmentBooked,
    AppointmentsRetained,
    ScheduleAccessRecorded,
    SeriesBooked,
)
from portal_contracts.scheduling.request_events import AppointmentRequested


class IdentityLinksService(
    AccountCalls,
    EnteringCalls,
    DeviceCalls,
    ApiTokenCalls,
    ClientCalls,
    CaseloadCalls,
    EmergencyCalls,
    LinkCalls,
    AccessCalls,
    PracticeCalls,
    SetupCalls,
    TeamCalls,
):
    """Who may enter: practices, practitioners, clients, portal links, devices, the access log."""

    name = "identity_links"
    settings_class = Settings
    seals = True

    relay = OutboxRelay()
    inbox = InboxRetry()
    on_call_refused = staticmethod(access_log.record_refused_call)

    # --- what others tell ------------------------------------------------------

    @subscribe(AccessRecorded)
    def on_access_recorded(self, event: Event[AccessRecorded], tx: Transaction) -> None:
        """Write down what notifications reports."""
        access_log.record_event(tx, event)

    @subscribe(ScheduleAccessRecorded)
    def on_schedule_access_recorded(
        self, event: Event[ScheduleAccessRecorded], tx: Transaction
    ) -> None:
        """Write down what scheduling reports."""
        access_log.record_event(tx, event)

    @subscribe(FormAccessRecorded)
    def on_form_access_recorded(self, event: Event[FormAccessRecorded], tx: Transaction) -> None:
        """Write down what forms reports."""
        access_log.record_event(tx, event)

    @subscribe(AppointmentBooked)
    def on_appointment_booked(self, event: Event[AppointmentBooked], tx: Transaction) -> None:
        """Put the client into the caseload of whom she comes to."""
        new_in_caseload.take_booking(tx, event)

    @subscribe(SeriesBooked)
    def on_series_booked(self, event: Event[SeriesBooked], tx: Transaction) -> None:
        """Put the client into the caseload of whom she comes to."""
        new_in_caseload.take_booking(tx, event)

    @subscribe(AppointmentRequested)
    def on_appointment_requested(self, event: Event[AppointmentRequested], tx: Transaction) -> None:
        """Let whoever is asked for an appointment see who asks."""
        new_in_caseload.take_booking(tx, event)

    @subscribe(AppointmentsRetained)
    def on_appointments_retained(self, event: Event[AppointmentsRetained], tx: Transaction) -> None:
        """Let whoever keeps appointments in a hand-over go on seeing their clients."""
        new_in_caseload.take_booking(tx, event)

    # --- jobs ------------------------------------------------------------------

    @job(every_seconds=30)
    def answer_link_requests(self) -> int:
        """Answer one request for a link by e-mail address; all work is in one transaction."""
        now = self.clock.now()
        with self.database.transaction() as tx:
            return new_links.answer_request(tx, now=now)

    @job(every_seconds=30)
    def answer_password_resets(self) -> int:
        """Answer one forgotten password; all work is in one transaction."""
        now = self.clock.now()
        with self.database.transaction() as tx:
            return password_resets.answer_request(tx, now=now)

    @job(every_seconds=600)
    def fold_anew(self) -> int:
        """Make names and words of clients anew where a release before made them otherwise."""
        with self.database.transaction() as tx:
            return housekeeping.fold_anew(tx)

    @job(every_seconds=3_600)
    def prune(self) -> int:
        """Delete what is past its time."""
        settings, now = self.settings, self.clock.now()
        with self.database.transaction() as tx:
            housekeeping.prune(
                tx,
                devices_kept=timedelta(days=settings.devices_kept_days),
                tokens_kept=timedelta(days=settings.api_tokens_kept_days),
                refusals_kept=timedelta(days=settings.refusal_counts_kept_days),
                now=now,
            )
        return 0
