"""What a booking asks of the database: so much, and no more."""

from datetime import UTC, datetime, timedelta

from portal_contracts.scheduling.rpc.booking import (
    CONFIRM_HOLD,
    GET_HOLD,
    HOLD_TIME,
    ConfirmHold,
    GetHold,
    HoldTime,
)
from tests.kit.statements import work_of_this_process

TEN = datetime(2026, 12, 3, 9, 0, tzinfo=UTC)


def book(desk, service, client, start):
    command = HoldTime(service_id=service, starts_at=start)
    held = desk.ask(HOLD_TIME, command, client, key=f"hold {start}")
    desk.ask(GET_HOLD, GetHold(hold_id=held.hold_id), client)
    desk.ask(CONFIRM_HOLD, ConfirmHold(hold_id=held.hold_id), client, key=f"confirm {start}")


def test_a_hold_its_page_and_the_booking_take_20_statements_and_two_commits(calendar, desk):
    calendar.hours(("08:00", "18:00"))
    service, client = calendar.offer(), calendar.client()
    book(desk, service, client, TEN)
    with work_of_this_process() as work:
        book(desk, service, client, TEN + timedelta(hours=2))
    assert len(work.statements) == 20, "\n".join(work.statements)
    assert work.commits == 2
