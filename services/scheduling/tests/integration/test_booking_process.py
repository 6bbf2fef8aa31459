"""Booking in the released process: its green threads wait for each other's locks and go on."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from portal_chassis.clock import Clock
from portal_chassis.ids import new_id
from portal_contracts.errors import Conflict
from portal_contracts.scheduling.rpc.booking import (
    CANCEL_OWN_APPOINTMENT,
    CONFIRM_HOLD,
    HOLD_TIME,
    MOVE_OWN_APPOINTMENT,
    CancelOwnAppointment,
    ConfirmHold,
    HoldTime,
    MoveOwnAppointment,
)
from tests.kit.callers import Callers

HOUR = timedelta(hours=1)


@pytest.fixture
def ask(amqp_uri, start_service, database):
    start_service("scheduling", database=database)
    client = Callers(amqp_uri)
    yield lambda method, command, actor: client.call(
        method, command, actor=actor, idempotency_key=str(new_id())
    )
    client.close()


def test_of_many_who_want_one_time_one_holds_books_moves_and_cancels_it(ask, calendar):
    calendar.hours(("00:00", "24:00"))
    service = calendar.offer(move_notice_minutes=0, cancel_notice_minutes=0)
    start = Clock().now().replace(minute=0, second=0, microsecond=0) + timedelta(days=2)
    command = HoldTime(service_id=service, starts_at=start)

    def hold(client):
        try:
            return client, ask(HOLD_TIME, command, client)
        except Conflict as error:
            return None, error.code

    with ThreadPoolExecutor(12) as pool:
        answers = list(pool.map(hold, [calendar.client() for _ in range(12)]))
    ((client, held),) = [one for one in answers if one[0] is not None]
    assert answers.count((None, "slot_taken")) == len(answers) - 1
    booked = ask(CONFIRM_HOLD, ConfirmHold(hold_id=held.hold_id), client).appointment_id
    move = MoveOwnAppointment(appointment_id=booked, starts_at=start + HOUR)
    assert ask(MOVE_OWN_APPOINTMENT, move, client).starts_at == start + HOUR
    cancel = CancelOwnAppointment(appointment_id=booked)
    assert ask(CANCEL_OWN_APPOINTMENT, cancel, client).late is False
