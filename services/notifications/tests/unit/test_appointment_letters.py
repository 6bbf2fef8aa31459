"""What mails about appointments say, and the invitations that come with them."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.policy import default
from functools import partial
from typing import Any

import pytest
from icalendar import Calendar

from notifications.config import Settings
from notifications.domain.addresses import Mailbox
from notifications.domain.letters import Addressee, Letter, Practice, Written
from notifications.mails.all_mails import MAIL_OF_KIND
from notifications.mails.mail import Brings, Occasion, Told
from notifications.operations.samples import REQUESTED, SAMPLE_CODE, SAMPLES, TRIAL, sample
from notifications.templates.writer import MailWriter
from notifications.transports.message import as_message
from portal_chassis.ids import new_id
from portal_contracts.notifications.rpc import Recipient
from portal_contracts.scheduling.rpc.appointments import (
    Allowance,
    AppointmentStatus,
    Place,
    PlaceKind,
)
from portal_contracts.scheduling.rpc.overview import AppointmentFacts

NOW = datetime(2026, 11, 24, 8, 30, tzinfo=UTC)
START = datetime(2026, 12, 3, 9, 0, tzinfo=UTC)
APPOINTMENT = new_id()
TOKEN = "lk_" + "Ab3-_" * 8 + "xyz"
MAX_OCTETS = 75
CLINICAL = re.compile(
    r"therap|clinic|klinik|patient|diagnos|session|sitzung|summary|zusammenfassung|depress|anxiety"
    r"|questionnaire|fragebogen|crisis|krise|suizid|suicid",
    re.IGNORECASE,
)
WRITER = MailWriter()
CHANGE_A_CALENDAR = {
    "appointment_confirmed",
    "appointment_moved",
    "appointment_cancelled",
    "booking_received",
    "booking_moved",
    "booking_cancelled",
    "calendar_moved",
    "calendar_cancelled",
}
OF_A_SERIES = {one for one in MAIL_OF_KIND if "series" in one}


def mail(kind: str = "appointment_confirmed", **changes: Any) -> Written:
    """The mail of this kind; `changes` are of its facts, its addressee, or the time told before."""
    values: dict[str, Any] = {
        "practice_id": new_id(),
        "client_id": new_id(),
        "practitioner_id": new_id(),
        "status": AppointmentStatus.CONFIRMED,
        "starts_at": START,
        "ends_at": START + timedelta(minutes=50),
        "timezone": "Europe/Berlin",
        "place": Place(kind=PlaceKind.VIDEO, text=""),
        "ics_sequence": 0,
        "cancel": None,
    }
    to: dict[str, Any] = {
        "practice": Practice("Lindenhof", "hello@example.org", "+49 30 5550100", "#2f6f6a"),
        "sender_address": "portal@example.org",
        "mail_domain": "portal.example.org",
        "to": Mailbox("Anna Berg", "anna@example.org"),
        "greeting_name": "Anna",
        "language": "en",
        "timezone": changes.pop("clients_zone", "Europe/Berlin"),
        "link": f"https://portal.example.org/p/{TOKEN}",
        "link_ends_at": NOW + timedelta(days=30),
        "portal": "https://portal.example.org",
    }
    facts = AppointmentFacts(**values | {k: v for k, v in changes.items() if k in values})
    occasion = Occasion(
        subject_id=APPOINTMENT,
        told=Told(changes.pop("told", None)),
        facts=MAIL_OF_KIND[kind].sample(NOW) if kind in OF_A_SERIES else facts,
        now=NOW,
    )
    addressee = Addressee(**to | {k: v for k, v in changes.items() if k not in values})
    return WRITER.write(partial(MAIL_OF_KIND[kind].words, occasion), addressee)


def entry(written: Written) -> Any:
    assert written.invitation is not None
    [event] = Calendar.from_ical(written.invitation.body).walk("VEVENT")
    return event


def test_the_time_is_told_on_both_clocks_where_they_differ() -> None:
    same = mail().text
    assert "Thursday, 3 December 2026, 10:00 Berlin time" in same
    assert "(" not in same.split("When:")[1].split("Where:")[0]
    differs = mail(timezone="Europe/London").text
    assert "10:00 Berlin time (09:00 London time)" in " ".join(differs.split())
    same_day = mail(clients_zone="Asia/Tokyo").text
    assert "18:00 Tokyo time (10:00 Berlin time)" in " ".join(same_day.split())
    late = mail(clients_zone="Asia/Tokyo", starts_at=START + timedelta(hours=7)).text
    assert "Friday, 4 December 2026, 01:00 Tokyo time (Thursday, 17:00 Berlin time)" in (
        " ".join(late.split())
    )
    german = mail(language="de", timezone="Europe/London")
    assert "10:00 Uhr Ortszeit Berlin (09:00 Uhr Ortszeit London)" in " ".join(german.text.split())
    assert german.subject == "Ihr Termin am Donnerstag, 3. Dezember"


def test_the_two_readings_of_the_repeated_hour_are_told_apart() -> None:
    first = datetime(2027, 10, 31, 0, 30, tzinfo=UTC)
    moved = mail("appointment_moved", told=first, starts_at=first + timedelta(hours=1))
    times = " ".join(moved.text.split())
    assert "31 October 2027, 02:30 (UTC+1) Berlin time" in times
    assert "31 October 2027, 02:30 (UTC+2) Berlin time" in times
    german = mail(language="de", starts_at=first)
    assert "02:30 (UTC+2) Uhr Ortszeit Berlin" not in german.text
    assert "02:30 Uhr (UTC+2) Ortszeit Berlin" in " ".join(german.text.split())


def test_a_client_reads_until_when_it_is_free_to_cancel_and_a_practitioner_does_not() -> None:
    cancel = Allowance(until=START, free_until=START - timedelta(days=1))
    sentence = (
        "Free to cancel until Wed 2 Dec, 10:00 Berlin time; after that the session is charged."
    )
    assert sentence in " ".join(mail(cancel=cancel).text.split())
    assert "Free to cancel" not in mail("booking_received", cancel=cancel, link_ends_at=None).text


@pytest.mark.parametrize("language", ["en", "de"])
def test_a_zone_without_a_name_is_its_offset_with_the_right_sign(language: str) -> None:
    told = " ".join(mail(clients_zone="Etc/GMT+5", language=language).text.split())
    hour = "04:00 Uhr" if language == "de" else "04:00"
    assert f"{hour} UTC\N{MINUS SIGN}5 (" in told
    assert "GMT" not in told
    assert "time time" not in told


def test_a_moved_appointment_tells_the_old_time_and_the_new_one() -> None:
    before = START - timedelta(days=2)
    written = mail("appointment_moved", told=before)
    assert written.subject == "Your appointment is now on Thursday, 3 December"
    for form in (written.text, written.html):
        assert "Tuesday, 1 December 2026, 10:00" in " ".join(form.split())
        assert "Thursday, 3 December 2026, 10:00" in " ".join(form.split())
    assert "moves it in your calendar" in written.text
    assert "puts it into your calendar" in mail().text


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("name", [one for one in SAMPLES if one != TRIAL])
def test_every_mail_is_discreet_and_has_one_button_or_one_code(name: str, language: str) -> None:
    written = sample(name, Settings(), language=language, now=NOW)
    for part in (written.subject, written.text, written.html):
        assert not CLINICAL.search(part)
    to_client = name == REQUESTED or MAIL_OF_KIND[name].to is Recipient.CLIENT
    brings_code = name in MAIL_OF_KIND and MAIL_OF_KIND[name].brings is Brings.CODE
    links = 1 if to_client and not brings_code else 0
    assert written.html.count('class="button"') == (0 if brings_code else 1)
    assert (written.text.count("/p/lk_"), written.html.count("/p/lk_")) == (links, links)
    codes = 1 if brings_code else 0
    assert (written.text.count(SAMPLE_CODE), written.html.count(SAMPLE_CODE)) == (codes, codes)
    assert "%(" not in written.subject + written.text
    if language == "de":
        assert not re.search(r"\b(the|your|please|appointment)\b", written.text.split("--")[0])


@pytest.mark.parametrize("kind", MAIL_OF_KIND)
def test_what_changes_a_calendar_brings_an_invitation_and_nothing_else_does(kind: str) -> None:
    written = sample(kind, Settings(), language="en", now=NOW)
    assert (written.invitation is not None) == (kind in CHANGE_A_CALENDAR | OF_A_SERIES)


def test_book_move_and_cancel_are_one_entry_in_the_calendar() -> None:
    later = START + timedelta(days=1)
    written = [
        mail(),
        mail(
            "appointment_moved",
            told=START,
            starts_at=later,
            ends_at=later + timedelta(minutes=50),
            ics_sequence=1,
        ),
        mail("appointment_cancelled", starts_at=later, ics_sequence=2),
    ]
    entries = [entry(one) for one in written]
    assert {str(one["UID"]) for one in entries} == {f"{APPOINTMENT}@portal.example.org"}
    assert [one["SEQUENCE"] for one in entries] == [0, 1, 2]
    assert [one.decoded("DTSTART") for one in entries] == [START, later, later]
    assert [str(one["STATUS"]) for one in entries] == ["CONFIRMED", "CONFIRMED", "CANCELLED"]
    assert [one.invitation.method for one in written if one.invitation] == [
        "REQUEST",
        "REQUEST",
        "CANCEL",
    ]
    first = entries[0]
    assert first.decoded("DTSTAMP") == NOW
    assert first.decoded("DTEND") - first.decoded("DTSTART") == timedelta(minutes=50)
    assert str(first["ORGANIZER"]) == "mailto:portal@example.org"
    assert str(first["ATTENDEE"]) == "mailto:anna@example.org"
    assert first["ATTENDEE"].params["RSVP"] == "FALSE"
    assert str(first["TRANSP"]) == "OPAQUE"
    assert b"DTSTART:20261203T090000Z\r\n" in written[0].invitation.body


def test_an_invitation_is_discreet_and_lets_nobody_in() -> None:
    written = mail()
    assert written.invitation is not None
    body = written.invitation.body.decode()
    assert "lk_" not in body
    assert not CLINICAL.search(body.replace("SUMMARY:", ""))
    assert str(entry(written)["LOCATION"]) == "Online"
    assert str(entry(written)["URL"]) == f"https://portal.example.org/appointments/{APPOINTMENT}"


def test_umlauts_commas_and_long_lines_come_back_as_they_were() -> None:
    street = "Müllerstraße 5, Hinterhaus; 2. Stock \\ links, " + "bitte läuten, " * 8 + "danke"
    practice = Practice('Praxis „Über, Unter" & Söhne', "", "", "#2f6f6a")
    written = mail(
        language="de",
        practice=practice,
        place=Place(kind=PlaceKind.ADDRESS, text=street),
        to=Mailbox('Jürgen "Jo" Öz, jr.', "jo@example.org"),
    )
    assert written.invitation is not None
    lines = written.invitation.body.split(b"\r\n")
    assert max(map(len, lines)) <= MAX_OCTETS
    found = entry(written)
    assert str(found["LOCATION"]) == street
    assert str(found["SUMMARY"]) == 'Termin bei Praxis „Über, Unter" & Söhne'
    assert found["ATTENDEE"].params["CN"] == "Jürgen 'Jo' Öz, jr."


def test_the_mail_carries_the_invitation_as_a_part_and_as_a_file() -> None:
    written = mail(language="de")
    assert written.invitation is not None
    letter = Letter(
        delivery_id=new_id(),
        message_id="<one@example.org>",
        created_at=NOW,
        dated=NOW,
        sender=Mailbox("Lindenhof", "portal@example.org"),
        recipient=Mailbox("Anna Berg", "anna@example.org"),
        reply_to=None,
        language="de",
        written=written,
    )
    message = message_from_bytes(as_message(letter), policy=default)
    assert message.get_content_type() == "multipart/mixed"
    alternatives, attached = message.iter_parts()
    text, html, invitation = alternatives.iter_parts()
    assert [text.get_content_type(), html.get_content_type()] == ["text/plain", "text/html"]
    assert invitation.get_content_type() == "text/calendar"
    assert invitation["Content-Type"].params["method"] == "REQUEST"
    assert invitation["Content-Type"].params["charset"] == "utf-8"
    assert invitation.get_payload(decode=True) == written.invitation.body
    assert attached.get_filename() == "invite.ics"
    assert attached.get_payload(decode=True) == written.invitation.body
