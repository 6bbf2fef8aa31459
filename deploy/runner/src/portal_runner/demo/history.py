"""A year of the demo practice: sessions, summaries, notes, and forms that came back.

All of it goes through the services' own operations, at the instants at which
it would have happened, so that it keeps every rule. Only its events are not
published: what happened before today was mailed before today.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import text as sql

from portal_chassis.call import Call
from portal_chassis.database.sealed import Sealer
from portal_chassis.database.transactions import Database, Transaction
from portal_contracts.actor import Actor, ActorKind
from portal_contracts.calls import Method
from portal_contracts.scheduling.rpc import calendar, notes, sessions
from portal_contracts.scheduling.rpc.appointments import SessionStatus
from portal_runner.demo import people
from portal_runner.demo.people import Person
from scheduling.operations import booking, portal, summaries
from scheduling.operations import notes as note_operations
from scheduling.operations import sessions as session_operations

ZONE = ZoneInfo(people.PRACTICE.timezone)
HOLIDAYS = (((8, 8), (8, 24)), ((12, 22), (12, 31)))
"""Month and day of the first and the last day."""

ABSENT_EVERY = 17

HOUR, DAY, WEEK = timedelta(hours=1), timedelta(days=1), timedelta(weeks=1)

_FORGET_OWN_EVENTS = sql("DELETE FROM outbox WHERE xmin = pg_current_xact_id()::xid")


@dataclass(frozen=True)
class Past:
    """Acts in the past, on one service's database.

    Attributes:
        database: as its owner, who alone may delete events.
        sealer: seals what the service seals.
        practitioner: who acts.
        now: the present instant, aware UTC.
    """

    database: Database
    sealer: Sealer
    practitioner: Actor
    now: datetime

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        """One transaction whose events are not published."""
        with self.database.transaction() as tx:
            yield tx
            tx.execute(_FORGET_OWN_EVENTS)

    def call(self, method: Method, at: datetime, client_id: UUID | None = None) -> Call:  # type: ignore[type-arg]
        """The circumstances of a call at that instant: the practitioner's, or a client's."""
        actor = self.practitioner
        if client_id is not None:
            actor = Actor(kind=ActorKind.CLIENT, id=client_id, practice_id=actor.practice_id)
        return Call(actor, "demo", None, method, at)


def at(day: date, hour: int, minute: int = 0) -> datetime:
    """The instant of a wall time in the practice's zone, aware UTC."""
    return datetime.combine(day, time(hour, minute), tzinfo=ZONE).astimezone(UTC)


def past_starts(person: Person, now: datetime) -> list[datetime]:
    """When the person has come, earliest first; nobody works at Christmas nor in mid-August."""

    def backwards() -> Iterator[datetime]:
        today = now.astimezone(ZONE).date()
        day = today - timedelta(days=(today.weekday() - person.weekday) % 7 or 7)
        while True:
            if not _closed(day):
                yield at(day, person.hour)
            day -= person.every_weeks * WEEK

    return sorted(islice(backwards(), person.sessions))


def _closed(day: date) -> bool:
    return any(first <= (day.month, day.day) <= last for first, last in HOLIDAYS)


def write_sessions(past: Past, services: dict[str, UUID], clients: dict[str, UUID]) -> None:
    """Book, hold and write up a year of sessions of all demo clients."""
    with past.transaction() as tx:
        for person in people.PEOPLE:
            client_id = clients[person.fields.email]
            starts = past_starts(person, past.now) if person.sessions else []
            for number, start in enumerate(starts):
                session_id = book(tx, past, services[person.service], client_id, start)
                left = len(starts) - number
                _write_up(tx, past, person, session_id, client_id, start, number=number, left=left)


def book(tx: Transaction, past: Past, service_id: UUID, client_id: UUID, start: datetime) -> UUID:
    """Book a session that began at `start`, a week before; its id."""
    made_at = start - WEEK
    command = calendar.BookForClient(
        client_id=client_id, service_id=service_id, starts_at=start, despite=True
    )
    call = past.call(calendar.BOOK_FOR_CLIENT, made_at)
    booked = booking.book_for_client(tx, command, call, past.sealer, active=True, now=made_at)
    return booked.appointment_id


def _write_up(
    tx: Transaction,
    past: Past,
    person: Person,
    session_id: UUID,
    client_id: UUID,
    start: datetime,
    *,
    number: int,
    left: int,
) -> None:
    """What a practitioner writes after a session; `left` is 1 for the latest one."""
    written_at = min(start + 3 * HOUR, past.now)
    if number % ABSENT_EVERY == 1 and left > ABSENT_EVERY:
        mark = sessions.MarkSession(session_id=session_id, status=SessionStatus.NO_SHOW)
        call = past.call(sessions.MARK_SESSION, written_at)
        session_operations.mark_session(tx, mark, call, now=written_at)
        return
    note = _every(4, person.written.notes, left)
    if note:
        save = notes.SaveNote(session_id=session_id, revision=0, text=note)
        call = past.call(notes.SAVE_NOTE, written_at)
        note_operations.save_note(tx, save, call, past.sealer, now=written_at)
    summary = _every(2, person.written.summaries, left)
    if summary:
        _summarise(tx, past, person, session_id, client_id, written_at, text=summary, left=left)


def _every(step: int, written: tuple[str, ...], left: int) -> str:
    """What was written after this session: something after each `step`-th, up to the latest."""
    back, rest = divmod(left - 1, step)
    return written[-1 - back] if rest == 0 and back < len(written) else ""


def summarise(
    tx: Transaction, past: Past, session_id: UUID, written_at: datetime, *, text: str
) -> int:
    """Save a summary; its revision, by which it is shared."""
    save = sessions.SaveSummary(session_id=session_id, revision=0, text=text)
    call = past.call(sessions.SAVE_SUMMARY, written_at)
    return summaries.save_summary(tx, save, call, past.sealer, now=written_at).revision


def _summarise(
    tx: Transaction,
    past: Past,
    person: Person,
    session_id: UUID,
    client_id: UUID,
    written_at: datetime,
    *,
    text: str,
    left: int,
) -> None:
    """Save and share a summary; all but the latest were read, and one is still a draft."""
    revision = summarise(tx, past, session_id, written_at, text=text)
    if left == 1 and person is people.BEN:
        return
    share = sessions.ShareSummary(session_id=session_id, revision=revision)
    call = past.call(sessions.SHARE_SUMMARY, written_at)
    summaries.share_summary(tx, share, call, past.sealer, now=written_at)
    if left > 1:
        read_at = written_at + DAY
        read = sessions.ReadSummary(session_id=session_id)
        call = past.call(sessions.READ_SUMMARY, read_at, client_id)
        portal.read_summary(tx, read, call, past.sealer, now=read_at)
