"""A client undoes a move: back to where it was, if nobody else has that time meanwhile."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from portal_contracts.errors import Conflict, NotFound
from portal_contracts.scheduling.events import AppointmentMoved
from portal_contracts.scheduling.rpc.booking import (
    GET_OWN_APPOINTMENT,
    HOLD_TIME,
    MOVE_OWN_APPOINTMENT,
    GetOwnAppointment,
    HoldTime,
    MoveOwnAppointment,
)
from portal_contracts.scheduling.rpc.calendar import (
    CANCEL_FOR_CLIENT,
    MOVE_FOR_CLIENT,
    CancelForClient,
    MoveForClient,
)
from portal_contracts.scheduling.rpc.undoing import UNDO_OWN_MOVE, UndoOwnMove
from scheduling.storage.tables import bookable_service

TEN = datetime(2026, 12, 3, 9, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def service(calendar):
    calendar.hours(("08:00", "18:00"))
    return calendar.offer(move_notice_minutes=1440, max_moves=1)


@pytest.fixture
def anna(calendar):
    return calendar.client()


@pytest.fixture
def booked(calendar, service, anna):
    return calendar.appointment(anna, TEN, service_id=service)


@pytest.fixture
def move(desk, anna, booked):
    def ask(start=TEN + HOUR, *, at=None):
        command = MoveOwnAppointment(appointment_id=booked, starts_at=start)
        return desk.ask(MOVE_OWN_APPOINTMENT, command, anna, at=at).starts_at

    return ask


@pytest.fixture
def undo(desk, anna, booked):
    def ask(*, client=anna, at=None):
        command = UndoOwnMove(appointment_id=booked)
        return desk.ask(UNDO_OWN_MOVE, command, client, at=at).starts_at

    return ask


@pytest.fixture
def own(desk, anna, booked):
    def see(*, at=None):
        command = GetOwnAppointment(appointment_id=booked)
        return desk.ask(GET_OWN_APPOINTMENT, command, anna, at=at)

    return see


def test_a_move_is_undone_within_five_minutes(desk, move, undo, own):
    move()
    found = own().undo
    assert (found.starts_at, found.until) == (TEN, desk.now + 5 * MINUTE)
    assert undo(at=found.until) == TEN
    seen = own(at=found.until)
    assert (seen.starts_at, seen.undo) == (TEN, None)
    assert [one.kind for one in seen.changes] == ["moved_back", "moved", "booked"]
    assert [one.data.starts_at for one in desk.events(AppointmentMoved)] == [TEN + HOUR, TEN]
    assert seen.ics_sequence == 2


def test_undone_twice_is_undone_once(desk, move, undo):
    move()
    assert undo() == undo() == TEN
    assert len(desk.events(AppointmentMoved)) == 2


def test_neither_counts_among_the_moves(move, undo, own):
    move()
    assert own().move.closed == "max_moves"
    undo()
    assert own().move.closed is None
    assert move() == TEN + HOUR


def test_the_notice_of_the_first_move_is_the_one_that_counts(desk, move, undo, own):
    last = TEN - 24 * HOUR
    move(TEN + 6 * HOUR, at=last)
    later = last + 4 * MINUTE
    assert undo(at=later) == TEN
    assert own(at=later).move.closed == "notice"


def test_it_is_not_undone_later_nor_where_there_was_no_move(desk, move, undo):
    with pytest.raises(Conflict, match="undo_over"):
        undo()
    move()
    with pytest.raises(Conflict, match="undo_over"):
        undo(at=desk.now + 5 * MINUTE + timedelta(seconds=1))


def test_a_former_time_that_was_taken_leaves_the_new_one(desk, calendar, service, move, undo, own):
    move()
    desk.ask(HOLD_TIME, HoldTime(service_id=service, starts_at=TEN), calendar.client())
    with pytest.raises(Conflict, match="slot_taken"):
        undo()
    assert own().starts_at == TEN + HOUR


def test_the_client_s_own_hold_gives_way(desk, anna, service, move, undo):
    move()
    desk.ask(HOLD_TIME, HoldTime(service_id=service, starts_at=TEN), anna)
    assert undo() == TEN


def test_rules_that_bind_clients_are_not_asked_again(calendar, move, undo):
    move()
    with calendar.database.transaction() as tx:
        tx.execute(
            update(bookable_service).values(
                clients_may_move=False, self_scheduling=False, max_per_day=1, archived=True
            )
        )
    assert undo() == TEN


def test_what_the_practice_moved_or_cancelled_is_not_undone(
    desk, calendar, booked, move, undo, own
):
    vera = calendar.practitioner()
    move()
    command = MoveForClient(appointment_id=booked, starts_at=TEN + 2 * HOUR)
    desk.ask(MOVE_FOR_CLIENT, command, vera)
    assert own().undo is None
    with pytest.raises(Conflict, match="undo_over"):
        undo()
    desk.ask(CANCEL_FOR_CLIENT, CancelForClient(appointment_id=booked), vera)
    with pytest.raises(Conflict, match="undo_over"):
        undo()


def test_nobody_undoes_another_client_s_move(calendar, move, undo):
    move()
    with pytest.raises(NotFound):
        undo(client=calendar.client())
