"""The calendars that practitioners keep elsewhere: can they be read?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from portal_chassis.database.transactions import Transaction
from portal_runner.doctor.finding import Finding, note, ok, trouble
from scheduling.domain.busy_calendars import TOLD_AFTER, BusyCalendar
from scheduling.storage import busy_calendars

SUBJECT = "busy calendars"


def check_busy_calendars(tx: Transaction, now: datetime) -> Iterator[Finding]:
    """A finding for each calendar that has not been read for a day, by its id and whose it is.

    One among others is its practitioner's matter, who is told; trouble is when none can be read.
    """
    known = busy_calendars.count(tx)
    late = [
        one
        for one in busy_calendars.all_calendars(tx, failing=True)
        if one.failing_since is not None and now - one.failing_since >= TOLD_AFTER
    ]
    found = trouble if len(late) == known else note
    for one in late:
        yield found(SUBJECT, _sentence(one), _ADVICE)
    if known and not late:
        yield ok(SUBJECT, f"{known} kept elsewhere, all read within a day")


_ADVICE = (
    "Its practitioner is told by e-mail and on Today. Where many fail, look whether scheduling "
    "reaches the internet over https; a calendar in a network of yours is allowed by "
    "SCHEDULING_ALLOWED_CALENDAR_NETWORKS."
)


def _sentence(one: BusyCalendar) -> str:
    since = f"{one.failing_since:%Y-%m-%d %H:%M} UTC"
    return (
        f"Calendar {one.id} of practitioner {one.practitioner_id} has not been readable since "
        f"{since} ({one.failure}). What was read last still counts."
    )
