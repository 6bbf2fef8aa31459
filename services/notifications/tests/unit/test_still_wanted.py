"""Which mail is written, as another one, or not at all, by the facts of the moment."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from gettext import NullTranslations
from typing import Any

import pytest

from notifications.domain import reminders
from notifications.domain.addresses import Mailbox
from notifications.domain.letters import Addressee, Practice
from notifications.domain.reasons import Reason
from notifications.mails import summary_shared
from notifications.mails.all_mails import MAIL_OF_KIND
from notifications.mails.appointments import appointment_reminder
from notifications.mails.mail import Occasion, Told
from portal_chassis.ids import new_id
from portal_contracts.forms.rpc.filling import FormFacts
from portal_contracts.forms.rpc.questions import RequestState
from portal_contracts.scheduling.rpc.appointments import AppointmentStatus, Place, PlaceKind
from portal_contracts.scheduling.rpc.overview import AppointmentFacts, SummaryFacts

NOW = datetime(2026, 12, 1, 12, 0, tzinfo=UTC)
START = NOW + timedelta(days=2)
EARLIER = START - timedelta(days=1)
PEOPLE = {"practice_id": new_id(), "client_id": new_id(), "practitioner_id": new_id()}


def appointment(**changes: Any) -> AppointmentFacts:
    values: dict[str, Any] = PEOPLE | {
        "status": AppointmentStatus.CONFIRMED,
        "starts_at": START,
        "ends_at": START + timedelta(minutes=50),
        "timezone": "Europe/Berlin",
        "place": Place(kind=PlaceKind.VIDEO, text=""),
        "ics_sequence": 3,
    }
    return AppointmentFacts(**(values | changes))


OFF = {"status": AppointmentStatus.CANCELLED}
CONFIRM, MOVE, CANCEL = "appointment_confirmed", "appointment_moved", "appointment_cancelled"
SUBJECTS = {
    CONFIRM: "Your appointment on Thursday, 3 December",
    MOVE: "Your appointment is now on Thursday, 3 December",
    CANCEL: "Your appointment on Thursday, 3 December is cancelled",
    "booking_received": "New appointment on Thursday, 3 December",
}


def subject(kind: str, occasion: Occasion[Any]) -> str:
    addressee = Addressee(
        practice=Practice("Lindenhof", "", "", ""),
        sender_address="portal@example.org",
        mail_domain="portal.example.org",
        to=Mailbox("Anna", "anna@example.org"),
        greeting_name="Anna",
        language="en",
        timezone="UTC",
        link="https://portal.example.org/console",
        portal="https://portal.example.org",
    )
    return MAIL_OF_KIND[kind].words(occasion, addressee, NullTranslations()).subject


@pytest.mark.parametrize(
    ("kind", "changes", "planned", "told", "expected"),
    [
        (CONFIRM, {}, 3, None, CONFIRM),
        ("booking_received", {}, 3, None, "booking_received"),
        (CONFIRM, {}, 2, None, Reason.APPOINTMENT_CHANGED),
        (CONFIRM, OFF, 3, None, Reason.APPOINTMENT_CANCELLED),
        (CONFIRM, {"starts_at": NOW}, 3, None, Reason.APPOINTMENT_PAST),
        (MOVE, {}, 3, EARLIER, MOVE),
        (MOVE, {}, 3, None, CONFIRM),
        ("booking_moved", {}, 3, None, "booking_received"),
        (MOVE, {}, 3, START, Reason.NOTHING_TO_TELL),
        (MOVE, {}, 2, EARLIER, Reason.APPOINTMENT_CHANGED),
        (MOVE, OFF, 3, EARLIER, Reason.APPOINTMENT_CANCELLED),
        (CANCEL, OFF, 3, START, CANCEL),
        (CANCEL, OFF, 3, None, Reason.NOTHING_TO_TELL),
        (CANCEL, {}, 3, START, Reason.APPOINTMENT_CHANGED),
        (CANCEL, OFF, 2, START, Reason.APPOINTMENT_CHANGED),
        (CANCEL, OFF | {"starts_at": NOW}, 3, START, Reason.APPOINTMENT_PAST),
        # Sent again by hand: the facts of now.
        (CONFIRM, {}, None, START, CONFIRM),
        (CONFIRM, OFF, None, START, Reason.APPOINTMENT_CANCELLED),
        (MOVE, {}, None, START, CONFIRM),
        (MOVE, {}, None, EARLIER, MOVE),
        (CANCEL, OFF, None, None, CANCEL),
    ],
)
def test_a_mail_about_an_appointment(kind, changes, planned, told, expected) -> None:
    occasion = Occasion(
        subject_id=new_id(),
        facts=appointment(**changes),
        planned_sequence=planned,
        told=Told(told),
        now=NOW,
    )
    reason = MAIL_OF_KIND[kind].not_wanted(occasion)
    if isinstance(expected, Reason):
        assert reason == expected
    else:
        assert reason is None
        assert subject(kind, occasion) == SUBJECTS[expected]


@pytest.mark.parametrize(
    ("changes", "planned", "expected"),
    [
        ({}, START, None),
        ({}, None, None),
        ({}, EARLIER, Reason.APPOINTMENT_CHANGED),
        (OFF, START, Reason.APPOINTMENT_CANCELLED),
        ({"starts_at": NOW}, NOW, Reason.APPOINTMENT_PAST),
    ],
)
def test_a_reminder_never_tells_an_old_time(changes, planned, expected) -> None:
    occasion = Occasion(
        subject_id=new_id(), facts=appointment(**changes), planned_starts_at=planned, now=NOW
    )
    assert appointment_reminder.MAIL.not_wanted(occasion) == expected


@pytest.mark.parametrize(
    ("shared", "read", "planned", "expected"),
    [
        (2, None, 2, None),
        (None, None, 2, Reason.SUMMARY_UNSHARED),
        (3, None, 2, Reason.NOTHING_TO_TELL),
        (2, NOW, 2, Reason.NOTHING_TO_TELL),
        (2, NOW, None, None),
        (None, None, None, Reason.SUMMARY_UNSHARED),
    ],
)
def test_a_shared_summary_is_told_while_it_is_new(shared, read, planned, expected) -> None:
    facts = SummaryFacts(**PEOPLE, shared_version=shared, read_at=read)
    occasion = Occasion(subject_id=new_id(), facts=facts, planned_sequence=planned, now=NOW)
    assert summary_shared.MAIL.not_wanted(occasion) == expected


@pytest.mark.parametrize(
    ("kind", "state", "expected"),
    [
        ("form_sent", RequestState.NOT_OPENED, None),
        ("form_sent", RequestState.STARTED, None),
        ("form_sent", RequestState.SUBMITTED, Reason.FORM_SUBMITTED),
        ("form_sent", RequestState.WITHDRAWN, Reason.FORM_WITHDRAWN),
        ("form_submitted", RequestState.SUBMITTED, None),
        ("form_submitted", RequestState.REVIEWED, Reason.NOTHING_TO_TELL),
        ("form_submitted", RequestState.WITHDRAWN, Reason.FORM_WITHDRAWN),
        ("form_alert", RequestState.STARTED, None),
        ("form_alert", RequestState.WITHDRAWN, None),
        ("form_alert", RequestState.REVIEWED, Reason.NOTHING_TO_TELL),
    ],
)
def test_a_form_is_told_of_while_it_matters(kind, state, expected) -> None:
    facts = FormFacts(
        practice_id=new_id(),
        client_id=new_id(),
        sent_by=new_id(),
        state=state,
        due_on=None,
        minutes=5,
        submitted_at=None,
    )
    occasion = Occasion(subject_id=new_id(), facts=facts, now=NOW)
    assert MAIL_OF_KIND[kind].not_wanted(occasion) == expected


def test_a_reminder_is_wanted_by_who_heard_of_it_before_its_instant() -> None:
    due = reminders.due_at(START, 24)
    assert due == START - timedelta(hours=24)
    assert reminders.is_wanted(START, due, 24)
    assert not reminders.is_wanted(START, due + timedelta(seconds=1), 24)


def test_a_reminder_has_one_cause_per_appointment_and_time() -> None:
    one = new_id()
    assert reminders.cause(one, START) == reminders.cause(one, START)
    assert reminders.cause(one, START) != reminders.cause(one, EARLIER)
    assert reminders.cause(one, START) != reminders.cause(new_id(), START)
