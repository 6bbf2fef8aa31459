"""Scheduling and notifications in memory, as far as they are asked without being told answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import dropwhile
from typing import Any
from uuid import UUID

import msgspec

from notifications.domain.addresses import AddressInvalid, mailbox
from notifications.domain.masking import MASKED_TOKEN
from portal_chassis.clock import Clock
from portal_chassis.database.cursors import TimeCursor, cursor_invalid, decode_time_cursor
from portal_chassis.ids import new_id
from portal_chassis.settings import MailIdentity
from portal_contracts.actor import Actor, ActorKind
from portal_contracts.calls import Done, Nothing, PortalOf
from portal_contracts.errors import Forbidden, Invalid, NotFound
from portal_contracts.notifications.mail_server import (
    MailSender,
    MailServerFields,
    SendTestMail,
    StoredMailServer,
)
from portal_contracts.notifications.rpc import (
    OPEN_STATES,
    DeliveredMail,
    Delivery,
    DeliveryPage,
    DeliveryState,
    ListDeliveries,
    OpenDelivery,
    Recipient,
    ResendDelivery,
    Resent,
)
from portal_contracts.permissions import Permission, require_kind, require_permission
from portal_contracts.scheduling.rpc.appointments import OwnSession, UpcomingAppointment
from portal_contracts.scheduling.rpc.booking import OwnAppointments
from portal_contracts.scheduling.rpc.calendar import (
    CalendarEntry,
    ClientAppointments,
    ListClientAppointments,
)
from portal_contracts.scheduling.rpc.limits import BookingLimits, StoredBookingLimits
from portal_contracts.scheduling.rpc.overview import PortalSchedule
from portal_contracts.scheduling.rpc.services import ServiceColour
from portal_contracts.scheduling.rpc.sessions import ListOwnSessions, OwnSessions
from tests.kit.gateway.state import FakeClient

Authority = Callable[[Actor, Permission, UUID], Any]
HOME_LENGTH = 4
SENDER_ADDRESS = MailIdentity().sender_address
"""Where the environment says nothing else."""


def _entry(one: UpcomingAppointment, client_id: UUID) -> CalendarEntry:
    return CalendarEntry(
        id=one.id,
        client_id=client_id,
        service_id=one.service_id,
        title=one.title,
        starts_at=one.starts_at,
        ends_at=one.ends_at,
        timezone=one.timezone,
        status=one.status,
        place_kind=one.place.kind,
        colour=ServiceColour.BLUE,
    )


@dataclass
class FakeScheduling:
    """Each client's appointments to come and past sessions, by client id.

    Attributes:
        require_authority: what identity-links says of a practitioner who previews a portal.
    """

    require_authority: Authority
    upcoming: dict[UUID, list[UpcomingAppointment]] = field(default_factory=dict)
    past: dict[UUID, list[OwnSession]] = field(default_factory=dict)
    booking_limits: dict[UUID, StoredBookingLimits] = field(default_factory=dict)

    def read_booking_limits(self, _command: Nothing, actor: Actor) -> StoredBookingLimits:
        """The practice's; the usual ones where none were set."""
        require_permission(actor, Permission.APPOINTMENTS_READ)
        usual = StoredBookingLimits(version=0, limits=BookingLimits())
        return self.booking_limits.get(actor.practice_id or UUID(int=0), usual)

    def list_client_appointments(
        self, command: ListClientAppointments, actor: Actor
    ) -> ClientAppointments:
        """The ones to come."""
        self.require_authority(actor, Permission.APPOINTMENTS_READ, command.client_id)
        own = self._upcoming(command.client_id)[: command.limit]
        return ClientAppointments(items=[_entry(one, command.client_id) for one in own])

    def portal_schedule(self, command: PortalOf, actor: Actor) -> PortalSchedule:
        """The nearest appointments and the latest sessions; there is nothing to book."""
        client_id = self._client_of_portal(command, actor)
        return PortalSchedule(
            upcoming=self._upcoming(client_id)[:HOME_LENGTH],
            past=self._past(client_id)[:HOME_LENGTH],
            can_book=False,
            latest_summary=None,
        )

    def list_own_appointments(self, _command: Nothing, actor: Actor) -> OwnAppointments:
        """All of them."""
        require_kind(actor, ActorKind.CLIENT)
        return OwnAppointments(upcoming=self._upcoming(actor.id), cancelled=[])

    def list_own_sessions(self, command: ListOwnSessions, actor: Actor) -> OwnSessions:
        """A page, the latest first."""
        require_kind(actor, ActorKind.CLIENT)
        after = decode_time_cursor(command.cursor)
        rest = [
            session
            for session in self._past(actor.id)
            if after is None or (session.started_at, session.id) < (after.at, after.id)
        ]
        shown = rest[: command.limit]
        if len(rest) <= command.limit:
            return OwnSessions(items=shown, next_cursor=None)
        cursor = TimeCursor(shown[-1].started_at, shown[-1].id).encode()
        return OwnSessions(items=shown, next_cursor=cursor)

    def _upcoming(self, client_id: UUID | None) -> list[UpcomingAppointment]:
        own = self.upcoming.get(client_id, []) if client_id else []
        return sorted(own, key=lambda one: (one.starts_at, one.id))

    def _past(self, client_id: UUID | None) -> list[OwnSession]:
        own = self.past.get(client_id, []) if client_id else []
        return sorted(own, key=lambda one: (one.started_at, one.id), reverse=True)

    def _client_of_portal(self, command: PortalOf, actor: Actor) -> UUID | None:
        if actor.kind is ActorKind.CLIENT:
            if command.client_id not in {None, actor.id}:
                raise NotFound("not_found")
            return actor.id
        require_permission(actor, Permission.CLIENTS_READ)
        if command.client_id is None:
            raise Forbidden("not_allowed")
        self.require_authority(actor, Permission.CLIENTS_READ, command.client_id)
        return command.client_id


