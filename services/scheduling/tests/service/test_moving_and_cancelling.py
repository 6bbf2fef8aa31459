"""A client moves and cancels by the service's rules; the old time stands until the new is taken."""

from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace
from sqlalchemy import update

from portal_chassis.ids import new_id
from portal_contracts.actor import Role
from portal_contracts.calls import Nothing
from portal_contracts.errors import Conflict, NotFound
from portal_contracts.scheduling.events import AppointmentCancelled, AppointmentMoved
from portal_contracts.scheduling.rpc.booking import (
    CANCEL_OWN_APPOINTMENT,
    CONFIRM_HOLD,
    GET_OWN_APPOINTMENT,
    HOLD_TIME,
    LIST_OWN_APPOINTMENTS,
    MOVE_OWN_APPOINTMENT,
    RELEASE_HOLD,
    CancelOwnAppointment,
    CancelTold,
    ConfirmHold,
    GetHold,
    GetOwnAppointment,
    HoldTime,
    MoveOwnAppointment,
)
from portal_contracts.scheduling.rpc.calendar import GET_APPOINTMENT, GetAppointment
from scheduling.storage.tables import bookable_service

TEN = datetime(2026, 12, 3, 9, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
MOMENT = timedelta(microseconds=1)


@pytest.fixture
def service(calendar):
    calendar.hours(("08:00", "18:00"))
    return calendar.offer(cancel_notice_minutes=0, move_notice_minutes=0)


@pytest.fixture
def anna(calendar):
    return calendar.client()


@pytest.fixture
def book(desk, service):
    def take(client, start=TEN):
        held = desk.ask(HOLD_TIME, HoldTime(service_id=service, starts_at=start), client)
        command = ConfirmHold(hold_id=held.hold_id, policy_accepted=True)
        return desk.ask(CONFIRM_HOLD, command, client).appointment_id

    return take


@pytest.fixture
def move(desk):
    def ask(client, appointment_id, start, **options):
        command = MoveOwnAppointment(appointment_id=appointment_id, starts_at=start)
        return desk.ask(MOVE_OWN_APPOINTMENT, command, client, **options)

    return ask


@pytest.fixture
def cancel(desk):
    def ask(client, appointment_id, reason="", **options):
        command = CancelOwnAppointment(appointment_id=appointment_id, reason=reason)
        return desk.ask(CANCEL_OWN_APPOINTMENT, command, client, **options)

    return ask


@pytest.fixture
def own(desk):
    def see(client, appointment_id, **options):
        command = GetOwnAppointment(appointment_id=appointment_id)
        return desk.ask(GET_OWN_APPOINTMENT, command, client, **options)

    return see


@pytest.fixture
def rules(calendar, service):
    def change(**values):
        with calendar.database.transaction() as tx:
            tx.execute(
                update(bookable_service).where(bookable_service.c.id == service).values(**values)
            )

    return change


def closed(error):
    return error.value.code, error.value.fields.get("appointment")


def test_a_moved_appointment_frees_the_old_time_and_tells_both(
    desk, book, move, own, calendar, anna
):
    booked = book(anna)
    assert move(anna, booked, TEN + HOUR).starts_at == TEN + HOUR
    (event,) = desk.events(AppointmentMoved)
    assert (event.data.previous_starts_at, event.data.starts_at) == (TEN, TEN + HOUR)
    assert (event.data.starts_wall, event.data.ics_sequence) == ("2026-12-03T11:00", 1)
    assert own(anna, booked).ics_sequence == 1
    assert ("appointment.moved", "done") in desk.acts()
    book(calendar.client(), TEN)


def revealed(client):
    """The client on a device that a link let in which the practice saw."""
    return replace(client, revealed_link=new_id())


@pytest.mark.parametrize("act", ["book", "move", "cancel"])
def test_what_is_done_on_a_device_that_a_copied_link_let_in_is_marked(
    desk, book, move, cancel, calendar, anna, act
):
    booked = book(revealed(anna) if act == "book" else anna)
    details = GetAppointment(appointment_id=booked)
    assistant = calendar.practitioner(Role.ASSISTANT)
    assert desk.ask(GET_APPOINTMENT, details, assistant).revealed is (act == "book")
    if act == "move":
        move(revealed(anna), booked, TEN + HOUR)
    if act == "cancel":
        cancel(revealed(anna), booked)
    assert desk.ask(GET_APPOINTMENT, details, assistant).revealed
    if act != "cancel":
        cancel(anna, booked)
        assert desk.ask(GET_APPOINTMENT, details, assistant).revealed


def test_it_may_be_moved_onto_a_time_that_it_overlaps_itself(book, move, rules, own, anna):
    rules(increment_minutes=10)
    booked = book(anna)
    move(anna, booked, TEN + timedelta(minutes=10))
    move(anna, booked, TEN)
    assert own(anna, booked).starts_at == TEN


def test_to_where_it_is_already_changes_nothing(desk, book, move, own, anna):
    booked = book(anna)
    assert move(anna, booked, TEN).starts_at == TEN
    assert desk.events(AppointmentMoved) == []
    assert own(anna, booked).ics_sequence == 0


def test_what_the_client_holds_is_not_in_the_way(desk, book, move, own, service, anna):
    booked = book(anna)
    desk.ask(HOLD_TIME, HoldTime(service_id=service, starts_at=TEN + HOUR), anna)
    move(anna, booked, TEN + HOUR)
    assert own(anna, booked).starts_at == TEN + HOUR


def test_where_the_new_time_is_refused_the_old_one_stands(book, move, own, calendar, anna):
    booked = book(anna)
    book(calendar.client(), TEN + HOUR)
    for start, code in ((TEN + HOUR, "slot_taken"), (TEN - 4 * HOUR, "not_offered")):
        with pytest.raises(Conflict) as error:
            move(anna, booked, start)
        assert error.value.code == code
    assert own(anna, booked).starts_at == TEN


def test_it_keeps_its_length_and_buffers(book, move, own, rules, calendar, anna):
    rules(buffer_after_minutes=10)
    booked = book(anna)
    rules(minutes=20, buffer_after_minutes=0)
    move(anna, booked, TEN + HOUR)
    found = own(anna, booked)
    assert found.ends_at - found.starts_at == timedelta(minutes=50)
    with pytest.raises(Conflict):
        move(anna, booked, datetime(2026, 12, 3, 17, 0, tzinfo=UTC))
    assert calendar.booked_buffers(booked) == (0, 10)


def test_it_may_be_moved_where_clients_do_not_book_themselves(book, move, rules, anna):
    booked = book(anna)
    rules(self_scheduling=False, archived=True)
    move(anna, booked, TEN + HOUR)


def test_moves_are_counted_up_to_the_last(book, move, rules, own, anna):
    rules(max_moves=1)
    booked = book(anna)
    move(anna, booked, TEN + HOUR)
    with pytest.raises(Conflict) as error:
        move(anna, booked, TEN)
    assert closed(error) == ("move_closed", "max_moves")
    assert own(anna, booked).move.closed == "max_moves"


def test_moving_and_cancelling_close_by_notice_and_grace_opens_them(
    desk, book, move, cancel, own, rules, anna, now
):
    rules(move_notice_minutes=1440, cancel_notice_minutes=1440)
    booked, bound = book(anna), TEN - DAY
    assert own(anna, booked).cancel.until == bound
    for ask in (
        lambda at: move(anna, booked, TEN + HOUR, at=at),
        lambda at: cancel(anna, booked, at=at),
    ):
        with pytest.raises(Conflict) as error:
            ask(bound + MOMENT)
        assert error.value.fields == {"appointment": "notice"}
    rules(move_notice_minutes=7 * 1440, cancel_notice_minutes=7 * 1440, grace_minutes=15)
    move(anna, booked, TEN + HOUR, at=now + timedelta(minutes=15))
    with pytest.raises(Conflict):
        cancel(anna, booked, at=now + timedelta(minutes=15) + MOMENT)
    assert cancel(anna, booked, at=now + timedelta(minutes=15)).late is False


@pytest.mark.parametrize("act", ["cancel", "move"])
def test_what_is_switched_off_or_over_is_closed(book, move, cancel, rules, anna, act):
    booked = book(anna)
    ask = {"cancel": cancel, "move": lambda who, what, **at: move(who, what, TEN + HOUR, **at)}[act]
    with pytest.raises(Conflict) as error:
        ask(anna, booked, at=TEN + MOMENT)
    assert closed(error) == (f"{act}_closed", "over")
    rules(clients_may_cancel=False, clients_may_move=False, grace_minutes=60)
    with pytest.raises(Conflict) as error:
        ask(anna, booked)
    assert closed(error) == (f"{act}_closed", "switched_off")


def test_a_cancelled_appointment_frees_its_time_at_once(desk, book, cancel, own, calendar, anna):
    booked = book(anna)
    assert cancel(anna, booked, "I am canary").late is False
    (event,) = desk.events(AppointmentCancelled)
    assert (event.data.starts_at, event.data.ics_sequence) == (TEN, 1)
    assert ("appointment.cancelled", "done") in desk.acts()
    assert own(anna, booked).status == "cancelled"
    book(calendar.client())
    listed = desk.ask(LIST_OWN_APPOINTMENTS, Nothing(), anna)
    assert ([one.id for one in listed.upcoming], [one.id for one in listed.cancelled]) == (
        [],
        [booked],
    )


def test_cancelling_again_is_the_same_and_moving_a_cancelled_one_is_closed(
    desk, book, cancel, move, anna
):
    booked = book(anna)
    assert cancel(anna, booked) == cancel(anna, booked)
    assert len(desk.events(AppointmentCancelled)) == 1
    with pytest.raises(Conflict) as error:
        move(anna, booked, TEN + HOUR)
    assert closed(error) == ("move_closed", "over")


def test_a_late_cancellation_is_flagged_where_the_service_flags(book, cancel, rules, anna):
    rules(cancel_notice_minutes=1440, late_cancel="flagged")
    booked = book(anna)
    assert cancel(anna, booked, at=TEN - DAY + MOMENT).late is True


def test_a_cancellation_told_to_be_free_is_not_charged_in_silence(desk, book, own, rules, anna):
    rules(cancel_notice_minutes=1440, late_cancel="flagged")
    booked = book(anna)
    free = CancelOwnAppointment(appointment_id=booked, told=CancelTold.FREE)
    with pytest.raises(Conflict) as refused:
        desk.ask(CANCEL_OWN_APPOINTMENT, free, anna, at=TEN - DAY + MOMENT)
    assert refused.value.code == "cancel_late"
    assert own(anna, booked).status == "confirmed"
    assert not desk.ask(CANCEL_OWN_APPOINTMENT, free, anna, at=TEN - DAY - MOMENT).late


def test_one_seat_given_up_leaves_the_group_its_time(desk, cancel, own, calendar, service):
    anna, ben = calendar.client(), calendar.client()
    group = calendar.book(TEN, service_id=service, capacity=2)
    of_anna = calendar.seat(anna, group, status="confirmed")
    of_ben = calendar.seat(ben, group, status="confirmed")
    cancel(anna, of_anna)
    assert own(ben, of_ben).status == "confirmed"
    with pytest.raises(Conflict):
        desk.ask(HOLD_TIME, HoldTime(service_id=service, starts_at=TEN), calendar.client())
    cancel(ben, of_ben)
    desk.ask(HOLD_TIME, HoldTime(service_id=service, starts_at=TEN), calendar.client())


def test_a_hold_given_back_leaves_the_group_its_time(desk, own, calendar, service):
    anna, ben = calendar.client(), calendar.client()
    group = calendar.book(TEN, service_id=service, capacity=2)
    held = calendar.seat(anna, group, status="held")
    of_ben = calendar.seat(ben, group, status="confirmed")
    desk.ask(RELEASE_HOLD, GetHold(hold_id=held), anna)
    assert own(ben, of_ben).status == "confirmed"
    with pytest.raises(Conflict):
        desk.ask(HOLD_TIME, HoldTime(service_id=service, starts_at=TEN), calendar.client())


def test_another_clients_appointment_does_not_exist(book, move, cancel, calendar, anna):
    booked, ben = book(anna), calendar.client()
    for ask in (lambda: move(ben, booked, TEN + HOUR), lambda: cancel(ben, booked)):
        with pytest.raises(NotFound) as error:
            ask()
        assert error.value.code == "appointment_not_found"
