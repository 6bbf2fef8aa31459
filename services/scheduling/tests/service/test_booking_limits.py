"""How much one client may book by the portal: counted when a time is held, and told before."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from threading import Barrier

import msgspec
import pytest

from portal_contracts.actor import Role
from portal_contracts.calls import Nothing
from portal_contracts.errors import Conflict, Forbidden, Invalid
from portal_contracts.scheduling.rpc.booking import (
    CANCEL_OWN_APPOINTMENT,
    CONFIRM_HOLD,
    HOLD_TIME,
    LIST_OWN_APPOINTMENTS,
    CancelOwnAppointment,
    ConfirmHold,
    HoldTime,
)
from portal_contracts.scheduling.rpc.calendar import BOOK_FOR_CLIENT, BookForClient
from portal_contracts.scheduling.rpc.limits import (
    EDIT_BOOKING_LIMITS,
    READ_BOOKING_LIMITS,
    BookingLimits,
    EditBookingLimits,
)
from portal_contracts.scheduling.rpc.offering import LIST_OFFERED

TEN = datetime(2026, 12, 3, 9, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


@pytest.fixture
def service(calendar):
    calendar.hours(("08:00", "18:00"))
    return calendar.offer(cancel_notice_minutes=0)


@pytest.fixture
def owner(calendar):
    return calendar.practitioner(Role.OWNER)


@pytest.fixture
def limit(desk, owner):
    def to(**limits):
        version = desk.ask(READ_BOOKING_LIMITS, Nothing(), owner).version
        arguments = {"version": version, "limits": limits}
        command = msgspec.convert(arguments, EDIT_BOOKING_LIMITS.arguments)
        return desk.ask(EDIT_BOOKING_LIMITS, command, owner)

    return to


@pytest.fixture
def anna(calendar):
    return calendar.client()


@pytest.fixture
def book(desk, service, anna):
    def take(start, *, client=anna, at=None, service_id=service):
        command = HoldTime(service_id=service_id, starts_at=start)
        hold_id = desk.ask(HOLD_TIME, command, client, at=at).hold_id
        return desk.ask(CONFIRM_HOLD, ConfirmHold(hold_id=hold_id), client, at=at).appointment_id

    return take


def refused(act):
    with pytest.raises(Conflict) as error:
        act()
    assert error.value.code == "limit_reached"
    return error.value.fields["limit"]


def test_the_usual_limits_hold_until_others_are_set(desk, owner, limit):
    assert desk.ask(READ_BOOKING_LIMITS, Nothing(), owner).limits == BookingLimits()
    assert limit(max_open=3).version == 1
    assert limit(max_per_day=None).version == 2
    stored = desk.ask(READ_BOOKING_LIMITS, Nothing(), owner)
    assert (stored.version, stored.limits) == (2, BookingLimits(max_open=3, max_per_day=None))


def test_a_client_at_the_limit_of_open_ones_is_told_before_choosing(desk, limit, anna, book):
    limit(max_open=2)
    first = book(TEN)
    assert desk.ask(LIST_OFFERED, Nothing(), anna).limit is None
    book(TEN + HOUR)
    assert desk.ask(LIST_OFFERED, Nothing(), anna).limit == "open"
    assert refused(lambda: book(TEN + 2 * HOUR)) == "open"
    desk.ask(CANCEL_OWN_APPOINTMENT, CancelOwnAppointment(appointment_id=first), anna)
    book(TEN + 2 * HOUR)


def test_what_is_over_is_open_no_more(limit, book, desk):
    limit(max_open=1, max_per_day=None)
    book(TEN)
    ends_at = TEN + timedelta(minutes=50)
    assert refused(lambda: book(TEN + DAY, at=ends_at - timedelta(seconds=1))) == "open"
    book(TEN + DAY, at=ends_at)


def test_bookings_of_a_day_count_even_when_they_were_cancelled(desk, limit, anna, book):
    limit(max_per_day=2, max_open=None)
    for start in (TEN, TEN + HOUR):
        booked = book(start)
        desk.ask(CANCEL_OWN_APPOINTMENT, CancelOwnAppointment(appointment_id=booked), anna)
    assert refused(lambda: book(TEN)) == "day"
    assert refused(lambda: book(TEN, at=desk.now + DAY - HOUR)) == "day"
    book(TEN, at=desk.now + DAY)


def test_a_request_counts_and_what_the_practice_books_does_not(
    desk, calendar, limit, service, anna, book
):
    vera = calendar.practitioner()
    limit(max_open=1)
    for hours in range(2):
        command = BookForClient(client_id=anna.id, service_id=service, starts_at=TEN + hours * HOUR)
        desk.ask(BOOK_FOR_CLIENT, command, vera)
    book(TEN + 3 * HOUR, service_id=calendar.offer(on_request=True))
    assert refused(lambda: book(TEN + 4 * HOUR)) == "open"


def test_others_are_not_counted(calendar, limit, book):
    limit(max_open=1, max_per_day=1)
    book(TEN)
    book(TEN + HOUR, client=calendar.client())


def test_choosing_another_time_is_one_booking(desk, service, limit, anna):
    limit(max_open=1, max_per_day=1)
    for hours in range(3):
        desk.ask(HOLD_TIME, HoldTime(service_id=service, starts_at=TEN + hours * HOUR), anna)


def test_at_once_a_client_books_no_more_than_the_limit(desk, limit, anna, book):
    limit(max_open=3, max_per_day=None)
    at_once = Barrier(8)

    def one(number):
        at_once.wait(timeout=10)
        for hours in range(4):
            # Another of the client's holds may replace this one meanwhile.
            with suppress(Conflict):
                book(TEN + number * DAY + hours * HOUR)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(one, range(8)))
    assert len(desk.ask(LIST_OWN_APPOINTMENTS, Nothing(), anna).upcoming) == 3


@pytest.mark.parametrize("wrong", [0, 1_001])
def test_a_limit_out_of_the_range_is_refused_by_its_name(limit, wrong):
    with pytest.raises(Invalid) as error:
        limit(max_open=wrong)
    assert (error.value.code, error.value.fields) == (
        "booking_limits",
        {"max_open": "out_of_range"},
    )


def test_of_two_who_change_them_the_later_is_asked_again(desk, owner, limit):
    limit(max_open=3)
    for version in (0, 2):
        command = EditBookingLimits(version=version, limits=BookingLimits(max_open=4))
        with pytest.raises(Conflict, match="stale_version"):
            desk.ask(EDIT_BOOKING_LIMITS, command, owner)


@pytest.mark.parametrize("role", [Role.PRACTITIONER, Role.ASSISTANT])
def test_only_who_writes_the_practice_changes_them(desk, calendar, role, anna):
    command = EditBookingLimits(version=0, limits=BookingLimits())
    for actor in (calendar.practitioner(role), anna):
        with pytest.raises(Forbidden):
            desk.ask(EDIT_BOOKING_LIMITS, command, actor)
    assert desk.ask(READ_BOOKING_LIMITS, Nothing(), calendar.practitioner(role)).version == 0
