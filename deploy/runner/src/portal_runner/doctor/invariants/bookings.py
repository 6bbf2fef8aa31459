"""What scheduling's database says became of every appointment: its row, its events, the replies."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import MetaData, select, text

from portal_chassis.database.transactions import Transaction
from portal_chassis.events.relay import SENT_KEPT
from portal_chassis.tables import chassis_tables
from portal_contracts.envelope import Event
from portal_contracts.scheduling.events import (
    AppointmentBooked,
    AppointmentCancelled,
    AppointmentMoved,
    SeriesBooked,
    SeriesCancelled,
    SeriesMoved,
)
from portal_contracts.scheduling.rpc.appointments import AppointmentStatus
from portal_contracts.scheduling.rpc.booking import Booked, Cancelled, Held, Moved

_chassis = chassis_tables(MetaData())
_ROWS = text(
    "SELECT a.id, a.client_id, a.status, a.booked_at, a.cancelled_late, a.ics_sequence,"
    " a.created_at, a.requested_at, t.starts_at"
    " FROM appointment a JOIN booked_time t ON t.id = a.booked_time_id"
)
_EVENTS: dict[str, Any] = {
    one.TYPE: one
    for one in (
        AppointmentBooked,
        AppointmentMoved,
        AppointmentCancelled,
        SeriesBooked,
        SeriesMoved,
        SeriesCancelled,
    )
}
_BOOKED, _MOVED, _CANCELLED = "booked", "moved", "cancelled"
KNOWN_REPLIES = {
    frozenset(reply.__struct_fields__): reply for reply in (Held, Booked, Moved, Cancelled)
} | {frozenset({"appointment_id"}): Booked}
"""A stored reply does not say which method it answered; its fields do.

What answers a request says how the appointment stands, as a booking does; the release before
said less.
"""

MARGIN = timedelta(days=1)


@dataclass
class History:
    """The events of one appointment, published ones alone.

    Attributes:
        booked: where each event about its booking put it.
        moved: where each event about a move put it, in their order.
        cancelled: how many events tell that it is off.
    """

    booked: list[datetime] = field(default_factory=list)
    moved: list[datetime] = field(default_factory=list)
    cancelled: int = 0

    @property
    def told_last(self) -> datetime | None:
        """Where the last event that put it somewhere put it; None where there is none."""
        told = self.moved or self.booked
        return told[-1] if told else None

    @property
    def changes(self) -> int:
        """How often an invitation of it must have got a new sequence."""
        return len(self.moved) + self.cancelled


@dataclass(frozen=True)
class Bookings:
    """Every appointment and hold, by id.

    Attributes:
        rows: as the database has them.
        histories: what was published of them.
        replies: what was answered to calls that may come again.
        without_reply: how many keys were kept without an answer.
        events_since: what was published before may have been pruned.
    """

    rows: dict[UUID, Any]
    histories: dict[UUID, History]
    replies: list[msgspec.Struct]
    without_reply: int
    events_since: datetime

    def tells_all(self, appointment_id: UUID) -> bool:
        """Whether every event of a booking must still be there.

        Not of one that is older than what the outbox keeps, nor of one that was taken
        over with its past: its id is younger than it says it is.
        """
        row = self.rows[appointment_id]
        made_at = datetime.fromtimestamp((appointment_id.int >> 80) / 1000, UTC)
        return bool(
            row.booked_at is not None
            and row.created_at >= self.events_since
            and made_at - row.created_at < MARGIN
        )

    def history(self, appointment_id: UUID) -> History:
        """Its events; empty where none were published."""
        return self.histories.get(appointment_id, History())

    def is_booked(self, appointment_id: UUID) -> bool:
        """Whether it was ever confirmed."""
        row = self.rows.get(appointment_id)
        return row is not None and row.booked_at is not None

    def stands(self, reply: Booked) -> bool:
        """Whether what a booking was answered became so; of a request, that it was made."""
        if reply.status is AppointmentStatus.CONFIRMED:
            return self.is_booked(reply.appointment_id)
        row = self.rows.get(reply.appointment_id)
        return row is not None and row.requested_at is not None

    def was_put_at(self, appointment_id: UUID, starts_at: datetime) -> bool:
        """Whether it ever was to begin at this instant."""
        row, history = self.rows.get(appointment_id), self.history(appointment_id)
        return row is not None and starts_at in (row.starts_at, *history.booked, *history.moved)


def read_bookings(tx: Transaction, *, now: datetime) -> Bookings:
    """Everything, at one instant."""
    replies, without_reply = _replies(tx)
    return Bookings(
        rows={row.id: row for row in tx.execute(_ROWS)},
        histories=_histories(tx),
        replies=replies,
        without_reply=without_reply,
        events_since=now - SENT_KEPT + MARGIN,
    )


def _histories(tx: Transaction) -> dict[UUID, History]:
    outbox = _chassis.outbox
    query = select(outbox.c.type, outbox.c.body).where(
        outbox.c.type.in_(_EVENTS), outbox.c.sent_at.is_not(None)
    )
    histories: dict[UUID, History] = {}
    moves: dict[UUID, list[tuple[int, datetime]]] = {}
    for row in tx.execute(query):
        kind: Any = Event[_EVENTS[row.type]]  # type: ignore[valid-type,name-defined]
        for what, one in _told(msgspec.json.decode(row.body, type=kind).data):
            history = histories.setdefault(one.appointment_id, History())
            if what == _BOOKED:
                history.booked.append(one.starts_at)
            elif what == _MOVED:
                told = moves.setdefault(one.appointment_id, [])
                told.append((one.ics_sequence, one.starts_at))
            else:
                history.cancelled += 1
    # By the invitation's number: two processes' ids of events may lie the other way round.
    for appointment_id, told in moves.items():
        histories[appointment_id].moved = [starts_at for _number, starts_at in sorted(told)]
    return histories


def _told(data: Any) -> list[tuple[str, Any]]:
    """What became of which appointments, as one event tells it: of one, or of a series."""
    match data:
        case AppointmentBooked():
            return [(_BOOKED, data)]
        case AppointmentMoved():
            return [(_MOVED, data)]
        case AppointmentCancelled():
            return [(_CANCELLED, data)]
        case SeriesBooked():
            return [(_BOOKED, one) for one in data.occurrences]
        case SeriesMoved():
            moved = [(_MOVED, one) for one in data.occurrences]
            return moved + [(_CANCELLED, one) for one in data.cancelled]
    return [(_CANCELLED, one) for one in data.cancelled]


def _replies(tx: Transaction) -> tuple[list[msgspec.Struct], int]:
    table = _chassis.idempotency
    known: list[msgspec.Struct] = []
    without_reply = 0
    for body in tx.execute(select(table.c.reply)).scalars():
        if body is None:
            without_reply += 1
            continue
        reply: type[msgspec.Struct] | None = KNOWN_REPLIES.get(frozenset(msgspec.json.decode(body)))
        if reply is not None:
            known.append(msgspec.json.decode(body, type=reply))
    return known, without_reply