class FakeNotifications:
    """The mail log. A mail is sent at once."""

    def __init__(self, clock: Clock, require_authority: Authority) -> None:
        self._clock = clock
        self._require_authority = require_authority
        self.log: dict[UUID, tuple[UUID, Delivery]] = {}

    def add(self, client: FakeClient, subject_id: UUID, kind: str = "portal_link") -> UUID:
        """Write a mail into the log; it counts as sent."""
        now = self._clock.now()
        delivery = Delivery(
            id=new_id(),
            client_id=client.id,
            to=Recipient.CLIENT,
            kind=kind,
            subject_id=subject_id,
            state=DeliveryState.SENT,
            attempts=1,
            reason="",
            sent_to=client.fields.email,
            created_at=now,
            sent_at=now,
            next_attempt_at=None,
        )
        self.log[delivery.id] = (client.practice.id, delivery)
        return delivery.id

    def list_deliveries(self, command: ListDeliveries, actor: Actor) -> DeliveryPage:
        """Newest first, of open ones oldest first."""
        require_permission(actor, Permission.DELIVERIES_READ)
        after = _cursor(command.cursor)
        rows = list(self.log.values()) if command.only_open else reversed(self.log.values())
        items = [
            delivery
            for practice_id, delivery in rows
            if practice_id == actor.practice_id
            and command.client_id in (None, delivery.client_id)
            and command.state in (None, delivery.state)
            and not (command.only_open and delivery.state not in OPEN_STATES)
        ]
        items = list(dropwhile(lambda one: after is not None and one.id != after, items))
        items = items[1:] if after is not None else items
        shown = items[: command.limit]
        more = len(items) > command.limit
        return DeliveryPage(items=shown, next_cursor=str(shown[-1].id) if more else None)

    def open_delivery(self, command: OpenDelivery, actor: Actor) -> DeliveredMail:
        """The mail, its link masked."""
        require_permission(actor, Permission.DELIVERIES_READ)
        delivery = self._find(command.delivery_id, actor)
        text = f"Open: {MASKED_TOKEN}"
        return DeliveredMail(delivery=delivery, subject="Your portal", text=text)

    def resend_delivery(self, command: ResendDelivery, actor: Actor) -> Resent:
        """A new delivery of the same."""
        require_permission(actor, Permission.DELIVERIES_RESEND)
        old = self._find(command.delivery_id, actor)
        self._require_authority(actor, Permission.DELIVERIES_RESEND, old.client_id)
        now = self._clock.now()
        fresh = msgspec.structs.replace(old, id=new_id(), created_at=now, sent_at=now)
        self.log[fresh.id] = (self.log[old.id][0], fresh)
        return Resent(delivery_id=fresh.id)

    def read_mail_server(self, _command: Nothing, actor: Actor) -> StoredMailServer:
        """Mails go into a folder, as where nothing is said in the environment."""
        require_permission(actor, Permission.PRACTICE_WRITE)
        return StoredMailServer(
            by_environment=True,
            transport="folder",
            version=0,
            fields=MailServerFields(sender_address=SENDER_ADDRESS),
            has_password=False,
        )

    def send_test_mail(self, command: SendTestMail, actor: Actor) -> Done:
        """It is on its way, and nobody looks at what comes of it."""
        require_permission(actor, Permission.PRACTICE_WRITE)
        try:
            mailbox("", command.to)
        except AddressInvalid:
            raise Invalid("mail_server_fields", fields={"to": "test_address_invalid"}) from None
        return Done()

    def read_mail_sender(self, _command: Nothing, actor: Actor) -> MailSender:
        """From there they come from nobody."""
        require_kind(actor, ActorKind.CLIENT, ActorKind.PRACTITIONER)
        return MailSender(address=SENDER_ADDRESS)

    def _find(self, delivery_id: UUID, actor: Actor) -> Delivery:
        practice_id, delivery = self.log.get(delivery_id, (None, None))
        if delivery is None or practice_id != actor.practice_id:
            raise NotFound("delivery_not_found")
        return delivery


def _cursor(text: str | None) -> UUID | None:
    try:
        return UUID(text) if text is not None else None
    except ValueError:
        raise cursor_invalid() from None
