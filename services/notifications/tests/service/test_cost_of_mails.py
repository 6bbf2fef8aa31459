"""What the two mails of a booking ask of the database: it was three times as much."""

from __future__ import annotations

from datetime import timedelta

from notifications.operations.hands import Bounds, Hands
from notifications.operations.planning import plan_mails
from notifications.operations.sending import send_due
from portal_chassis.database.transactions import after_commit
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


def test_mails_that_a_hand_is_free_for_are_not_looked_for(
    database, calendar, make_sender, send, clock, outbound
):
    calendar.book()
    assert len(send()) == 2
    calendar.id, calendar.seq = new_id(), 0
    booked = calendar.book(taken=False)
    hands = Hands(make_sender(), Bounds(at_once=4, of_practice=4), look_again=lambda: None)

    def plan(event, tx):
        undo, now = timedelta(0), clock.now()
        planned = plan_mails(tx, event, undo=undo, now=now, lease_for=hands.lease)
        after_commit(tx, lambda: hands.take([one.claimed for one in planned]))

    with work_of_this_process() as work:
        receive(database, "notifications.booked", booked, plan, mode="every", now=clock.now())
        assert hands.wait(10)

    assert len(outbound.letters) == 4
    # The event with what it plans; no claim; of each mail the same as above.
    assert len(work.statements) == 3 + 2 * 3, work.statements
    assert work.commits == 1 + 2 * 2


def test_two_mails_of_a_booking_are_written_from_two_answers(calendar, send, others, outbound):
    others.practitioner = {"email": "of-now@practice.example"}
    calendar.book()
    assert len(send()) == 2
    assert others.asked == ["read_appointment_facts", "prepare_mail_link"]
    assert [one.recipient.address for one in outbound.letters][1] == "of-now@practice.example"


def test_whoever_was_not_told_of_along_with_the_link_is_asked_for(
    calendar, send, others, link_facts
):
    calendar.book()
    others.prepare_mail_link = lambda command: link_facts(command.client_id)
    assert len(send()) == 2
    assert others.asked[2:] == ["read_practitioner_facts"]


def test_what_was_told_long_ago_is_asked_for_anew(calendar, send, others, monkeypatch):
    monkeypatch.setattr("notifications.operations.sender.FACTS_SERVE_SECONDS", -1)
    calendar.book()
    assert len(send()) == 2
    assert others.asked[2:] == ["read_appointment_facts", "read_practitioner_facts"]
