"""Reading the calendars that are due: claim, ask their servers, and keep what they say.

A server that is slow or away keeps nobody else's calendar waiting for longer than one batch, and
what a calendar said last stands until it says something else.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Protocol

import structlog

from portal_chassis import metrics
from portal_chassis.clock import Clock
from portal_chassis.database.sealed import Sealer, Unsealable
from portal_chassis.database.transactions import Database, Transaction
from portal_chassis.events import outbox
from portal_chassis.ids import new_id
from portal_chassis.outside.fetching import Fetched, NotFetched
from portal_contracts.actor import service_actor
from portal_contracts.scheduling.events import BusyCalendarFailed
from portal_contracts.scheduling.rpc.busy_calendars import BusyFailure
from scheduling.domain.busy_calendars import BusyCalendar, looked_at, next_try
from scheduling.domain.ics.busy_time import BusyTime
from scheduling.domain.wall_time import Span
from scheduling.operations.busy_calendars import ADDRESS_PLACE
from scheduling.operations.slot_calendar import hours_of
from scheduling.storage import busy_calendars
from scheduling.transports.calendar_reader import READING_SECONDS, CalendarUnreadable

log = structlog.get_logger(__name__)

BATCH: Final = 3
FETCHING_SECONDS: Final = 20.0
LEASE_SECONDS: Final = 2 * (FETCHING_SECONDS + BATCH * READING_SECONDS) + 30
"""A batch is fetched at once and read one after the other: twice the longest, and a little."""

READ: Final = "read"
UNCHANGED: Final = "unchanged"

READINGS = metrics.counter(
    "portal_busy_calendar_readings_total",
    "Calendars kept elsewhere that were asked for, by what came of it.",
    ["outcome"],
)


class Fetch(Protocol):
    """Fetches what is at an address; raises `NotFetched`."""

    def __call__(self, address: str, *, etag: str = "", last_modified: str = "") -> Fetched:
        """What came."""


@dataclass(frozen=True)
class CalendarReading:
    """What reading calendars needs.

    Attributes:
        database: the service's.
        sealer: opens their addresses.
        clock: tells when.
        holder: names this process in leases.
        fetch: asks their servers.
        read: understands what came; raises `CalendarUnreadable`.
        one_at_a_time: held while a file is read: a child takes a processor.
    """

    database: Database
    sealer: Sealer
    clock: Clock
    holder: str
    fetch: Fetch
    read: Callable[[bytes, Span, str | None], BusyTime]
    one_at_a_time: threading.Lock


def read_due(reading: CalendarReading) -> int:
    """Read what is due, several at once; how many were claimed."""
    with reading.database.transaction() as tx:
        due = busy_calendars.claim_due(
            tx,
            holder=reading.holder,
            limit=BATCH,
            seconds=LEASE_SECONDS,
            now=reading.clock.now(),
        )
    at_once = [
        threading.Thread(target=_read_one, args=(reading, calendar), daemon=True)
        for calendar in due
    ]
    for one in at_once:
        one.start()
    for one in at_once:
        one.join()
    return len(due)


def _read_one(reading: CalendarReading, calendar: BusyCalendar) -> None:
    try:
        _keep_what_comes(reading, calendar)
    except Exception as error:  # noqa: BLE001 - the others of its batch are read all the same
        # Its lease ends, and it is tried again then.
        log.error("busy_calendar_not_read", calendar=str(calendar.id), error=type(error).__name__)


def _keep_what_comes(reading: CalendarReading, calendar: BusyCalendar) -> None:
    now = reading.clock.now()
    address, timezone = _address_and_zone(reading, calendar)
    try:
        found = _ask(reading, calendar, address, timezone, now)
    except (NotFetched, CalendarUnreadable, Unsealable) as error:
        failure = _failure(error)
        READINGS.labels(str(failure)).inc()
        log.info("busy_calendar_failed", calendar=str(calendar.id), failure=str(failure))
        _keep_failure(reading, calendar, failure)
        return
    READINGS.labels(UNCHANGED if found is None else READ).inc()
    values: dict[str, Any] = {"failure": "", "failing_since": None, "told_at": None}
    if found is not None:
        fetched, busy = found
        values |= {
            "whole_at": now,
            "timezone": timezone,
            "etag": fetched.etag,
            "last_modified": fetched.last_modified,
            "unread": len(busy.unread),
        }
    ended = reading.clock.now()
    values |= {"tried_at": ended, "read_at": ended, "due_at": next_try(None, ended)}
    with reading.database.transaction() as tx:
        kept = busy_calendars.mark(tx, calendar.id, holder=reading.holder, **values)
        if kept and found is not None:
            busy_calendars.replace_busy_time(tx, calendar, found[1].busy)


def _address_and_zone(reading: CalendarReading, calendar: BusyCalendar) -> tuple[str | None, str]:
    """Its address, None where it does not open; and the zone of its practitioner."""
    table, column = ADDRESS_PLACE
    with reading.database.autocommit() as tx:
        timezone = hours_of(tx, calendar.practitioner_id, calendar.practice_id).timezone
        try:
            address = reading.sealer.open(
                tx,
                calendar.practitioner_id,
                calendar.address_sealed,
                table=table,
                column=column,
                row=calendar.id,
            )
        except Unsealable:
            return None, timezone
    return address, timezone


def _ask(
    reading: CalendarReading,
    calendar: BusyCalendar,
    address: str | None,
    timezone: str,
    now: datetime,
) -> tuple[Fetched, BusyTime] | None:
    """What came and was understood; None: nothing has changed.

    Raises:
        NotFetched, CalendarUnreadable, Unsealable: nothing did.
    """
    if address is None:
        raise Unsealable("its address does not open")
    known = calendar.is_known(timezone, now)
    fetched = reading.fetch(
        address,
        etag=calendar.etag if known else "",
        last_modified=calendar.last_modified if known else "",
    )
    if fetched.body is None:
        if known:
            return None
        raise CalendarUnreadable("It answers with nothing.", too_complex=False)
    with reading.one_at_a_time:
        return fetched, reading.read(fetched.body, looked_at(now), timezone)


def _keep_failure(reading: CalendarReading, calendar: BusyCalendar, failure: BusyFailure) -> None:
    """Keep why it could not be read; what it said before stands.

    After a day its practitioner is told, once: publishes `BusyCalendarFailed`.
    """
    now = reading.clock.now()
    since = calendar.failing_since or now
    told = calendar.is_to_be_told(now)
    values: dict[str, Any] = {
        "tried_at": now,
        "due_at": next_try(since, now),
        "failure": str(failure),
        "failing_since": since,
    }
    if told:
        values["told_at"] = now
    with reading.database.transaction() as tx:
        if busy_calendars.mark(tx, calendar.id, holder=reading.holder, **values) and told:
            _tell(tx, calendar, since, now)


def _tell(tx: Transaction, calendar: BusyCalendar, since: datetime, now: datetime) -> None:
    outbox.record(
        tx,
        BusyCalendarFailed(
            busy_calendar_id=calendar.id,
            practitioner_id=calendar.practitioner_id,
            failing_since=since,
        ),
        practice_id=calendar.practice_id,
        aggregate=("busy_calendar", calendar.id),
        actor=service_actor("scheduling"),
        request_id=str(new_id()),
        now=now,
    )


def _failure(error: NotFetched | CalendarUnreadable | Unsealable) -> BusyFailure:
    if isinstance(error, NotFetched):
        return BusyFailure(error.obstacle.value)
    if isinstance(error, CalendarUnreadable):
        return BusyFailure.TOO_COMPLEX if error.too_complex else BusyFailure.NO_CALENDAR
    return BusyFailure.ADDRESS_INVALID
