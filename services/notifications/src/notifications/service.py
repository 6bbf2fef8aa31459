"""The notifications service: what others tell, its jobs, and the calls of the mail log."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, TypeVar
from uuid import UUID

from msgspec import Struct

from notifications.config import Settings
from notifications.operations import erasing, mail_log, planning, reminders
from notifications.operations.gauges import gauges
from notifications.operations.sender import Sender
from notifications.operations.sending import resume_after_outage, send_due
from notifications.templates.writer import MailWriter
from notifications.transports.choose_transport import make_transport
from portal_chassis.authority.seen import FindClient, Seen, require_client_of, require_sight
from portal_chassis.authority.who import seen
from portal_chassis.call import Call
from portal_chassis.database.transactions import Transaction, after_commit
from portal_chassis.events.subscribe import subscribe
from portal_chassis.process.jobs import job
from portal_chassis.process.loops import InboxRetry, OutboxRelay
from portal_chassis.process.providers import (
    ClockProvider,
    DatabaseProvider,
    JobsProvider,
    Provider,
    RpcClientProvider,
    SealerProvider,
    SettingsProvider,
)
from portal_chassis.rpc.entry_point import rpc
from portal_chassis.rpc.runs_in import RunsIn
from portal_contracts.actor import service_actor
from portal_contracts.calls import Method
from portal_contracts.envelope import Event
from portal_contracts.forms.events import AlertRaised, FormSent, FormSubmitted
from portal_contracts.identity_links.events import (
    ClientAddressSettled,
    ClientErased,
    EntryCodeRequested,
    PortalLinkShared,
    PractitionerInvited,
)
from portal_contracts.notifications import rpc as contract
from portal_contracts.permissions import Permission
from portal_contracts.scheduling.events import (
    AppointmentBooked,
    AppointmentCancelled,
    AppointmentMoved,
    SummaryShared,
)

MYSELF = service_actor("notifications")
FACTS_SECONDS = 5.0

A = TypeVar("A", bound=Struct)
R = TypeVar("R", bound=Struct)


class SenderProvider(Provider[Sender]):
    """What sending needs, made once per process."""

    def setup(self) -> None:
        """Read the templates and choose the transport."""
        runtime, settings = self.runtime, self.settings_as(Settings)

        def ask(method: Method[A, R], arguments: A, request_id: str) -> R:
            return runtime.rpc.call(
                method,
                arguments,
                actor=MYSELF,
                request_id=request_id,
                timeout_seconds=FACTS_SECONDS,
            )

        self._sender = Sender(
            database=runtime.database,
            sealer=self.require_sealer(),
            clock=runtime.clock,
            holder=runtime.holder,
            writer=MailWriter(),
            transport=make_transport(settings),
            ask=ask,
            public_url=settings.public_url,
            sender_address=settings.sender_address,
            mail_domain=settings.mail_domain,
            attempt_seconds=settings.attempt_seconds,
        )

    def get_dependency(self, _worker_ctx: Any) -> Sender:
        """The sender."""
        return self._sender


def may_resend(service: NotificationsService, command: contract.ResendDelivery, call: Call) -> None:
    """Refuse whoever may not send this client's mails again.

    Raises:
        Forbidden: ``not_allowed``.
        NotFound: ``delivery_not_found``, also where the client is hidden from the actor.
        Unavailable: identity-links does not answer.
    """
    permission = Permission.DELIVERIES_RESEND
    find_client = _client_of_delivery(service, command, call, permission)
    not_found = mail_log.delivery_not_found
    require_client_of(service.rpc_client, call, find_client, permission, not_found)


def may_open(service: NotificationsService, command: contract.OpenDelivery, call: Call) -> None:
    """Refuse whoever does not see the client of a mail; see `require_sight`."""
    permission = Permission.DELIVERIES_READ
    find_client = _client_of_delivery(service, command, call, permission)
    not_found = mail_log.delivery_not_found
    require_sight(service.rpc_client, call, find_client, permission, not_found)


def _client_of_delivery(
    service: NotificationsService,
    command: contract.OpenDelivery | contract.ResendDelivery,
    call: Call,
    permission: Permission,
) -> FindClient:
    def find() -> UUID | None:
        with service.database.autocommit() as tx:
            return mail_log.client_of_delivery(tx, command.delivery_id, call.actor, permission)

    return find


class NotificationsService:
    """What we tell people: deliveries, their attempts, the mail log."""

    name = "notifications"
    settings_class = Settings
    seals = True

    database = DatabaseProvider()
    settings = SettingsProvider(Settings)
    clock = ClockProvider()
    sealer = SealerProvider()
    rpc_client = RpcClientProvider()
    jobs = JobsProvider()
    sender = SenderProvider()
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

    @subscribe(SummaryShared)
    def on_summary_shared(self, event: Event[SummaryShared], tx: Transaction) -> None:
        """Plan the mail that there is something new to read."""
        self._plan_mails(tx, event)

    @subscribe(FormSent)
    def on_form_sent(self, event: Event[FormSent], tx: Transaction) -> None:
        """Plan the mail that asks to fill it in."""
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
        undo = timedelta(seconds=self.settings.undo_seconds)
        planning.plan_mails(tx, event, undo=undo, now=self.clock.now())
        self._wake_sender(tx)

    def _wake_sender(self, tx: Transaction) -> None:
        after_commit(tx, lambda: self.jobs.wake("send_due_deliveries"))

    # --- background -----------------------------------------------------------

    @job(every_seconds=5)
    def send_due_deliveries(self) -> int:
        """Send what is due; how many deliveries were claimed."""
        return send_due(self.sender) if self.settings.sending else 0

    @job(every_seconds=10)
    def look_for_the_mail_server(self) -> int:
        """See whether the mail server that mails wait for is back, and send them then."""
        if resume_after_outage(self.sender):
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
        return 0

    # --- the mail log ------------------------------------------------------------

    @rpc(contract.LIST_DELIVERIES, who=seen)
    def list_deliveries(
        self, tx: Transaction, command: contract.ListDeliveries, call: Call, found: Seen
    ) -> contract.DeliveryPage:
        """The mail log, the newest first, or what is still on its way."""
        return mail_log.list_deliveries(tx, command, found, now=call.now)

    @rpc(contract.OPEN_DELIVERY, checks=[may_open], runs_in=RunsIn.TRANSACTION)
    def open_delivery(
        self, tx: Transaction, command: contract.OpenDelivery, call: Call
    ) -> contract.DeliveredMail:
        """One mail as it was sent, its link masked."""
        return mail_log.open_delivery(tx, command, call, self.sealer)

    @rpc(contract.RESEND_DELIVERY, checks=[may_resend])
    def resend_delivery(
        self, tx: Transaction, command: contract.ResendDelivery, call: Call
    ) -> contract.Resent:
        """Send a mail again."""
        after_commit(tx, lambda: self.jobs.wake("send_due_deliveries"))
        return mail_log.resend_delivery(tx, command, call, now=call.now)
