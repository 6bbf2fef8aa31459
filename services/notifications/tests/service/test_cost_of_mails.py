"""What the two mails of a booking ask of the database: it was three times as much."""

from __future__ import annotations

from notifications.operations.sending import send_due
from portal_chassis.events.inbox import Outcome, receive
from portal_chassis.ids import new_id
from tests.kit.statements import work_of_this_process


def test_a_booking_and_its_two_mails_take_eleven_statements_and_six_commits(
    database, calendar, handle, make_sender, send, clock, outbound
):
    calendar.book()
    # The data key of the client is made with the first mail.
    assert len(send()) == 2
    calendar.id, calendar.seq = new_id(), 0
    booked = calendar.book(taken=False)
    sender, now = make_sender(), clock.now()

    with work_of_this_process() as work:
        taken = receive(database, "notifications.booked", booked, handle, mode="every", now=now)
        assert send_due(sender) == 2

    assert taken is Outcome.HANDLED
    assert len(outbound.letters) == 4
    # The event with what it plans; the claim; of each mail what was told, that it leaves, that
    # it was taken.
    assert len(work.statements) == 4 + 1 + 2 * 3, work.statements
    assert work.commits == 1 + 1 + 2 * 2
