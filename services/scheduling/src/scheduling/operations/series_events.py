"""What is kept and told of an act on a series: a row for each appointment, one event, one line.

The access log has one line for the act, at the first appointment that it touched.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from portal_chassis.authority.ownership import Client
from portal_chassis.call import Call
from portal_chassis.database.transactions import Transaction
from portal_chassis.events import outbox
from portal_chassis.events.outbox import Told
from portal_contracts.accesses import Thing, ThingKind
from portal_contracts.envelope import EventData
from portal_contracts.scheduling.events import (
    SeriesBooked,
    SeriesCancelled,
    SeriesMoved,
    ToldOccurrence,
)
from portal_contracts.scheduling.rpc.appointments import ChangeKind
from scheduling.domain.appointments import Appointment
from scheduling.operations.access_log import access_told
from scheduling.operations.appointment_events import access_of
from scheduling.storage import bookable_services, changes
from scheduling.storage.series_writes import NewSeat, Put


@dataclass(frozen=True)
class SeriesAct:
    """An act on a series that was there before.

    Attributes:
        series_id: in which the occurrences are now.
        acts: how many it has seen with this one.
        without_mail: whoever did it wants the client to get no mail of it.
    """

    series_id: UUID
    acts: int
    without_mail: bool


def publish_series_booked(
    tx: Transaction,
    series_id: UUID,
    seats: Sequence[NewSeat],
    client: Client,
    call: Call,
    *,
    without_mail: bool,
    now: datetime,
) -> None:
    """Publish `SeriesBooked` and log ``series.booked``."""
    booked = [(one.id, one.time.span.start, None) for one in seats]
    changes.add_all(tx, ChangeKind.BOOKED, booked, call.actor, without_mail=without_mail, now=now)
    first = seats[0].time
    told = SeriesBooked(
        series_id=series_id,
        client_id=client.id,
        practitioner_id=first.practitioner_id,
        timezone=first.timezone,
        occurrences=[
            ToldOccurrence(
                appointment_id=one.id,
                starts_at=one.time.span.start,
                ends_at=one.time.span.end,
                ics_sequence=0,
            )
            for one in seats
        ],
        acts=0,
        form_template_ids=bookable_services.form_template_ids(tx, first.service_id),
        without_mail=without_mail,
    )
    logged = access_told(
        "series.booked",
        call,
        client_id=client.id,
        subject_id=seats[0].id,
        thing=Thing(kind=ThingKind.APPOINTMENT, title=first.title, at=first.span.start),
    )
    _publish(tx, told, client.practice_id, series_id, call, logged, now=now)


def publish_series_moved(
    tx: Transaction,
    moves: Sequence[Put],
    cancelled: Sequence[Appointment],
    call: Call,
    act: SeriesAct,
    *,
    former_id: UUID,
    now: datetime,
) -> None:
    """Publish `SeriesMoved` and log ``series.moved``."""
    moved = [(one.appointment.id, one.span.start, one.appointment.starts_at) for one in moves]
    quiet = act.without_mail
    changes.add_all(tx, ChangeKind.MOVED, moved, call.actor, without_mail=quiet, now=now)
    _keep_cancelled(tx, cancelled, call, without_mail=quiet, now=now)
    first = moves[0].appointment
    told = SeriesMoved(
        series_id=act.series_id,
        former_series_id=former_id,
        client_id=first.client_id,
        practitioner_id=first.practitioner_id,
        timezone=moves[0].timezone,
        occurrences=[
            ToldOccurrence(
                appointment_id=one.appointment.id,
                starts_at=one.span.start,
                ends_at=one.span.end,
                ics_sequence=one.appointment.ics_sequence + 1,
            )
            for one in moves
        ],
        cancelled=_off(cancelled),
        acts=act.acts,
        without_mail=quiet,
    )
    logged = access_of(first, "series.moved", call)
    _publish(tx, told, first.practice_id, act.series_id, call, logged, now=now)


def publish_series_cancelled(
    tx: Transaction,
    cancelled: Sequence[Appointment],
    call: Call,
    act: SeriesAct,
    *,
    left: int,
    now: datetime,
) -> None:
    """Publish `SeriesCancelled` and log ``series.cancelled``."""
    _keep_cancelled(tx, cancelled, call, without_mail=act.without_mail, now=now)
    first = cancelled[0]
    told = SeriesCancelled(
        series_id=act.series_id,
        client_id=first.client_id,
        practitioner_id=first.practitioner_id,
        cancelled=_off(cancelled),
        left=left,
        acts=act.acts,
        without_mail=act.without_mail,
    )
    logged = access_of(first, "series.cancelled", call)
    _publish(tx, told, first.practice_id, act.series_id, call, logged, now=now)


def _keep_cancelled(
    tx: Transaction,
    cancelled: Sequence[Appointment],
    call: Call,
    *,
    without_mail: bool,
    now: datetime,
) -> None:
    if cancelled:
        rows, kind = [(one.id, one.starts_at, None) for one in cancelled], ChangeKind.CANCELLED
        changes.add_all(tx, kind, rows, call.actor, without_mail=without_mail, now=now)


def _off(cancelled: Sequence[Appointment]) -> list[ToldOccurrence]:
    return [
        ToldOccurrence(
            appointment_id=one.id,
            starts_at=one.starts_at,
            ends_at=one.ends_at,
            ics_sequence=one.ics_sequence + 1,
        )
        for one in cancelled
    ]


def _publish(
    tx: Transaction,
    data: EventData,
    practice_id: UUID,
    series_id: UUID,
    call: Call,
    logged: Told,
    *,
    now: datetime,
) -> None:
    outbox.record_all(
        tx,
        [Told(data, ("series", series_id)), logged],
        practice_id=practice_id,
        actor=call.actor,
        request_id=call.request_id,
        now=now,
    )
