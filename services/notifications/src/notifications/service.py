"""The notifications service: its calls, what others tell, its jobs."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from notifications.config import Settings
from notifications.entry_points.mail_log import MailLogCalls
from notifications.entry_points.mail_server import MailServerCalls
from notifications.operations import erasing, mail_log, mail_tests, planning, reminders
from notifications.operations.gauges import gauges
from notifications.operations.sending import resume_after_outage
from portal_chassis.database.transactions import Transaction, after_commit
from portal_chassis.events.subscribe import subscribe
from portal_chassis.process.jobs import job
from portal_chassis.process.loops import InboxRetry, OutboxRelay
from portal_contracts.envelope import Event
from portal_contracts.forms.events import (
    AlertRaised,
    FormResent,
    FormSent,
    FormSubmitted,
    FormUnlocked,
)
from portal_contracts.identity_links.events import (
    AccountChanged,
    ClientAddressSettled,
    ClientErased,
    EntryCodeRequested,
    PasswordResetAsked,
    PortalLinkShared,
    PractitionerInvited,
)
from portal_contracts.scheduling.events import (
    AppointmentBooked,
    AppointmentCancelled,
    AppointmentMoved,
    BusyCalendarFailed,
    PractitionerReplaced,
    SeriesBooked,
    SeriesCancelled,
    SeriesMoved,
    SummaryShared,
)
from portal_contracts.scheduling.request_events import (
    AppointmentDeclined,
    AppointmentExpired,
    AppointmentRequested,
    AppointmentWithdrawn,
)


class NotificationsService(MailLogCalls, MailServerCalls):
    """What we tell people: deliveries, their attempts, the mail log."""

    name = "notifications"
    settings_class = Settings
    seals = True

    relay = OutboxRelay()
    inbox = InboxRetry()
    on_call_refused = staticmethod(mail_log.ACCESS_LOG.record_refusal)
    gauges = staticmethod(gauges)

    # --- what others tell ------------------------------------------------------

    @subscribe(PortalLinkShared)
    def on_portal_link_shared(self, event: Event[PortalLinkShared], tx: Transaction) -> None:
        """Plan the mail that brings the link."""
        self._plan_mails(tx, event)

    @subscribe(ClientErased)
    def on_client_erased(self, event: Event[ClientErased], tx: Transaction) -> None:
        """Delete the client's data key, and stop the mails that were to be sent."""
        erasing.erase_client(tx, event.data.client_id, event.occurred_at)

    @subscribe(ClientAddressSettled)
    def on_client_address_settled(
        self, event: Event[ClientAddressSettled], tx: Transaction
    ) -> None:
        """Send what waited for the client's new address to be confirmed."""
        planning.resume_mails_to(tx, event.data.client_id, now=self.clock.now())
        self._wake_sender(tx)

    @subscribe(EntryCodeRequested)
    def on_entry_code_requested(self, event: Event[EntryCodeRequested], tx: Transaction) -> None:
        """Plan the mail that brings the code."""
        self._plan_mails(tx, event)

    @subscribe(PractitionerInvited)
    def on_practitioner_invited(self, event: Event[PractitionerInvited], tx: Transaction) -> None:
        """Plan the mail that brings the invitation."""
        self._plan_mails(tx, event)

    @subscribe(PasswordResetAsked)
    def on_password_reset_requested(
        self, event: Event[PasswordResetAsked], tx: Transaction
    ) -> None:
        """Plan the mail that brings the address for a new password."""
        self._plan_mails(tx, event)

    @subscribe(AccountChanged)
    def on_account_changed(self, event: Event[AccountChanged], tx: Transaction) -> None:
        """Plan the mail to a practitioner about the account."""
        self._plan_mails(tx, event)

    @subscribe(AppointmentBooked)
    def on_appointment_booked(self, event: Event[AppointmentBooked], tx: Transaction) -> None:
        """Plan the confirmations, and keep the appointment for its reminder."""
        reminders.keep_appointment(tx, event)
        self._plan_mails(tx, event)

    @subscribe(AppointmentMoved)
    def on_appointment_moved(self, event: Event[AppointmentMoved], tx: Transaction) -> None:
        """Plan the mails that tell the new time, and keep it for the reminder."""
        reminders.keep_appointment(tx, event)
        self._plan_mails(tx, event)

    @subscribe(AppointmentCancelled)
    def on_appointment_cancelled(self, event: Event[AppointmentCancelled], tx: Transaction) -> None:
        """Plan the mails that tell that it is off; no reminder any more."""
        reminders.keep_appointment(tx, event)
        self._plan_mails(tx, event)

    @subscribe(SeriesBooked)
    def on_series_booked(self, event: Event[SeriesBooked], tx: Transaction) -> None:
        """Plan the confirmations, and keep the appointments for their reminders."""
        reminders.keep_series(tx, event)
        self._plan_mails(tx, event)

    @subscribe(SeriesMoved)
    def on_series_moved(self, event: Event[SeriesMoved], tx: Transaction) -> None:
        """Plan the mails that tell the new times, and keep them for the reminders."""
        reminders.keep_series(tx, event)
        self._plan_mails(tx, event)

    @subscribe(SeriesCancelled)
    def on_series_cancelled(self, event: Event[SeriesCancelled], tx: Transaction) -> None:
        """Plan the mails that tell what is off; no reminders of that any more."""
        reminders.keep_series(tx, event)
        self._plan_mails(tx, event)

    @subscribe(AppointmentRequested)
    def on_appointment_requested(self, event: Event[AppointmentRequested], tx: Transaction) -> None:
        """Plan the mail that asks for an answer, and the one that says that it was asked for."""
        self._plan_mails(tx, event)

    @subscribe(AppointmentDeclined)
    def on_appointment_declined(self, event: Event[AppointmentDeclined], tx: Transaction) -> None:
        """Plan the mail that tells that a request was declined."""
        self._plan_mails(tx, event)

    @subscribe(AppointmentExpired)
    def on_appointment_expired(self, event: Event[AppointmentExpired], tx: Transaction) -> None:
        """Plan the mails that tell that nobody answered a request: to both."""
        self._plan_mails(tx, event)

    @subscribe(AppointmentWithdrawn)
    def on_appointment_withdrawn(self, event: Event[AppointmentWithdrawn], tx: Transaction) -> None:
        """Plan the mail that tells a practitioner that a request was taken back."""
        self._plan_mails(tx, event)

    @subscribe(PractitionerReplaced)
    def on_practitioner_replaced(self, event: Event[PractitionerReplaced], tx: Transaction) -> None:
        """Plan the mail that tells with whom the appointments are."""
        self._plan_mails(tx, event)

    @subscribe(SummaryShared)
    def on_summary_shared(self, event: Event[SummaryShared], tx: Transaction) -> None:
        """Plan the mail that there is something new to read."""
        self._plan_mails(tx, event)

    @subscribe(BusyCalendarFailed)
    def on_busy_calendar_failed(self, event: Event[BusyCalendarFailed], tx: Transaction) -> None:
        """Plan the mail to the practitioner whose calendar cannot be read."""
        self._plan_mails(tx, event)

    @subscribe(FormSent)
    def on_form_sent(self, event: Event[FormSent], tx: Transaction) -> None:
        """Plan the mail that asks to fill it in."""
        self._plan_mails(tx, event)

    @subscribe(FormResent)
    def on_form_resent(self, event: Event[FormResent], tx: Transaction) -> None:
        """Plan the mail that a form still waits."""
        self._plan_mails(tx, event)

    @subscribe(FormUnlocked)
    def on_form_unlocked(self, event: Event[FormUnlocked], tx: Transaction) -> None:
        """Plan the mail that what was sent can be corrected."""
        self._plan_mails(tx, event)

    @subscribe(FormSubmitted)
    def on_form_submitted(self, event: Event[FormSubmitted], tx: Transaction) -> None:
        """Plan the mail to the practitioner who sent the form."""
        self._plan_mails(tx, event)

    @subscribe(AlertRaised)
    def on_alert_raised(self, event: Event[AlertRaised], tx: Transaction) -> None:
        """Plan the mail that asks the practitioner to look soon."""
        self._plan_mails(tx, event)

    def _plan_mails(self, tx: Transaction, event: Event[Any]) -> None:
        hands, undo = self.sending.hands, timedelta(seconds=self.settings.undo_seconds)
        planned = planning.plan_mails(
            tx, event, undo=undo, now=self.clock.now(), lease_for=hands.lease
        )
        claimed = [one.claimed for one in planned if one.claimed is not None]
        if claimed:
            after_commit(tx, lambda: hands.take(claimed))
        if len(claimed) < len(planned):
            self._wake_sender(tx)

    def _wake_sender(self, tx: Transaction) -> None:
        after_commit(tx, lambda: self.jobs.wake("send_due_deliveries"))

    # --- background -----------------------------------------------------------

    @job(every_seconds=5)
    def send_due_deliveries(self) -> int:
        """Send what is due, several at a time; 1 where more is due."""
        return self.sending.hands.send_due() if self.settings.sending else 0

    @job(every_seconds=15)
    def send_test_mails(self) -> int:
        """Send the test mails that practices ask for; how many were claimed."""
        return mail_tests.send_test(self.sending.sender)

    @job(every_seconds=10)
    def look_for_the_mail_server(self) -> int:
        """See whether the mail server that mails wait for is back, and send them then.

        And leave those that nobody needs any more.
        """
        self.sending.kept.leave_idle()
        if resume_after_outage(self.sending.sender):
            self.jobs.wake("send_due_deliveries")
        return 0

    @job(every_seconds=60)
    def plan_due_reminders(self) -> int:
        """Plan the reminders whose instant has come; how many appointments were looked at."""
        with self.database.transaction() as tx:
            self._wake_sender(tx)
            return reminders.plan_due(tx, hours=self.settings.reminder_hours, now=self.clock.now())

    @job(every_seconds=3600)
    def forget_old_copies(self) -> int:
        """Drop copies of mails that are past their retention, and appointments long past."""
        with self.database.transaction() as tx:
            mail_log.forget_old_copies(
                tx, kept_days=self.settings.copies_kept_days, now=self.clock.now()
            )
            reminders.forget_past(tx, now=self.clock.now())
            mail_tests.forget_old(tx, now=self.clock.now())
        return 0
