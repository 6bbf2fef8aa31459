"""What became of an appointment and by whom, as its client and the practice are told."""

from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace
from sqlalchemy import delete

from portal_chassis.ids import new_id
from portal_contracts.actor import ActorKind, Role
from portal_contracts.calls import Nothing
from portal_contracts.scheduling.rpc.appointments import ChangeKind
from portal_contracts.scheduling.rpc.booking import (
    CANCEL_OWN_APPOINTMENT,
    GET_OWN_APPOINTMENT,
    LIST_OWN_APPOINTMENTS,
    MOVE_OWN_APPOINTMENT,
    CancelOwnAppointment,
    GetOwnAppointment,
    MoveOwnAppointment,
)
from portal_contracts.scheduling.rpc.calendar import (
    BOOK_FOR_CLIENT,
    CANCEL_FOR_CLIENT,
    GET_APPOINTMENT,
    MOVE_FOR_CLIENT,
    BookForClient,
    CancelForClient,
    GetAppointment,
    MoveForClient,
)
from scheduling.storage.tables import appointment_change

TEN = datetime(2026, 12, 3, 9, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def service(calendar):
    calendar.hours(("08:00", "18:00"))
    return calendar.offer(cancel_notice_minutes=0, move_notice_minutes=0)


@pytest.fixture
def rivera(calendar):
    return calendar.practitioner(Role.PRACTITIONER)


@pytest.fixture
def anna(calendar):
    return calendar.client()


@pytest.fixture
def booked(desk, service, rivera, anna):
    command = BookForClient(client_id=anna.id, service_id=service, starts_at=TEN)
    return desk.ask(BOOK_FOR_CLIENT, command, rivera).appointment_id


@pytest.fixture
def told(desk, booked, anna, rivera):
    def ask():
        own = desk.ask(GET_OWN_APPOINTMENT, GetOwnAppointment(appointment_id=booked), anna)
        details = desk.ask(GET_APPOINTMENT, GetAppointment(appointment_id=booked), rivera)
        return own.changes, details.changes

    return ask


def test_each_booking_move_and_cancellation_names_who(desk, booked, told, anna, rivera):
    program = replace(rivera, token_id=new_id())
    moved = MoveForClient(appointment_id=booked, starts_at=TEN + HOUR)
    desk.ask(MOVE_FOR_CLIENT, moved, program)
    own_move = MoveOwnAppointment(appointment_id=booked, starts_at=TEN + 2 * HOUR)
    desk.ask(MOVE_OWN_APPOINTMENT, own_move, anna)
    desk.ask(MOVE_OWN_APPOINTMENT, own_move, anna)
    shown = replace(anna, revealed_link=new_id())
    cancelled = CancelOwnAppointment(appointment_id=booked, reason="The flu")
    desk.ask(CANCEL_OWN_APPOINTMENT, cancelled, shown)
    own, details = told()
    assert own == details
    assert [(one.kind, one.by, one.practitioner_id, one.by_program) for one in own] == [
        (ChangeKind.CANCELLED, ActorKind.CLIENT, None, False),
        (ChangeKind.MOVED, ActorKind.CLIENT, None, False),
        (ChangeKind.MOVED, ActorKind.PRACTITIONER, rivera.id, True),
        (ChangeKind.BOOKED, ActorKind.PRACTITIONER, rivera.id, False),
    ]
    assert [(one.previous_starts_at, one.starts_at) for one in own[1:]] == [
        (TEN + HOUR, TEN + 2 * HOUR),
        (TEN, TEN + HOUR),
        (None, TEN),
    ]
    assert [one.revealed for one in own] == [True, False, False, False]
    assert own[0].reason == "The flu"


def test_the_practice_s_reason_is_the_practice_s(desk, booked, told, rivera, calendar):
    command = CancelForClient(appointment_id=booked, reason="She owes us money.")
    desk.ask(CANCEL_FOR_CLIENT, command, rivera)
    own, details = told()
    assert (own[0].by, own[0].reason) == (ActorKind.PRACTITIONER, "")
    assert details[0].reason == "She owes us money."
    assistant = calendar.practitioner(Role.ASSISTANT)
    seen = desk.ask(GET_APPOINTMENT, GetAppointment(appointment_id=booked), assistant)
    assert seen.changes[0].reason == ""


def test_of_what_was_not_written_down_only_the_time_is_told(desk, booked, told, rivera, calendar):
    desk.ask(CANCEL_FOR_CLIENT, CancelForClient(appointment_id=booked), rivera)
    with calendar.database.transaction() as tx:
        tx.execute(delete(appointment_change))
    own, _ = told()
    assert [(one.kind, one.by, one.starts_at) for one in own] == [
        (ChangeKind.CANCELLED, None, TEN),
        (ChangeKind.BOOKED, None, TEN),
    ]


def test_lists_do_not_tell_it(desk, booked, anna):
    [listed] = desk.ask(LIST_OWN_APPOINTMENTS, Nothing(), anna).upcoming
    assert listed.id == booked
    assert listed.changes == []
