"""What the schema refuses besides overlaps."""

from datetime import UTC, datetime

import pytest
from sqlalchemy.exc import IntegrityError

from portal_chassis.database import describe_error
from portal_chassis.ids import new_id

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
