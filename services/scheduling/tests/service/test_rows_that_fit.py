"""What the schema refuses besides overlaps."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from portal_chassis.database.transactions import describe_error
from portal_chassis.ids import new_id
from scheduling.storage import tables

NINE = datetime(2026, 12, 3, 9, 0, tzinfo=UTC)


def refused_by(error: pytest.ExceptionInfo[IntegrityError], constraint: str) -> bool:
    return constraint in describe_error(error.value).split()


def test_a_time_is_booked_on_a_service_of_that_practitioner(calendar):
    of_a_colleague = calendar.colleague().service()
    with pytest.raises(IntegrityError) as error:
        calendar.book(NINE, service_id=of_a_colleague)
    assert refused_by(error, "fk_booked_time_service")


def test_a_seat_lies_in_the_practice_of_its_time(calendar):
    booked = calendar.book(NINE)
    with pytest.raises(IntegrityError) as error:
        calendar.seat(calendar.client(), booked, status="confirmed", practice_id=new_id())
    assert refused_by(error, "fk_appointment_booked_time")


def test_a_seat_is_when_its_time_is_also_after_a_move(calendar, database):
    client, booked = calendar.client(), calendar.book(NINE, capacity=2)
    seats = [
        calendar.seat(client, booked, status="cancelled"),
        calendar.seat(client, booked, status="confirmed"),
        calendar.seat(calendar.client(), booked, status="confirmed"),
    ]
    assert spans(database, seats) == {(NINE, NINE + timedelta(minutes=50))}
    later = NINE + timedelta(days=1)
    row = calendar.time_row(later)
    with database.transaction() as tx:
        tx.execute(
            update(tables.booked_time)
            .where(tables.booked_time.c.id == booked)
            .values({name: row[name] for name in ("starts_at", "ends_at", "blocked")})
        )
    assert spans(database, seats) == {(later, later + timedelta(minutes=50))}


def test_a_seat_is_at_no_other_time(calendar, database):
    seat = calendar.appointment(calendar.client(), NINE)
    later = {"starts_at": NINE + timedelta(hours=1)}
    with pytest.raises(IntegrityError) as error, database.transaction() as tx:
        tx.execute(update(tables.appointment).where(tables.appointment.c.id == seat).values(later))
    assert refused_by(error, "fk_appointment_booked_time")


def spans(database, seats):
    seat = tables.appointment
    query = select(seat.c.starts_at, seat.c.ends_at).where(seat.c.id.in_(seats))
    with database.transaction() as tx:
        return {tuple(row) for row in tx.execute(query)}


def test_a_client_has_one_live_seat_on_a_time(calendar):
    client, booked = calendar.client(), calendar.book(NINE)
    calendar.seat(client, booked, status="cancelled")
    calendar.seat(client, booked, status="confirmed")
    with pytest.raises(IntegrityError) as error:
        calendar.seat(client, booked, status="requested")
    assert refused_by(error, "uq_appointment_seat")


def test_a_client_has_one_hold(calendar):
    client = calendar.client()
    calendar.appointment(client, NINE, status="held")
    with pytest.raises(IntegrityError) as error:
        calendar.appointment(client, NINE.replace(hour=14), status="held")
    assert refused_by(error, "uq_appointment_hold")


def test_a_hold_has_an_end(calendar):
    booked = calendar.book(NINE)
    with pytest.raises(IntegrityError) as error:
        calendar.seat(calendar.client(), booked, status="held", expires_at=None)
    assert refused_by(error, "ck_appointment_held")


def test_a_session_bears_the_id_of_its_appointment(calendar):
    client = calendar.client()
    appointment = calendar.appointment(client, NINE)
    with pytest.raises(IntegrityError) as error:
        calendar.session(client, NINE, appointment_id=appointment)
    assert refused_by(error, "ck_session_appointment_id")


def test_a_session_belongs_to_the_client_of_its_appointment(calendar):
    appointment = calendar.appointment(calendar.client(), NINE)
    with pytest.raises(IntegrityError) as error:
        calendar.session(calendar.client(), NINE, id=appointment, appointment_id=appointment)
    assert refused_by(error, "fk_session_appointment")


def test_a_summary_belongs_to_the_client_of_its_session(calendar):
    session = calendar.session(calendar.client(), NINE)
    with pytest.raises(IntegrityError) as error:
        calendar.summary(calendar.client(), session)
    assert refused_by(error, "fk_session_summary_session")


def test_one_version_of_a_summary_is_shared_at_a_time(calendar):
    client = calendar.client()
    session = calendar.session(client, NINE)
    calendar.summary(client, session, shared_at=NINE, unshared_at=NINE)
    calendar.summary(client, session, version=2, shared_at=NINE)
    with pytest.raises(IntegrityError) as error:
        calendar.summary(client, session, version=3, shared_at=NINE)
    assert refused_by(error, "uq_session_summary_shared")
