"""What waits for the practitioner, each with its act: the first part of Today."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, timedelta
from typing import Final, NamedTuple
from uuid import UUID

from msgspec.structs import replace

from gateway.web.backend import Backend, Part
from portal_contracts.forms.rpc.questions import RequestState
from portal_contracts.forms.rpc.requests import LIST_REQUESTS, ListRequests, RequestPage
from portal_contracts.identity_links.rpc.clients import LIST_CLIENTS, ClientPage, ListClients
from portal_contracts.notifications.rpc import (
    LIST_DELIVERIES,
    SOON_REASONS,
    DeliveryPage,
    DeliveryState,
    ListDeliveries,
)
from portal_contracts.permissions import Permission, has_permission
from portal_contracts.scheduling.rpc.busy_calendars import (
    LIST_BUSY_CALENDARS,
    BusyCalendar,
    BusyCalendars,
    ListBusyCalendars,
)
from portal_contracts.scheduling.rpc.requests import (
    LIST_REQUESTED_APPOINTMENTS,
    ListRequestedAppointments,
    RequestedAppointments,
)
from portal_contracts.scheduling.rpc.undone import LIST_UNDONE, ListUndone
from portal_contracts.scheduling.rpc.undone import Undone as Left

MOST: Final = 5
"""Of each kind; there is a list of all where there may be more."""

UNREAD_FOR: Final = timedelta(days=1)
"""A calendar that is kept elsewhere is told of once it could not be read for so long."""

FAILED_FOR: Final = timedelta(days=14)


class UndoneParts(NamedTuple):
    """All that may wait, asked for side by side; None for what a role does not see."""

    requested: Part[RequestedAppointments]
    left: Part[Left]
    failed: Part[DeliveryPage]
    unsent: Part[DeliveryPage]
    addresses: Part[ClientPage]
    submitted: Part[RequestPage] | None
    overdue: Part[RequestPage] | None
    calendars: Part[BusyCalendars] | None


class Undone(NamedTuple):
    """What waits; None where it cannot be said now.

    Attributes:
        requested: requests that wait for an answer.
        left: sessions to write up, and requests that expired.
        failed: mails that did not arrive.
        held_up: mails that wait for something, the longest first.
        soon: how many mails go out in a moment.
        addresses: clients with a new address to confirm.
        reads_forms: the role sees forms at all.
        submitted: forms that came back and are not reviewed.
        overdue: forms that wait and are past their day.
        unread_calendars: calendars kept elsewhere that could not be read for a day.
    """

    requested: RequestedAppointments | None
    left: Left | None
    failed: DeliveryPage | None
    held_up: DeliveryPage | None
    soon: int
    addresses: ClientPage | None
    reads_forms: bool
    submitted: RequestPage | None
    overdue: RequestPage | None
    unread_calendars: list[BusyCalendar]

    @property
    def mails_known(self) -> bool:
        """Whether it can be said which mails wait."""
        return self.failed is not None and self.held_up is not None

    @property
    def mails_wait(self) -> bool:
        """Whether a mail did not arrive, or waits for something."""
        pages = (self.failed, self.held_up)
        return any(page is not None and page.items for page in pages)

    @property
    def nothing(self) -> bool:
        """Whether nothing waits, and all of it could be asked."""
        lists = [
            self.requested and self.requested.items,
            self.left and (self.left.unwritten or self.left.expired),
            self.addresses and self.addresses.items,
            self.submitted and self.submitted.items,
            self.overdue and self.overdue.items,
            self.unread_calendars,
        ]
        known = self.mails_known and self.left is not None and self.requested is not None
        forms_known = not self.reads_forms or None not in (self.submitted, self.overdue)
        return known and forms_known and not self.mails_wait and not any(lists)

    def beside(self, line: Collection[UUID]) -> Undone:
        """The same beside a day's line, on which these sessions have their acts already."""
        if self.left is None:
            return self
        unwritten = [session for session in self.left.unwritten if session.id not in line]
        return self._replace(left=replace(self.left, unwritten=unwritten))

    def client_ids(self) -> list[UUID | None]:
        """The clients whose names are shown beside it."""
        ids: list[UUID | None] = []
        for mails in (self.failed, self.held_up):
            ids += [mail.client_id for mail in (mails.items if mails else [])]
        for forms in (self.submitted, self.overdue):
            ids += [row.client_id for row in (forms.items if forms else [])]
        if self.requested:
            ids += [entry.client_id for entry in self.requested.items]
        if self.left:
            ids += [session.client_id for session in self.left.unwritten]
            ids += [entry.client_id for entry in self.left.expired]
        return ids


