"""What an appointment is read from: its seat, its time, its service's rules, its series."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import RowMapping, Select, select

from portal_chassis.database.prepared import run
from portal_chassis.database.transactions import Transaction
from portal_contracts.scheduling.rpc.appointments import PlaceKind, RepeatUnit
from portal_contracts.scheduling.rpc.services import LateCancel, ServiceColour
from scheduling.domain.appointments import Appointment, BookingStatus, SeriesPart
from scheduling.domain.policy import ClientRules
from scheduling.domain.requests import Answering
from scheduling.domain.series import SeriesRule
from scheduling.storage.tables import appointment, bookable_service, booked_time, series

_SERIES = (
    series.c.unit,
    series.c.every,
    series.c.first_wall,
    series.c.timezone,
    series.c.week_of_month,
    series.c.slots,
    series.c.ics_sequence,
    series.c.sequence_raised,
)

_COLUMNS = (
    appointment.c.id,
    appointment.c.practice_id,
    appointment.c.client_id,
    appointment.c.booked_time_id,
    appointment.c.status,
    appointment.c.expires_at,
    appointment.c.created_at,
    appointment.c.booked_at,
    appointment.c.cancelled_at,
    appointment.c.cancelled_late,
    appointment.c.moves,
    appointment.c.ics_sequence,
    appointment.c.sequence_raised,
    appointment.c.policy_accepted,
    appointment.c.revealed,
    appointment.c.booking_note,
    appointment.c.cancel_reason,
    appointment.c.requested_at,
    appointment.c.answer,
    booked_time.c.practitioner_id,
    booked_time.c.service_id,
    booked_time.c.title,
    appointment.c.starts_at,
    appointment.c.ends_at,
    booked_time.c.timezone,
    booked_time.c.buffer_before_minutes,
    booked_time.c.buffer_after_minutes,
    booked_time.c.place_kind,
    booked_time.c.place,
    bookable_service.c.clients_may_cancel,
    bookable_service.c.cancel_notice_minutes,
    bookable_service.c.late_cancel,
    bookable_service.c.clients_may_move,
    bookable_service.c.move_notice_minutes,
    bookable_service.c.max_moves,
    bookable_service.c.grace_minutes,
    bookable_service.c.reason_asked,
    bookable_service.c.policy,
    bookable_service.c.colour,
    bookable_service.c.on_request,
    bookable_service.c.answer_hours,
    bookable_service.c.min_notice_minutes,
    bookable_service.c.form_template_ids,
    appointment.c.series_id,
    appointment.c.series_slot,
    appointment.c.series_starts_at,
    *(column.label(f"series_{column.name}") for column in _SERIES),
)
"""What an `Appointment` is read from."""


def read_one(
    tx: Transaction, query: Select[Any], named: Mapping[str, object]
) -> Appointment | None:
    """The appointment that a query on `seats` finds."""
    row = run(tx, query, named).mappings().one_or_none()
    return None if row is None else appointment_of(row)


def read_all(
    tx: Transaction, query: Select[Any], named: Mapping[str, object] | None = None
) -> list[Appointment]:
    """The appointments that a query on `seats` finds."""
    if named is None:
        return [appointment_of(row) for row in tx.execute(query).mappings()]
    return [appointment_of(row) for row in run(tx, query, named).mappings()]


def seats() -> Select[Any]:
    """Seats, each with what an `Appointment` is read from."""
    return (
        select(*_COLUMNS)
        .join_from(appointment, booked_time, appointment.c.booked_time_id == booked_time.c.id)
        .join(bookable_service, bookable_service.c.id == booked_time.c.service_id)
        .outerjoin(series, series.c.id == appointment.c.series_id)
    )


def appointment_of(row: RowMapping) -> Appointment:
    """The appointment in a row of a query on `seats`."""
    return Appointment(
        id=row["id"],
        practice_id=row["practice_id"],
        client_id=row["client_id"],
        practitioner_id=row["practitioner_id"],
        service_id=row["service_id"],
        booked_time_id=row["booked_time_id"],
        title=row["title"],
        starts_at=row["starts_at"],
        ends_at=row["ends_at"],
        timezone=row["timezone"],
        status=BookingStatus(row["status"]),
        place_kind=PlaceKind(row["place_kind"]),
        place=row["place"],
        buffer_before=timedelta(minutes=row["buffer_before_minutes"]),
        buffer_after=timedelta(minutes=row["buffer_after_minutes"]),
        expires_at=row["expires_at"],
        created_at=row["created_at"],
        booked_at=row["booked_at"],
        cancelled_at=row["cancelled_at"],
        cancelled_late=row["cancelled_late"],
        revealed=row["revealed"],
        moves=row["moves"],
        ics_sequence=row["ics_sequence"],
        sequence_raised=row["sequence_raised"],
        policy_accepted=row["policy_accepted"],
        booking_note=row["booking_note"],
        cancel_reason=row["cancel_reason"],
        requested_at=row["requested_at"],
        answer=row["answer"],
        answering=_answering(row),
        rules=_rules(row),
        reason_asked=row["reason_asked"],
        policy=row["policy"],
        colour=ServiceColour(row["colour"]),
        form_template_ids=row["form_template_ids"],
        series=None if row["series_id"] is None else _series_part(row),
    )


def _answering(row: RowMapping) -> Answering:
    return Answering(
        on_request=row["on_request"],
        within=timedelta(hours=row["answer_hours"]),
        notice=timedelta(minutes=row["min_notice_minutes"]),
    )


def _rules(row: RowMapping) -> ClientRules:
    return ClientRules(
        may_cancel=row["clients_may_cancel"],
        cancel_notice=timedelta(minutes=row["cancel_notice_minutes"]),
        late_cancel=LateCancel(row["late_cancel"]),
        may_move=row["clients_may_move"],
        move_notice=timedelta(minutes=row["move_notice_minutes"]),
        max_moves=row["max_moves"],
        grace=timedelta(minutes=row["grace_minutes"]),
    )


def _series_part(row: RowMapping) -> SeriesPart:
    return SeriesPart(
        id=row["series_id"],
        slot=row["series_slot"],
        told_starts_at=row["series_starts_at"],
        rule=SeriesRule(
            unit=RepeatUnit(row["series_unit"]),
            every=row["series_every"],
            first_wall=row["series_first_wall"],
            timezone=row["series_timezone"],
            week_of_month=row["series_week_of_month"],
            slots=row["series_slots"],
        ),
        sequence=row["series_ics_sequence"] + row["series_sequence_raised"],
    )
