"""Booked, moved, cancelled: who is told what, once, and never what no longer holds."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from icalendar import Calendar as Ics
from sqlalchemy import select

from notifications.domain.outcome import temporary
from notifications.domain.reasons import Reason
from notifications.operations import mail_log
from notifications.operations.sending import send_due
from notifications.storage import attempts
from notifications.storage.tables import delivery
from notifications.transports.smtp import SmtpServer, SmtpTransport
from portal_chassis.authority.seen import Seen
from portal_chassis.call import Call
from portal_contracts.actor import Role
from portal_contracts.errors import Unavailable
from portal_contracts.identity_links.rpc.targets import Target, TargetKind
from portal_contracts.notifications.mail_server import MailSecurity
from portal_contracts.notifications.rpc import (
    RESEND_DELIVERY,
    ListDeliveries,
    Recipient,
    ResendDelivery,
)

UNDO_SECONDS = 30


def subjects(letters) -> list[tuple[str, str]]:
    return [(letter.recipient.address, letter.written.subject) for letter in letters]


def entry(letter):
    [event] = Ics.from_ical(letter.written.invitation.body).walk("VEVENT")
    return letter.written.invitation.method, event


def test_a_client_books_and_both_have_it_in_their_calendars(calendar, send, others, ends) -> None:
    calendar.book()
    to_client, to_practitioner = send()
    assert subjects([to_client, to_practitioner]) == [
        ("anna@example.org", "Your appointment on Friday, 4 December"),
        ("rivera@practice.example", "New appointment on Friday, 4 December"),
    ]
    assert others.targets == [Target(kind=TargetKind.APPOINTMENT, id=calendar.id)]
    assert "https://portal.example.org/p/lk_" in to_client.written.text
    page = f"https://portal.example.org/console/appointments/{calendar.id}"
    assert page in to_practitioner.written.text
    assert "/p/" not in to_practitioner.written.text + to_practitioner.written.html
    urls = [str(entry(letter)[1]["URL"]) for letter in (to_client, to_practitioner)]
    assert urls == [f"https://portal.example.org/appointments/{calendar.id}", page]
    uids = {str(entry(letter)[1]["UID"]) for letter in (to_client, to_practitioner)}
    assert uids == {f"{calendar.id}@portal.example.org"}
    assert {row[2] for row in ends()} == {"sent"}


def test_what_a_practitioner_does_is_mailed_to_the_client_alone_after_the_undo_delay(
    calendar, send, clock
) -> None:
    calendar.book(calendar.therapist)
    clock.advance(UNDO_SECONDS - 1)
    assert send() == []
    clock.advance(1)
    assert subjects(send()) == [("anna@example.org", "Your appointment on Friday, 4 December")]


def test_who_wants_no_mail_of_it_has_none_sent_and_the_log_says_so(
    calendar, send, clock, ends, make_practitioner
) -> None:
    calendar.book(make_practitioner(Role.ASSISTANT), without_mail=True)
    clock.advance(UNDO_SECONDS)
    assert subjects(send()) == [
        ("rivera@practice.example", "New appointment on Friday, 4 December")
    ]
    assert ("appointment_confirmed", "client", "closed", "without_mail") in ends()


def test_what_becomes_of_it_later_is_mailed(calendar, send, clock) -> None:
    calendar.book(calendar.therapist, without_mail=True)
    calendar.move(actor=calendar.therapist)
    clock.advance(UNDO_SECONDS)
    (letter,) = send()
    assert "Before: Friday, 4 December 2026" in " ".join(letter.written.text.split())
    calendar.cancel(calendar.therapist)
    clock.advance(UNDO_SECONDS)
    assert len(send()) == 1


def test_that_it_is_off_is_mailed_to_whom_nobody_mailed_that_it_is_on(
    calendar, send, clock
) -> None:
    calendar.book(calendar.therapist, without_mail=True)
    calendar.cancel(calendar.therapist)
    clock.advance(UNDO_SECONDS)
    assert [letter.recipient.address for letter in send()] == ["anna@example.org"]


def test_a_move_without_mail_is_known_and_the_next_one_tells_that_time(
    calendar, send, clock, ends
) -> None:
    calendar.book(calendar.therapist)
    clock.advance(UNDO_SECONDS)
    assert len(send()) == 1
    calendar.move(actor=calendar.therapist, without_mail=True)
    clock.advance(UNDO_SECONDS)
    assert send() == []
    assert ("appointment_moved", "client", "closed", "without_mail") in ends()
    calendar.move(actor=calendar.therapist)
    clock.advance(UNDO_SECONDS)
    (letter,) = send()
    assert "Before: Saturday, 5 December 2026" in " ".join(letter.written.text.split())


def test_what_was_still_to_be_mailed_tells_the_time_of_a_move_without_mail(
    calendar, send, clock
) -> None:
    calendar.book(calendar.therapist)
    calendar.move(actor=calendar.therapist, without_mail=True)
    clock.advance(UNDO_SECONDS)
    assert subjects(send()) == [("anna@example.org", "Your appointment on Saturday, 5 December")]
    calendar.move(actor=calendar.therapist)
    calendar.move(actor=calendar.therapist, without_mail=True)
    clock.advance(UNDO_SECONDS)
    (letter,) = send()
    told = " ".join(letter.written.text.split())
    assert "Before: Saturday, 5 December 2026" in told
    assert "Monday, 7 December 2026" in told


def test_what_was_still_to_be_mailed_is_mailed_to_nobody_after_a_cancellation_without_mail(
    calendar, send, clock
) -> None:
    calendar.book(calendar.therapist)
    calendar.cancel(calendar.therapist, without_mail=True)
    clock.advance(UNDO_SECONDS)
    assert send() == []


def test_a_cancellation_without_mail_is_known_and_mailed_to_nobody(
    calendar, send, clock, ends
) -> None:
    calendar.book(calendar.therapist)
    clock.advance(UNDO_SECONDS)
    send()
    calendar.cancel(calendar.therapist, without_mail=True)
    clock.advance(UNDO_SECONDS)
    assert send() == []
    assert ("appointment_cancelled", "client", "closed", "without_mail") in ends()


def test_a_colleague_hears_of_a_change_that_the_client_is_not_mailed(
    calendar, send, clock, make_practitioner
) -> None:
    calendar.book()
    send()
    calendar.move(actor=make_practitioner(Role.ASSISTANT), without_mail=True)
    clock.advance(UNDO_SECONDS)
    assert [letter.recipient.address for letter in send()] == ["rivera@practice.example"]


def test_a_confirmation_that_nobody_wanted_is_sent_after_all_by_hand(
    calendar, send, clock, database
) -> None:
    calendar.book(calendar.therapist, without_mail=True)
    with database.transaction() as tx:
        (kept,) = tx.execute(select(delivery.c.id)).scalars()
        command = ResendDelivery(delivery_id=kept)
        call = Call(
            calendar.therapist, "request-2", "key", RESEND_DELIVERY, clock.now(), "", command
        )
        mail_log.resend_delivery(tx, command, call, now=clock.now())
    assert subjects(send()) == [("anna@example.org", "Your appointment on Friday, 4 December")]


def test_a_practitioner_hears_of_what_a_colleague_does_in_her_calendar(
    calendar, send, clock, make_practitioner
) -> None:
    calendar.book(make_practitioner(Role.ASSISTANT))
    clock.advance(UNDO_SECONDS)
    assert {letter.recipient.address for letter in send()} == {
        "anna@example.org",
        "rivera@practice.example",
    }


def test_the_same_event_twice_is_one_mail(calendar, take, send) -> None:
    event = calendar.book()
    take(event)
    assert len(send()) == 2


def test_what_is_undone_in_time_is_never_told(calendar, send, clock, ends) -> None:
    calendar.book(calendar.therapist)
    calendar.cancel(calendar.therapist)
    clock.advance(UNDO_SECONDS)
    assert send() == []
    assert ends() == [
        ("appointment_confirmed", "client", "closed", "appointment_cancelled"),
        ("appointment_cancelled", "client", "closed", "nothing_to_tell"),
    ]


def test_a_move_before_the_confirmation_is_told_as_one_confirmation(
    calendar, send, clock, ends
) -> None:
    calendar.book(calendar.therapist)
    calendar.move(actor=calendar.therapist)
    clock.advance(UNDO_SECONDS)
    assert subjects(send()) == [("anna@example.org", "Your appointment on Saturday, 5 December")]
    assert [(state, reason) for _, _, state, reason in ends()] == [
        ("closed", "appointment_changed"),
        ("sent", ""),
    ]


def test_a_move_tells_the_time_that_they_were_told_last(calendar, send, clock) -> None:
    calendar.book()
    send()
    calendar.move(actor=calendar.therapist)
    calendar.move(actor=calendar.therapist)
    clock.advance(UNDO_SECONDS)
    for letter in send():
        text = " ".join(letter.written.text.split())
        assert "New time: Sunday, 6 December 2026" in text
        assert "Before: Friday, 4 December 2026" in text
        assert entry(letter)[1]["SEQUENCE"] == 2


def test_moved_there_and_back_before_she_heard_of_it_is_nothing_to_tell(
    calendar, send, clock, ends
) -> None:
    calendar.book()
    send()
    calendar.move(actor=calendar.therapist)
    calendar.move(-timedelta(days=1), actor=calendar.therapist)
    clock.advance(UNDO_SECONDS)
    assert send() == []
    changes = ["appointment_changed", "nothing_to_tell"]
    for recipient in ("client", "practitioner"):
        assert [reason for _, to, _, reason in ends() if to == recipient][1:] == changes


def test_a_cancelled_appointment_leaves_every_calendar_it_is_in(calendar, send, others) -> None:
    calendar.book()
    send()
    calendar.cancel()
    letters = send()
    assert {letter.recipient.address for letter in letters} == {
        "anna@example.org",
        "rivera@practice.example",
    }
    for letter in letters:
        method, event = entry(letter)
        assert (method, event["STATUS"], event["SEQUENCE"]) == ("CANCEL", "CANCELLED", 1)
    assert others.targets[-1] == Target(kind=TargetKind.APPOINTMENT, id=calendar.id)


def test_booked_again_after_a_cancellation_is_a_new_confirmation(calendar, send) -> None:
    calendar.book()
    send()
    calendar.cancel()
    send()
    calendar.move()
    assert [letter.written.subject for letter in send()] == [
        "Your appointment on Saturday, 5 December",
        "New appointment on Saturday, 5 December",
    ]


def test_what_could_not_be_sent_before_it_began_is_closed(
    calendar, send, clock, outbound, ends
) -> None:
    calendar.book(calendar.therapist)
    clock.advance(timedelta(days=4).total_seconds())
    assert send() == []
    assert ends()[0][3] == "appointment_past"


def test_mails_wait_for_scheduling_and_go_out_at_its_return(
    calendar, send, others, clock, ends
) -> None:
    calendar.book(calendar.therapist)
    clock.advance(UNDO_SECONDS)
    others.error = Unavailable("service_unavailable")
    assert send() == []
    assert ends()[0][2:] == ("retrying", "service_unavailable")
    others.error = None
    clock.advance(6)
    assert len(send()) == 1


def test_an_archived_client_is_told_nothing_and_her_practitioner_is(
    calendar, send, others, link_facts, ends
) -> None:
    others.answer = lambda client_id: link_facts(client_id, client_active=False)
    calendar.book()
    assert [letter.recipient.address for letter in send()] == ["rivera@practice.example"]
    assert ends()[0] == ("appointment_confirmed", "client", "closed", "client_archived")


def test_an_archived_client_hears_of_a_change_to_what_she_was_told_without_a_link(
    calendar, send, others, link_facts
) -> None:
    calendar.book()
    send()
    others.answer = lambda client_id: link_facts(client_id, client_active=False)
    calendar.move()
    calendar.cancel()
    [off] = [one for one in send() if one.recipient.address == "anna@example.org"]
    assert off.written.subject == "Your appointment on Saturday, 5 December is cancelled"
    assert entry(off)[0] == "CANCEL"
    assert "/p/" not in off.written.text + off.written.html


def test_an_archived_client_whose_address_waits_is_told_nothing(
    calendar, send, others, link_facts
) -> None:
    calendar.book()
    send()
    others.answer = lambda client_id: link_facts(
        client_id, client_active=False, address_confirmed=False
    )
    calendar.cancel()
    assert [one.recipient.address for one in send()] == ["rivera@practice.example"]


def test_an_appointment_that_is_gone_is_nothing_to_tell(calendar, send, others, ends) -> None:
    calendar.book()
    others.appointments.clear()
    assert send() == []
    assert {reason for *_, reason in ends()} == {"nothing_to_tell"}


# --- what may have been told ------------------------------------------------------------


def test_a_cancellation_follows_a_confirmation_that_may_have_arrived(
    calendar, send, clock, outbound, ends
) -> None:
    calendar.book(calendar.therapist)
    clock.advance(UNDO_SECONDS)
    outbound.outcomes = [temporary(Reason.MAIL_SERVER_TIMEOUT)]
    send()
    calendar.cancel()
    letters = [one for one in send() if one.recipient.address == "anna@example.org"]
    assert [entry(letter)[0] for letter in letters] == ["CANCEL"]


def test_no_cancellation_follows_a_confirmation_that_was_surely_not_taken(
    calendar, send, clock, outbound, ends
) -> None:
    calendar.book(calendar.therapist)
    clock.advance(UNDO_SECONDS)
    outbound.outcomes = [temporary(Reason.MAIL_SERVER_BUSY, "451")]
    send()
    calendar.cancel()
    # The practitioner, who booked it, hears of it; the client, who never did, does not.
    assert [one.recipient.address for one in send()] == ["rivera@practice.example"]


def test_a_sender_killed_after_handing_in_is_remembered_by_the_cancellation(
    calendar, send, clock, make_sender, monkeypatch, outbound
) -> None:
    class Killed(BaseException):
        pass

    def die(*_arguments, **_values):
        raise Killed

    calendar.book(calendar.therapist)
    clock.advance(UNDO_SECONDS)
    with monkeypatch.context() as patch:
        patch.setattr(attempts, "write_sent", die)
        with pytest.raises(Killed):
            send_due(make_sender())
    assert len(outbound.letters) == 1
    calendar.cancel(calendar.therapist)
    clock.advance(UNDO_SECONDS)
    assert send() == []  # the dead sender's lease may still be a live one's
    clock.advance(make_sender().lease_seconds)
    assert [entry(letter)[0] for letter in send()] == ["CANCEL"]


def test_a_later_mail_waits_for_an_earlier_one_that_is_being_handed_in(
    database, calendar, make_sender, clock, outbound
) -> None:
    calendar.book(calendar.therapist)
    clock.advance(UNDO_SECONDS)

    class CancelledMeanwhile:
        def send(self, letter):
            calendar.cancel(calendar.therapist)
            clock.advance(UNDO_SECONDS)
            other = make_sender()
            assert send_due(other) == 1
            assert send_due(other) == 0
            return outbound.send(letter)

    send_due(make_sender(transport=CancelledMeanwhile()))
    clock.advance(6)
    send_due(make_sender())
    assert [entry(letter)[0] for letter in outbound.letters] == ["REQUEST", "CANCEL"]


# --- the mail log -------------------------------------------------------------------------


def resend(database, clock, actor, delivery_id) -> None:
    command = ResendDelivery(delivery_id=delivery_id)
    call = Call(actor, "request-2", "key", RESEND_DELIVERY, clock.now(), "", command)
    with database.transaction() as tx:
        mail_log.resend_delivery(tx, command, call, now=clock.now())


def ids(database) -> list:
    with database.transaction() as tx:
        return list(tx.execute(select(delivery.c.id).order_by(delivery.c.id)).scalars())


def test_the_mail_log_tells_to_whom(database, calendar, send, clock) -> None:
    calendar.book()
    send()
    query = ListDeliveries(client_id=calendar.client.id)
    with database.transaction() as tx:
        page = mail_log.list_deliveries(tx, query, Seen(calendar.therapist), now=clock.now())
    assert {(one.kind, one.to) for one in page.items} == {
        ("appointment_confirmed", Recipient.CLIENT),
        ("booking_received", Recipient.PRACTITIONER),
    }
    assert {one.subject_id for one in page.items} == {calendar.id}


def test_sent_again_both_mails_tell_what_holds_now(database, calendar, send, clock, ends) -> None:
    calendar.book()
    send()
    to_client, to_practitioner = ids(database)
    calendar.move()
    send()
    for one in (to_client, to_practitioner):
        resend(database, clock, calendar.therapist, one)
    assert subjects(send()) == [
        ("anna@example.org", "Your appointment on Saturday, 5 December"),
        ("rivera@practice.example", "New appointment on Saturday, 5 December"),
    ]
    calendar.cancel()
    send()
    resend(database, clock, calendar.therapist, to_client)
    assert send() == []
    assert ends()[-1] == ("appointment_confirmed", "client", "closed", "appointment_cancelled")


def test_a_moved_and_a_cancelled_mail_can_be_sent_again(database, calendar, send, clock) -> None:
    calendar.book()
    send()
    calendar.move()
    send()
    resend(database, clock, calendar.therapist, ids(database)[2])
    assert [letter.written.subject for letter in send()] == [
        "Your appointment on Saturday, 5 December"
    ]
    calendar.cancel()
    send()
    cancelled = ids(database)[5]
    resend(database, clock, calendar.therapist, cancelled)
    assert [entry(letter)[0] for letter in send()] == ["CANCEL"]


def test_over_smtp_the_invitation_arrives_whole(calendar, make_sender, mail_server) -> None:
    transport = SmtpTransport(
        SmtpServer(host=mail_server.host, port=mail_server.port, security=MailSecurity.NONE)
    )
    sender = make_sender(transport=transport)
    for change in (calendar.book, calendar.move, calendar.cancel):
        change()
        while send_due(sender):
            pass
    mails = mail_server.wait_for("anna@example.org", count=3)
    found = []
    for mail in mails:
        [part] = [one for one in mail.message.walk() if one.get_content_type() == "text/calendar"]
        calendar_object = Ics.from_ical(part.get_payload(decode=True))
        [event] = calendar_object.walk("VEVENT")
        found.append((calendar_object["METHOD"], event["SEQUENCE"], str(event["UID"])))
    uid = f"{calendar.id}@portal.example.org"
    assert found == [("REQUEST", 0, uid), ("REQUEST", 1, uid), ("CANCEL", 2, uid)]
    assert len({mail.message["Message-ID"] for mail in mails}) == 3


@pytest.fixture
def to_practitioner(send, clock):
    """The mails to the practitioner that are due once her undo time is over."""

    def mails():
        clock.advance(UNDO_SECONDS)
        return [one for one in send() if one.recipient.address == "rivera@practice.example"]

    return mails


def sequences(letters):
    """Method, sequence and start of the invitations, in order."""
    found = [entry(letter) for letter in letters]
    return [(method, event["SEQUENCE"], event["DTSTART"].dt) for method, event in found]


def test_what_a_practitioner_changes_herself_reaches_her_calendar_once_it_was_invited(
    calendar, to_practitioner
) -> None:
    calendar.book()
    [invited] = to_practitioner()
    calendar.move(actor=calendar.therapist)
    [moved] = to_practitioner()
    assert moved.written.subject == "An appointment is now on Saturday, 5 December"
    assert "You moved an appointment." in moved.written.text
    assert "Friday, 4 December" in moved.written.text
    calendar.cancel(calendar.therapist)
    [off] = to_practitioner()
    told = sequences([invited, moved, off])
    assert [(method, sequence) for method, sequence, _start in told] == [
        ("REQUEST", 0),
        ("REQUEST", 1),
        ("CANCEL", 2),
    ]
    assert len({str(entry(one)[1]["UID"]) for one in (invited, moved, off)}) == 1


def test_what_she_books_and_changes_herself_is_no_mail_to_her(
    calendar, to_practitioner, ends
) -> None:
    calendar.book(calendar.therapist)
    calendar.move(actor=calendar.therapist)
    calendar.cancel(calendar.therapist)
    assert to_practitioner() == []
    assert {recipient for _kind, recipient, *_rest in ends()} == {"client"}


def test_an_own_change_that_is_undone_in_time_is_no_mail(calendar, send, to_practitioner) -> None:
    calendar.book()
    send()
    calendar.move(actor=calendar.therapist)
    calendar.move(timedelta(days=-1), calendar.therapist)
    assert to_practitioner() == []


def test_two_own_changes_in_a_row_reach_her_calendar_as_one(
    calendar, send, to_practitioner
) -> None:
    calendar.book()
    send()
    calendar.move(actor=calendar.therapist)
    calendar.move(actor=calendar.therapist)
    assert sequences(to_practitioner()) == [("REQUEST", 2, calendar.starts_at)]


def test_a_client_s_way_back_is_news_to_a_practitioner_whose_own_move_was_not_mailed_yet(
    calendar, send, to_practitioner
) -> None:
    calendar.book()
    send()
    calendar.move(actor=calendar.therapist)
    calendar.move(timedelta(days=-1))
    [back] = to_practitioner()
    assert back.written.subject == "An appointment is now on Friday, 4 December"
    assert sequences([back]) == [("REQUEST", 2, calendar.starts_at)]


def test_a_practitioner_hears_of_what_her_client_does_after_she_booked_it_herself(
    calendar, to_practitioner
) -> None:
    calendar.book(calendar.therapist)
    assert to_practitioner() == []
    calendar.cancel()
    [off] = to_practitioner()
    assert entry(off)[0] == "CANCEL"


def test_a_series_of_moves_through_the_repeated_hour_reaches_both_calendars(
    calendar, send, clock
) -> None:
    clock.advance(3600 * 24 * 330)
    calendar.starts_at = datetime(2027, 10, 31, 0, 30, tzinfo=UTC)
    calendar.book()
    mails = send()
    for _turn in range(2):
        calendar.move(timedelta(hours=1))
        mails += send()
    for address in ("anna@example.org", "rivera@practice.example"):
        told = sequences(one for one in mails if one.recipient.address == address)
        starts = [start.hour for _method, _sequence, start in told]
        assert (starts, [sequence for _method, sequence, _start in told]) == ([0, 1, 2], [0, 1, 2])
