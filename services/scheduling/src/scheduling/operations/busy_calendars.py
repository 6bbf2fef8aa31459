"""Calendars that practitioners keep elsewhere: added, shown, asked for, removed."""

from __future__ import annotations

from datetime import timedelta
from typing import Final
from uuid import UUID

from portal_chassis.authority.ownership import Practitioner, own_practice
from portal_chassis.call import Call
from portal_chassis.database.sealed import Sealer
from portal_chassis.database.transactions import Transaction
from portal_chassis.ids import new_id
from portal_contracts.actor import Actor
from portal_contracts.calls import Done
from portal_contracts.errors import Invalid, NotFound
from portal_contracts.permissions import Permission
from portal_contracts.scheduling.rpc import busy_calendars as contract
from scheduling.domain.busy_calendars import BusyCalendar, Places, check_calendar
from scheduling.operations.access_log import ACCESS_LOG
from scheduling.operations.chosen_practitioner import require_chosen_practitioner
from scheduling.storage import busy_calendars
from scheduling.storage.locks import lock_practitioners

ADDRESS_PLACE: Final = ("busy_calendar", "address")
MOMENT: Final = timedelta(seconds=10)
"""A calendar that was asked so recently is not asked again, however often one presses."""


def list_calendars(tx: Transaction, practitioner: Practitioner) -> contract.BusyCalendars:
    """A practitioner's calendars that are kept elsewhere, without their addresses."""
    found = busy_calendars.of_practitioner(
        tx, practitioner.id, practice_id=practitioner.practice_id
    )
    return contract.BusyCalendars(items=[_shown(one) for one in found])


def get_calendar(
    tx: Transaction, command: contract.GetBusyCalendar, actor: Actor
) -> contract.BusyCalendar:
    """One calendar, without its address.

    Raises:
        Forbidden: ``not_allowed``.
        NotFound: ``busy_calendar_not_found``.
    """
    return _shown(_own(tx, command.busy_calendar_id, actor))


def add_calendar(
    tx: Transaction,
    command: contract.AddBusyCalendar,
    practitioner: Practitioner,
    call: Call,
    sealer: Sealer,
    places: Places,
) -> contract.BusyCalendarAdded:
    """Have a calendar read from now on. Logged as ``busy_calendar.added``.

    The same address again, as a form that was sent twice, is the same calendar.

    Raises:
        Invalid: ``busy_calendar_fields``.
    """
    given = check_calendar(command.name, command.address, places)
    lock_practitioners(tx, practitioner.id)
    present = busy_calendars.of_practitioner(
        tx, practitioner.id, practice_id=practitioner.practice_id
    )
    table, column = ADDRESS_PLACE
    mac = sealer.mac(
        tx, practitioner.id, given.address, table=table, column=column, row=practitioner.id
    )
    calendar_id = new_id()
    sealed = sealer.seal(
        tx, practitioner.id, given.address, table=table, column=column, row=calendar_id
    )
    calendar = BusyCalendar(
        id=calendar_id,
        practice_id=practitioner.practice_id,
        practitioner_id=practitioner.id,
        name=given.name,
        host=given.host,
        address_sealed=sealed,
        added_at=call.now,
        tried_at=None,
        read_at=None,
        whole_at=None,
        timezone="",
        failure=None,
        failing_since=None,
        told_at=None,
        etag="",
        last_modified="",
        unread=0,
    )
    added = busy_calendars.add(tx, calendar, address_mac=mac)
    if added == calendar_id:
        if len(present) >= contract.MOST_BUSY_CALENDARS:
            fields = {"address": "too_many_calendars"}
            raise Invalid("busy_calendar_fields", "There are too many.", fields=fields)
        _record(tx, call, "busy_calendar.added", calendar)
    return contract.BusyCalendarAdded(busy_calendar_id=added)


def ask_for_reading(tx: Transaction, command: contract.FetchBusyCalendar, call: Call) -> Done:
    """Have a calendar read soon.

    Raises:
        Forbidden: ``not_allowed``.
        NotFound: ``busy_calendar_not_found``.
    """
    calendar = _own(tx, command.busy_calendar_id, call.actor)
    busy_calendars.make_due(tx, calendar.id, now=call.now, tried_before=call.now - MOMENT)
    return Done()


def remove_calendar(tx: Transaction, command: contract.RemoveBusyCalendar, call: Call) -> Done:
    """Forget a calendar, its address and what it said. Logged as ``busy_calendar.removed``.

    Raises:
        Forbidden: ``not_allowed``.
        NotFound: ``busy_calendar_not_found``.
    """
    calendar = _own(tx, command.busy_calendar_id, call.actor)
    busy_calendars.remove(tx, calendar.id)
    _record(tx, call, "busy_calendar.removed", calendar)
    return Done()


def _own(tx: Transaction, calendar_id: UUID, actor: Actor) -> BusyCalendar:
    """A calendar of somebody on whose hours the actor may act."""
    require_chosen_practitioner(actor, None, Permission.AVAILABILITY_WRITE)
    found = busy_calendars.find(tx, calendar_id, practice_id=own_practice(actor))
    if found is None:
        raise NotFound("busy_calendar_not_found", "There is no such calendar.")
    require_chosen_practitioner(actor, found.practitioner_id, Permission.AVAILABILITY_WRITE)
    return found


def _shown(calendar: BusyCalendar) -> contract.BusyCalendar:
    state = contract.BusyCalendarState.NEW
    if calendar.failure is not None:
        state = contract.BusyCalendarState.FAILING
    elif calendar.read_at is not None:
        state = contract.BusyCalendarState.READ
    return contract.BusyCalendar(
        id=calendar.id,
        practitioner_id=calendar.practitioner_id,
        name=calendar.name,
        shown_address=calendar.shown_address,
        state=state,
        added_at=calendar.added_at,
        read_at=calendar.read_at,
        tried_at=calendar.tried_at,
        failure=calendar.failure,
        failing_since=calendar.failing_since,
        unread_events=calendar.unread,
    )


def _record(tx: Transaction, call: Call, act: str, calendar: BusyCalendar) -> None:
    ACCESS_LOG.record(
        tx,
        call,
        act,
        practice_id=calendar.practice_id,
        client_id=None,
        subject_id=calendar.id,
        now=call.now,
    )
