"""Requests, many at once and on real connections; and whatever is listed, at every hour."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from sqlalchemy import delete

from portal_contracts.errors import Conflict
from portal_contracts.scheduling.events import AppointmentBooked
from portal_contracts.scheduling.request_events import (
    AppointmentDeclined,
    AppointmentExpired,
    AppointmentWithdrawn,
)
from portal_contracts.scheduling.rpc.booking import (
    CANCEL_OWN_APPOINTMENT,
    CONFIRM_HOLD,
    HOLD_TIME,
    CancelOwnAppointment,
    ConfirmHold,
    HoldTime,
)
from portal_contracts.scheduling.rpc.free_times import LIST_FREE_TIMES, ListFreeTimes
from portal_contracts.scheduling.rpc.requests import (
    APPROVE_APPOINTMENT,
    DECLINE_APPOINTMENT,
    AnswerRequest,
)
from scheduling.operations.calendar_check import check_bookings
from scheduling.operations.letting_go import expire_requests
from scheduling.storage import tables

TEN = datetime(2026, 12, 3, 9, 0, tzinfo=UTC)
ROUNDS = 4
ENDS = (AppointmentBooked, AppointmentDeclined, AppointmentExpired, AppointmentWithdrawn)


@pytest.fixture
def service(calendar):
    calendar.hours(("08:00", "18:00"))
    return calendar.offer(on_request=True, answer_hours=24)


@pytest.fixture(autouse=True)
def all_is_well(database, now):
    yield
    with database.transaction() as tx:
        assert check_bookings(tx, now=now + timedelta(days=1)) == []


def at_once(*calls):
    """Run the calls at the same moment; each result, or the refusal it met.

    Anything else, a deadlock above all, fails the test.
    """
    barrier = Barrier(len(calls))

    def run(call):
        barrier.wait(timeout=10)
        try:
            return call()
        except Conflict as error:
            return error

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


class Requests:
    """What can happen to one request at the same moment."""

    def __init__(self, desk, calendar, service) -> None:
        self.desk, self.calendar, self.service = desk, calendar, service
        self.client, self.vera = calendar.client(), calendar.practitioner()
        self.id = None

    def make(self, start=TEN):
        held = self.desk.ask(
            HOLD_TIME, HoldTime(service_id=self.service, starts_at=start), self.client
        )
        command = ConfirmHold(hold_id=held.hold_id)
        self.id = self.desk.ask(CONFIRM_HOLD, command, self.client).appointment_id
        return self

    def approve(self, at=None):
        command = AnswerRequest(appointment_id=self.id)
        return self.desk.ask(APPROVE_APPOINTMENT, command, self.vera, at=at)

    def decline(self):
        return self.desk.ask(DECLINE_APPOINTMENT, AnswerRequest(appointment_id=self.id), self.vera)

    def withdraw(self):
        command = CancelOwnAppointment(appointment_id=self.id)
        return self.desk.ask(CANCEL_OWN_APPOINTMENT, command, self.client)

    def expire(self):
        with self.desk.database.transaction() as tx:
            expire_requests(
                tx, self.calendar.practitioner_id, now=self.desk.now + timedelta(days=1)
            )

    def take_its_time(self, at=None):
        command = HoldTime(service_id=self.service, starts_at=TEN)
        return self.desk.ask(HOLD_TIME, command, self.calendar.client(), at=at)

    def ends(self):
        """What was published of it: the one end it came to."""
        return [
            kind for kind in ENDS for one in self.desk.events(kind) if one.aggregate.id == self.id
        ]


@pytest.fixture
def requests(desk, calendar, service):
    return lambda: Requests(desk, calendar, service)


@pytest.mark.parametrize("number", range(ROUNDS))
@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("approve", "approve"),
        ("approve", "decline"),
        ("approve", "withdraw"),
        ("approve", "expire"),
        ("decline", "withdraw"),
        ("withdraw", "expire"),
        ("expire", "expire"),
    ],
)
def test_of_two_at_once_one_holds_and_is_told_once(requests, one, other, number):
    request = requests().make()
    at_once(getattr(request, one), getattr(request, other))
    ends = request.ends()
    if {one, other} == {"approve", "withdraw"} and AppointmentBooked in ends:
        # Approved first, it was an appointment; cancelling that is not withdrawing.
        assert ends == [AppointmentBooked]
    else:
        assert len(ends) == 1


@pytest.mark.parametrize("number", range(ROUNDS))
def test_approving_never_loses_the_time_to_another_booking(requests, number):
    request = requests().make()
    approved, *others = at_once(request.approve, *[request.take_its_time] * 6)
    assert approved.status == "confirmed"
    assert {one.code for one in others} == {"slot_taken"}


@pytest.mark.parametrize("number", range(ROUNDS))
def test_at_its_end_the_time_is_the_request_s_or_somebody_else_s(requests, number):
    request = requests().make()
    over = request.desk.now + timedelta(days=1)
    approved, taken = at_once(
        lambda: request.approve(at=over), lambda: request.take_its_time(at=over)
    )
    assert isinstance(approved, Conflict)
    assert approved.fields == {"appointment": "expired"}
    assert taken.hold_id
    assert request.ends() == [AppointmentExpired]


@given(
    minutes=some.integers(0, 7 * 1440),
    notice=some.integers(0, 3 * 1440),
    step=some.sampled_from([15, 30, 50, 60]),
    alignment=some.sampled_from(["window_start", "gap_start", "clock_grid"]),
    answer_hours=some.integers(1, 72),
)
@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_what_is_listed_can_be_requested_at_the_same_instant(
    desk, calendar, service, minutes, notice, step, alignment, answer_hours
):
    at = desk.now + timedelta(minutes=minutes)
    offered = calendar.offer(
        on_request=True,
        answer_hours=answer_hours,
        min_notice_minutes=notice,
        increment_minutes=step,
        alignment=alignment,
    )
    today = at.date()
    command = ListFreeTimes(
        service_id=offered, first_on=today, last_on=today + timedelta(days=4), timezone="UTC"
    )
    client = calendar.client()
    starts = desk.ask(LIST_FREE_TIMES, command, client, at=at).starts
    for start in (*starts[:2], *starts[-1:]):
        held = desk.ask(HOLD_TIME, HoldTime(service_id=offered, starts_at=start), client, at=at)
        booked = desk.ask(CONFIRM_HOLD, ConfirmHold(hold_id=held.hold_id), client, at=at)
        assert booked.status == "requested"
        with calendar.database.transaction() as tx:
            row = tx.execute(
                tables.appointment.select().where(tables.appointment.c.id == booked.appointment_id)
            ).one()
            assert at < row.expires_at <= start - timedelta(minutes=notice)
            tx.execute(delete(tables.appointment_change))
            tx.execute(delete(tables.appointment))
            tx.execute(delete(tables.booked_time))
