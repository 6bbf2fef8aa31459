"""Scheduling, forms and notifications in memory, as far as the gateway asks them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID

import msgspec
from msgspec.structs import replace

from portal_chassis.clock import Clock
from portal_chassis.ids import new_id
from portal_contracts.actor import Actor, ActorKind
from portal_contracts.calls import Nothing, PortalOf
from portal_contracts.errors import Invalid, NotFound
from portal_contracts.forms.rpc.filling import FormsToDo, FormToDo, PortalForms
from portal_contracts.notifications.rpc import (
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
from portal_contracts.scheduling.rpc.booking import OwnAppointments
from portal_contracts.scheduling.rpc.overview import PortalSchedule
from portal_contracts.scheduling.rpc.sessions import ListOwnSessions, OwnSessions
from tests.kit.gateway.made_bookings import APPOINTMENT, SESSION

_STARTS = datetime(2026, 12, 3, 9, 0, tzinfo=UTC)


def _whose(command: PortalOf, actor: Actor) -> UUID:
    """Whose portal is asked for: her own, or a client's by a practitioner."""
    if command.client_id is not None:
        require_permission(actor, Permission.CLIENTS_READ)
        return command.client_id
    require_kind(actor, ActorKind.CLIENT)
    return actor.id or new_id()


@dataclass
class FakeScheduling:
    """Each client's calendar, by client id."""

    titles: dict[UUID, str] = field(default_factory=dict)

    def portal_schedule(self, command: PortalOf, actor: Actor) -> PortalSchedule:
        """One appointment and one session with the title a test gave, or none."""
        title = self.titles.get(_whose(command, actor))
        if title is None:
            return PortalSchedule(
                upcoming=[],
                past=[],
                can_book=False,
                latest_summary=None,
            )
        upcoming = replace(APPOINTMENT, id=new_id(), title=title)
        past = replace(SESSION, id=new_id(), title=title)
        return PortalSchedule(
            upcoming=[upcoming],
            past=[past],
            can_book=False,
            latest_summary=None,
        )

    def list_own_appointments(self, _command: Nothing, actor: Actor) -> OwnAppointments:
        """The one that home shows."""
        upcoming = self.portal_schedule(PortalOf(), actor).upcoming
        return OwnAppointments(upcoming=upcoming, cancelled=[])

    def list_own_sessions(self, command: ListOwnSessions, actor: Actor) -> OwnSessions:
        """The one that home shows."""
        if command.cursor is not None:
            raise Invalid("cursor_invalid")
        past = self.portal_schedule(PortalOf(), actor).past
        return OwnSessions(items=past, next_cursor=None)


@dataclass
class FakeForms:
    """Each client's forms, by client id."""

    titles: dict[UUID, str] = field(default_factory=dict)

    def forms_to_do(self, command: PortalOf, actor: Actor) -> FormsToDo:
        """What of them waits."""
        return FormsToDo(to_do=self.portal_forms(command, actor).to_do)

    def portal_forms(self, command: PortalOf, actor: Actor) -> PortalForms:
        """One form with the title a test gave, or none."""
        title = self.titles.get(_whose(command, actor))
        to_do = FormToDo(
            id=new_id(),
            title=title or "",
            minutes=5,
            percent=20,
            due_on=_STARTS.date(),
            sent_at=_STARTS - timedelta(days=30),
        )
        return PortalForms(to_do=[to_do] if title else [], submitted=[], submitted_total=0)


class FakeNotifications:
    """The mail log."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.log: dict[UUID, tuple[UUID, Delivery]] = {}

    def add(self, practice_id: UUID, client_id: UUID, subject_id: UUID) -> UUID:
        """Write a mail into the log; it counts as sent."""
        now = self._clock.now()
        delivery = Delivery(
            id=new_id(),
            client_id=client_id,
            to=Recipient.CLIENT,
            kind="portal_link",
            subject_id=subject_id,
            state=DeliveryState.SENT,
            attempts=1,
            reason="",
            sent_to="someone@mail.example",
            created_at=now,
            sent_at=now,
            next_attempt_at=None,
        )
        self.log[delivery.id] = (practice_id, delivery)
        return delivery.id

    def list_deliveries(self, command: ListDeliveries, actor: Actor) -> DeliveryPage:
        """Newest first."""
        require_permission(actor, Permission.DELIVERIES_READ)
        if command.cursor is not None:
            raise Invalid("cursor_invalid")
        items = [
            delivery
            for practice_id, delivery in reversed(self.log.values())
            if practice_id == actor.practice_id
            and command.client_id in (None, delivery.client_id)
            and command.state in (None, delivery.state)
        ]
        return DeliveryPage(items=items[: command.limit], next_cursor=None)

    def open_delivery(self, command: OpenDelivery, actor: Actor) -> DeliveredMail:
        """The mail, its link masked."""
        require_permission(actor, Permission.DELIVERIES_READ)
        delivery = self._find(command.delivery_id, actor)
        return DeliveredMail(delivery=delivery, subject="Your portal", text="Open: lk_•••")

    def resend_delivery(self, command: ResendDelivery, actor: Actor) -> Resent:
        """A new delivery of the same."""
        require_permission(actor, Permission.DELIVERIES_RESEND)
        old = self._find(command.delivery_id, actor)
        fresh = msgspec.structs.replace(old, id=new_id())
        self.log[fresh.id] = (self.log[old.id][0], fresh)
        return Resent(delivery_id=fresh.id)

    def _find(self, delivery_id: UUID, actor: Actor) -> Delivery:
        practice_id, delivery = self.log.get(delivery_id, (None, None))
        if delivery is None or practice_id != actor.practice_id:
            raise NotFound("delivery_not_found")
        return delivery
