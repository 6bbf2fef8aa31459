"""Many at once, on real connections: nobody is booked twice, nobody loses what they had."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from random import Random
from threading import Barrier

import pytest
from sqlalchemy import func, select

from portal_contracts.actor import Role
from portal_contracts.errors import Conflict, Invalid
from portal_contracts.scheduling.events import (
    AppointmentBooked,
    AppointmentCancelled,
    AppointmentMoved,
)
from portal_contracts.scheduling.rpc.booking import (
    CANCEL_OWN_APPOINTMENT,
    CONFIRM_HOLD,
    GET_OWN_APPOINTMENT,
    HOLD_TIME,
    MOVE_OWN_APPOINTMENT,
    CancelOwnAppointment,
    ConfirmHold,
    GetOwnAppointment,
    HoldTime,
    MoveOwnAppointment,
)
from portal_contracts.scheduling.rpc.calendar import CANCEL_FOR_CLIENT, CancelForClient
from scheduling.operations.calendar_check import check_bookings
from scheduling.operations.letting_go import expire_holds
from scheduling.storage.tables import appointment

TEN = datetime(2026, 12, 3, 9, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
AT_ONCE = 20
ROUNDS = 4


def at_once(*calls):
    """Run the calls at the same moment; each result, or the refusal it met.

    Anything else, a deadlock above all, fails the test.
    """
    barrier = Barrier(len(calls))

    def run(call):
        barrier.wait(timeout=10)
        try:
            return call()
        except (Conflict, Invalid) as error:
            return error

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


@pytest.fixture
def service(calendar):
    calendar.hours(("08:00", "18:00"))
    return calendar.offer(move_notice_minutes=0, cancel_notice_minutes=0)


@pytest.fixture
def hold(desk, service):
    def keep(client, start, service_id=None):
        command = HoldTime(service_id=service_id or service, starts_at=start)
        return desk.ask(HOLD_TIME, command, client)

    return keep


@pytest.fixture
def book(desk, hold):
    def take(client, start):
        held = hold(client, start)
        return desk.ask(CONFIRM_HOLD, ConfirmHold(hold_id=held.hold_id), client).appointment_id

    return take


@pytest.fixture
def move(desk):
    def ask(client, appointment_id, start):
        command = MoveOwnAppointment(appointment_id=appointment_id, starts_at=start)
        return desk.ask(MOVE_OWN_APPOINTMENT, command, client)

    return ask


@pytest.fixture
def start_of(desk):
    def see(client, appointment_id):
        command = GetOwnAppointment(appointment_id=appointment_id)
        return desk.ask(GET_OWN_APPOINTMENT, command, client).starts_at

    return see


@pytest.fixture(autouse=True)
def all_is_well(database, now):
    yield
    with database.transaction() as tx:
        assert check_bookings(tx, now=now) == []


def test_of_twenty_clients_on_one_time_exactly_one_gets_it(hold, calendar):
    clients = [calendar.client() for _ in range(AT_ONCE)]
    answers = at_once(*[lambda one=one: hold(one, TEN) for one in clients])
    refused = [one for one in answers if isinstance(one, Conflict)]
    assert len(refused) == AT_ONCE - 1
    assert {one.code for one in refused} == {"slot_taken"}


def test_times_that_overlap_by_a_buffer_are_one_time(hold, calendar):
    service = calendar.offer(increment_minutes=10, buffer_before_minutes=10)
    starts = [TEN + timedelta(minutes=10 * step) for step in range(6)]
    answers = at_once(*[lambda at=at: hold(calendar.client(), at, service) for at in starts])
    assert sum(not isinstance(one, Conflict) for one in answers) == 1


def test_a_days_limit_holds_where_no_two_times_touch(hold, calendar):
    """The constraint knows nothing of limits: only one writer at a time keeps them."""
    service = calendar.offer(max_per_day=1)
    starts = [TEN + step * HOUR for step in range(6)]
    answers = at_once(*[lambda at=at: hold(calendar.client(), at, service) for at in starts])
    assert sum(not isinstance(one, Conflict) for one in answers) == 1


def test_who_swap_head_on_both_keep_what_they_had(book, move, start_of, calendar):
    anna, ben = calendar.client(), calendar.client()
    of_anna, of_ben = book(anna, TEN), book(ben, TEN + HOUR)
    for _ in range(ROUNDS):
        answers = at_once(lambda: move(anna, of_anna, TEN + HOUR), lambda: move(ben, of_ben, TEN))
        assert [one.code for one in answers] == ["slot_taken", "slot_taken"]
    assert (start_of(anna, of_anna), start_of(ben, of_ben)) == (TEN, TEN + HOUR)


def test_of_many_who_move_to_one_time_one_gets_it_and_the_others_keep_theirs(
    desk, book, move, start_of, calendar
):
    clients = [calendar.client() for _ in range(6)]
    booked = [book(one, TEN + step * HOUR) for step, one in enumerate(clients)]
    free = TEN + 7 * HOUR
    pairs = list(zip(clients, booked, strict=True))
    answers = at_once(*[lambda who=who, what=what: move(who, what, free) for who, what in pairs])
    assert sum(not isinstance(one, Conflict) for one in answers) == 1
    assert len(desk.events(AppointmentMoved)) == 1
    assert len({start_of(who, what) for who, what in pairs}) == len(pairs)


def test_who_holds_two_times_at_once_holds_one(database, hold, calendar):
    """In the calendars of two practitioners, so that the order of their locks counts."""
    colleague = calendar.colleague()
    colleague.hours(("08:00", "18:00"))
    theirs, anna = colleague.offer(), calendar.client()
    for step in range(ROUNDS):
        at = TEN + step * HOUR
        answers = at_once(*[lambda at=at: hold(anna, at), lambda at=at: hold(anna, at, theirs)] * 4)
        assert not [one for one in answers if isinstance(one, Conflict)]
        with database.transaction() as tx:
            query = select(func.count()).where(appointment.c.status == "held")
            assert tx.execute(query).scalar_one() == 1


@pytest.mark.parametrize("keys", [["one"] * 8, list("abcdefgh")], ids=["one key", "eight keys"])
def test_a_hold_confirmed_many_times_at_once_is_one_appointment_and_one_event(
    desk, hold, calendar, keys
):
    anna = calendar.client()
    held = hold(anna, TEN)
    command = ConfirmHold(hold_id=held.hold_id)
    answers = at_once(
        *[lambda key=key: desk.ask(CONFIRM_HOLD, command, anna, key=key) for key in keys]
    )
    assert {one.appointment_id for one in answers} == {held.hold_id}
    assert len(desk.events(AppointmentBooked)) == 1


def test_one_key_with_other_arguments_is_refused(desk, hold, calendar):
    anna = calendar.client()
    held = hold(anna, TEN)
    desk.ask(CONFIRM_HOLD, ConfirmHold(hold_id=held.hold_id), anna, key="one")
    with pytest.raises(Invalid) as error:
        desk.ask(CONFIRM_HOLD, ConfirmHold(hold_id=held.hold_id, note="x"), anna, key="one")
    assert error.value.code == "idempotency_key_reused"


def test_one_who_moves_out_and_one_who_books_leave_the_calendar_whole(
    desk, book, move, hold, calendar
):
    anna, ben = calendar.client(), calendar.client()
    of_anna = book(anna, TEN)
    for _ in range(ROUNDS):
        at_once(lambda: move(anna, of_anna, TEN + HOUR), lambda: hold(ben, TEN))
        at_once(lambda: move(anna, of_anna, TEN), lambda: hold(ben, TEN + HOUR))


def test_whatever_many_do_at_once_nobody_is_booked_twice_and_nothing_jams(
    desk, hold, move, service, calendar
):
    """Clients hold, book, move and cancel in two calendars, each in an order of its own."""
    colleague = calendar.colleague()
    colleague.hours(("08:00", "18:00"))
    services = (service, colleague.offer(move_notice_minutes=0, cancel_notice_minutes=0))

    def live(seed):
        order, client = Random(seed), calendar.client()
        booked = []
        for _ in range(10):
            start = TEN + order.randrange(6) * HOUR
            with suppress(Conflict):
                if not booked or order.random() < 0.4:
                    held = hold(client, start, order.choice(services))
                    command = ConfirmHold(hold_id=held.hold_id)
                    booked.append(desk.ask(CONFIRM_HOLD, command, client).appointment_id)
                elif order.random() < 0.7:
                    move(client, order.choice(booked), start)
                else:
                    command = CancelOwnAppointment(appointment_id=booked.pop())
                    desk.ask(CANCEL_OWN_APPOINTMENT, command, client)
        return booked

    answers = at_once(*[lambda seed=seed: live(seed) for seed in range(6)])
    assert any(answers)


def test_who_moves_who_cancels_and_the_job_that_lets_go_of_holds_do_not_jam(
    desk, database, book, move, hold, calendar, now
):
    """A move locks more than a row's own fields: its seats, the cancelled ones too, go with it."""
    owner = calendar.practitioner(Role.OWNER)
    anna, ben = calendar.client(), calendar.client()
    of_anna = [book(anna, TEN + step * HOUR) for step in range(ROUNDS)]
    free = [TEN + 5 * HOUR, TEN + 6 * HOUR]

    def let_go():
        for _ in range(10):
            with database.transaction() as tx:
                expire_holds(tx, now=now + HOUR)

    def hold_in_turn():
        for start in free * 3:
            with suppress(Conflict):
                hold(ben, start)

    for one in of_anna:
        command = CancelForClient(appointment_id=one)
        at_once(
            lambda one=one: move(anna, one, free[0]),
            lambda one=one: move(anna, one, free[1]),
            lambda command=command: desk.ask(CANCEL_FOR_CLIENT, command, owner),
            hold_in_turn,
            let_go,
        )
    assert len(desk.events(AppointmentCancelled)) == len(of_anna)
