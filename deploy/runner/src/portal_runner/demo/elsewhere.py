"""A calendar that the demo's practitioner keeps elsewhere: read once, and never asked for again.

The demo asks nothing of the internet. So the calendar's host is one that there cannot be
(RFC 2606), what it says is written where reading would have written it, and it is not due before
the end of days. Whoever presses *Read now* is told that there is no such server.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

from portal_chassis.authority.ownership import require_practitioner
from portal_chassis.outside.networks import NOT_PUBLIC
from portal_chassis.outside.reach import Reach
from portal_contracts.permissions import Permission
from portal_contracts.scheduling.rpc.busy_calendars import ADD_BUSY_CALENDAR, AddBusyCalendar
from portal_runner.demo.history import DAY, WEEK, ZONE, Past, at
from scheduling.domain.wall_time import Span
from scheduling.operations import busy_calendars as operations
from scheduling.storage import busy_calendars

NAME: Final = "Family (an example, read once)"
ADDRESS: Final = "https://calendar.example.invalid/family/basic.ics"
WEEKS: Final = 8
NEVER: Final = datetime(9000, 1, 1, tzinfo=UTC)
HOLDER: Final = "demo"


def add_busy_calendar(past: Past) -> None:
    """Add it, as it stands after it was read."""
    call = past.call(ADD_BUSY_CALENDAR, past.now)
    practitioner = require_practitioner(past.practitioner, Permission.AVAILABILITY_WRITE)
    command = AddBusyCalendar(address=ADDRESS, name=NAME)
    with past.transaction() as tx:
        operations.add_calendar(tx, command, practitioner, call, past.sealer, Reach(NOT_PUBLIC))
        (calendar,) = busy_calendars.claim_due(tx, holder=HOLDER, limit=1, seconds=60, now=past.now)
        busy_calendars.mark(
            tx,
            calendar.id,
            holder=HOLDER,
            due_at=NEVER,
            tried_at=past.now,
            read_at=past.now,
            whole_at=past.now,
            timezone=ZONE.key,
        )
        busy_calendars.replace_busy_time(tx, calendar, _busy(past.now))


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