def ask_undone(backend: Backend, practitioner_id: UUID | None, today: date) -> UndoneParts:
    """Begin to ask what waits.

    Args:
        backend: asks.
        practitioner_id: whose requests, sessions and calendars; None: the actor's own.
        today: in the practice's zone; forms that were due before are overdue.
    """
    return UndoneParts(
        requested=backend.part(
            LIST_REQUESTED_APPOINTMENTS, ListRequestedAppointments(practitioner_id=practitioner_id)
        ),
        left=backend.part(LIST_UNDONE, ListUndone(practitioner_id=practitioner_id)),
        failed=backend.part(
            LIST_DELIVERIES,
            ListDeliveries(state=DeliveryState.FAILED, not_sent_again=True, limit=MOST),
        ),
        unsent=backend.part(LIST_DELIVERIES, ListDeliveries(only_open=True)),
        addresses=backend.part(LIST_CLIENTS, ListClients(address_waits=True, limit=MOST)),
        submitted=_ask_forms(
            backend, ListRequests(state=RequestState.SUBMITTED, answers_shown=True, limit=MOST)
        ),
        overdue=_ask_forms(backend, ListRequests(overdue=True, today=today, limit=MOST)),
        calendars=_ask_calendars(backend, practitioner_id),
    )


def read_undone(parts: UndoneParts, now: datetime) -> Undone:
    """What waits, waited for."""
    held_up, soon = _held_up(parts.unsent.get())
    return Undone(
        requested=parts.requested.get(),
        left=parts.left.get(),
        failed=_lately(parts.failed.get(), now),
        held_up=held_up,
        soon=soon,
        addresses=parts.addresses.get(),
        reads_forms=parts.submitted is not None,
        submitted=_not_alerted(parts.submitted.get() if parts.submitted else None),
        overdue=parts.overdue.get() if parts.overdue else None,
        unread_calendars=_unread(parts.calendars, now),
    )


def _ask_forms(backend: Backend, asked: ListRequests) -> Part[RequestPage] | None:
    if not has_permission(backend.actor, Permission.FORMS_READ):
        return None
    return backend.part(LIST_REQUESTS, asked)


def _ask_calendars(backend: Backend, practitioner_id: UUID | None) -> Part[BusyCalendars] | None:
    if not has_permission(backend.actor, Permission.AVAILABILITY_WRITE):
        return None
    return backend.part(LIST_BUSY_CALENDARS, ListBusyCalendars(practitioner_id=practitioner_id))


def _held_up(unsent: DeliveryPage | None) -> tuple[DeliveryPage | None, int]:
    """What is on its way and waits for something, the longest first; how many go out soon."""
    if unsent is None:
        return None, 0
    held_up = [mail for mail in unsent.items if mail.reason not in SOON_REASONS]
    more = len(held_up) > MOST or unsent.next_cursor is not None
    page = DeliveryPage(items=held_up[:MOST], next_cursor="more" if more else None)
    return page, len(unsent.items) - len(held_up)


def _not_alerted(submitted: RequestPage | None) -> RequestPage | None:
    """Those without an open alert: these stand in their band, on top of the page."""
    if submitted is None:
        return None
    return replace(submitted, items=[row for row in submitted.items if not row.alert_open])


def _lately(failed: DeliveryPage | None, now: datetime) -> DeliveryPage | None:
    """Those of the last weeks: what nobody has sent again by then stays in the log alone."""
    if failed is None:
        return None
    lately = [mail for mail in failed.items if now - mail.created_at < FAILED_FOR]
    return DeliveryPage(items=lately, next_cursor=failed.next_cursor)


def _unread(part: Part[BusyCalendars] | None, now: datetime) -> list[BusyCalendar]:
    """Calendars kept elsewhere that could not be read for a day; none where it cannot be said."""
    listed = part.get() if part else None
    return [
        one
        for one in (listed.items if listed else [])
        if one.failing_since is not None and now - one.failing_since >= UNREAD_FOR
    ]
