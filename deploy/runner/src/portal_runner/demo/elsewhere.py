"""Calendars that the demo's practitioner keeps elsewhere: read once, or not at all any more.

The demo asks nothing of the internet. So their hosts are ones that there cannot be
(RFC 2606), what they say is written where reading would have written it, and they are not due
before the end of days. Whoever presses *Read now* is told that there is no such server.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

from portal_chassis.authority.ownership import require_practitioner
from portal_chassis.database.transactions import Transaction
from portal_chassis.outside.networks import NOT_PUBLIC
from portal_chassis.outside.reach import Reach
from portal_contracts.permissions import Permission
from portal_contracts.scheduling.rpc.busy_calendars import (
    ADD_BUSY_CALENDAR,
    AddBusyCalendar,
    BusyFailure,
)
from portal_runner.demo.history import DAY, WEEK, ZONE, Past, at
from scheduling.domain.busy_calendars import BusyCalendar
from scheduling.domain.wall_time import Span
from scheduling.operations import busy_calendars as operations
from scheduling.storage import busy_calendars

NAME: Final = "Family (an example, read once)"
ADDRESS: Final = "https://calendar.example.invalid/family/basic.ics"
STOPPED_NAME: Final = "Seminar rooms (an example that stopped)"
STOPPED_ADDRESS: Final = "https://rooms.example.invalid/seminars/basic.ics"
WEEKS: Final = 8
NEVER: Final = datetime(9000, 1, 1, tzinfo=UTC)
HOLDER: Final = "demo"


def add_busy_calendars(past: Past) -> None:
    """Add one as it stands after it was read, and one that stopped to answer."""
    with past.transaction() as tx:
        calendar = _add(tx, past, AddBusyCalendar(address=ADDRESS, name=NAME))
        read_at = past.now
        busy_calendars.mark(
            tx,
            calendar.id,
            holder=HOLDER,
            due_at=NEVER,
            tried_at=read_at,
            read_at=read_at,
            whole_at=read_at,
            timezone=ZONE.key,
        )
        busy_calendars.replace_busy_time(tx, calendar, _busy(past.now))
        calendar = _add(tx, past, AddBusyCalendar(address=STOPPED_ADDRESS, name=STOPPED_NAME))
        busy_calendars.mark(
            tx,
            calendar.id,
            holder=HOLDER,
            due_at=NEVER,
            tried_at=past.now,
            failure=str(BusyFailure.HOST_UNKNOWN),
            failing_since=past.now - 2 * DAY,
            # Its mail went out then, like all mails of before today.
            told_at=past.now - DAY,
        )


def _add(tx: Transaction, past: Past, command: AddBusyCalendar) -> BusyCalendar:
    """Add a calendar, and take it up as reading it would."""
    call = past.call(ADD_BUSY_CALENDAR, past.now)
    practitioner = require_practitioner(past.practitioner, Permission.AVAILABILITY_WRITE)
    operations.add_calendar(tx, command, practitioner, call, past.sealer, Reach(NOT_PUBLIC))
    (calendar,) = busy_calendars.claim_due(tx, holder=HOLDER, limit=1, seconds=60, now=past.now)
    return calendar


def _busy(now: datetime) -> list[Span]:
    """A class on Wednesdays over noon, and a day away in three weeks."""
    today = now.astimezone(ZONE).date()
    monday = today - timedelta(days=today.weekday())
    wednesdays = [monday + 2 * DAY + number * WEEK for number in range(WEEKS)]
    away = monday + 3 * WEEK + 3 * DAY
    return [
        *(Span(at(day, 12), at(day, 13, 30)) for day in wednesdays),
        Span(at(away, 0), at(away + DAY, 0)),
    ]
