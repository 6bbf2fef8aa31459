"""Requests: who is told what of them, never with an invitation, and never what no longer holds."""

from __future__ import annotations

from datetime import timedelta

import pytest
from msgspec.structs import replace

from notifications.operations import reminders
from portal_contracts.identity_links.rpc.targets import Target, TargetKind
from portal_contracts.scheduling.rpc.appointments import AppointmentStatus

ANNA, RIVERA = "anna@example.org", "rivera@practice.example"
DAY = "Friday, 4 December"


def told(letters) -> list[tuple[str, str]]:
    return [(letter.recipient.address, letter.written.subject) for letter in letters]


@pytest.fixture
def answered(calendar, others):
    """How the request stands, as scheduling says."""

    def now(status: AppointmentStatus, **more) -> None:
        facts = others.appointments[calendar.id]
        more = {"answer_by": None} | more
        others.appointments[calendar.id] = replace(facts, status=status, **more)

    return now


def test_a_request_is_told_to_both_without_an_invitation(calendar, send, others) -> None:
    calendar.request()
    to_client, to_practitioner = send()
    assert told([to_client, to_practitioner]) == [
        (ANNA, f"Your request for {DAY}"),
        (RIVERA, f"A request for {DAY} waits for your answer"),
    ]
    assert others.targets == [Target(kind=TargetKind.APPOINTMENT, id=calendar.id)]
    assert (to_client.written.invitation, to_practitioner.written.invitation) == (None, None)
    assert "It is no appointment yet" in " ".join(to_client.written.text.split())
    page = f"https://portal.example.org/console/appointments/{calendar.id}"
    assert page in to_practitioner.written.text
    # Whoever reads the mail decides nothing by it.
    assert "/approve" not in to_practitioner.written.text
    assert "Thursday, 3 December 2026, 13:00 Berlin time" in to_practitioner.written.text


def test_an_approved_request_is_confirmed_with_its_invitation(
    calendar, send, answered, clock, others
) -> None:
    calendar.request()
    send()
    calendar.book(calendar.therapist)
    answered(AppointmentStatus.CONFIRMED, was_requested=True, has_answer=True)
    clock.advance(timedelta(seconds=31).total_seconds())
    (letter,) = send()
    assert told([letter]) == [(ANNA, f"Your appointment on {DAY}")]
    assert "Your request was accepted" in letter.written.text
    assert "wrote you a few words" in letter.written.text
    assert letter.written.invitation.method == "REQUEST"


@pytest.mark.parametrize(
    ("act", "status", "subject"),
    [
        ("cancel", AppointmentStatus.CANCELLED, f"Your appointment on {DAY} is cancelled"),
        ("move", AppointmentStatus.CONFIRMED, "Your appointment is now on Friday, 11 December"),
    ],
    ids=["cancelled", "moved"],
)
def test_whoever_asked_hears_what_became_of_it_though_the_approval_was_never_told(
    calendar, send, answered, clock, act, status, subject
) -> None:
    calendar.request()
    send()
    calendar.book(calendar.therapist)
    if act == "cancel":
        calendar.cancel(calendar.therapist)
    else:
        calendar.move(timedelta(days=7), calendar.therapist)
    answered(status, was_requested=True)
    clock.advance(timedelta(minutes=6).total_seconds())
    (letter,) = send()
    assert told([letter]) == [(ANNA, subject)]


def test_a_declined_request_is_told_to_its_client_alone(calendar, send, answered) -> None:
    calendar.request()
    send()
    calendar.decline()
    answered(AppointmentStatus.DECLINED, has_answer=True)
    (letter,) = send()
    assert told([letter]) == [(ANNA, f"Your request for {DAY}")]
    assert "could not be accepted" in letter.written.text
    assert "in your portal" in letter.written.text
    assert letter.written.invitation is None


def test_an_expired_request_is_told_to_both(calendar, send, answered) -> None:
    calendar.request()
    send()
    calendar.expire()
    answered(AppointmentStatus.EXPIRED)
    to_client, to_practitioner = send()
    assert told([to_client, to_practitioner]) == [
        (ANNA, f"Your request for {DAY}"),
        (RIVERA, f"The request for {DAY} expired"),
    ]
    assert "was not answered in time" in to_client.written.text
    assert f"/console/appointments/{calendar.id}" in to_practitioner.written.text
    assert to_practitioner.written.invitation is None


def test_a_withdrawn_request_is_told_to_its_practitioner(calendar, send, answered) -> None:
    calendar.request()
    send()
    calendar.withdraw()
    answered(AppointmentStatus.CANCELLED)
    assert told(send()) == [(RIVERA, f"The request for {DAY} was withdrawn")]


def test_what_was_answered_before_it_was_told_is_told_as_it_is(calendar, send, answered) -> None:
    calendar.request()
    calendar.decline()
    answered(AppointmentStatus.DECLINED)
    letters = send()
    assert [letter.recipient.address for letter in letters] == [ANNA]
    assert "could not be accepted" in letters[0].written.text


def test_a_request_is_reminded_of_only_once_it_is_approved(calendar, send, database) -> None:
    calendar.request()
    at = calendar.starts_at - timedelta(hours=20)
    with database.transaction() as tx:
        assert reminders.plan_due(tx, hours=24, now=at) == 0
    calendar.book(calendar.therapist)
    with database.transaction() as tx:
        assert reminders.plan_due(tx, hours=24, now=at) == 1
