"""The head of a mail says what was asked for and nothing else, whatever people are called."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from functools import partial
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from icalendar import Calendar

from notifications.domain.addresses import LONGEST_NAME, Mailbox, mailbox, tidy_name
from notifications.domain.letters import Addressee, Letter, Practice, Written
from notifications.mails.all_mails import MAIL_OF_KIND, MAILS
from notifications.mails.mail import Occasion
from notifications.templates.writer import MailWriter
from notifications.transports.head import HeadInvalid, check_head
from notifications.transports.message import as_message
from portal_chassis.ids import new_id
from portal_contracts.scheduling.rpc.appointments import AppointmentStatus, Place, PlaceKind
from portal_contracts.scheduling.rpc.overview import AppointmentFacts

NOW = datetime(2026, 12, 1, 12, 0, tzinfo=UTC)
WRITER = MailWriter()
SMUGGLED = "=?utf-8?q?=0aReply-To=3aa=40evil.example=0a=0aText?="
COMMA = "Annabella Wilhelmina von Hohenberg-Sonnenschein, Doctor of Philosophy and Medicine"
HOSTILE = [
    SMUGGLED,
    COMMA,
    f"{COMMA} {COMMA}"[:100],
    "Anna\r\nBcc: all@evil.example",
    "Anna\nBcc: all@evil.example\n\nText",
    "Anna\x0bBcc: x\x85Bcc: y\u2028Bcc: z",
    '"Anna" <all@evil.example>, Ben',
    'a\\"b\\\\',
    "Anna <evil@evil.example>",
    "evil@evil.example,",
    "(comment) Anna; group: x;",
    "=?utf-8?b?QmNjOiBhQGI=?=",
    "=?utf-8?q?=22=2C_evil=40evil=2Eexample?=",
    "=?us-ascii?q?a?= =?us-ascii?q?b?=",
    "=?",
    "Dr. med. Änne Müller, geb. Öz",
    "Ä" * 100,
    "👩‍💻" * 33,
    "\u202eemosnelo\u202c",
    "x" * 100,
    "x y " * 25,
    "\ud800\x00",
    "",
    "END:VEVENT\r\nBEGIN:VALARM",
    'a";CN="b:mailto:evil@evil.example',
]
hostile = (
    st.sampled_from(HOSTILE)
    | st.text(max_size=120)
    | st.text(alphabet='=?uUtf-8bBqQ_ \r\n\t"\\,;:<>()@.aÄ\u2028\x0b', max_size=120)
)
HEADERS = {
    *("From", "To", "Reply-To", "Subject", "Date", "Message-ID", "Content-Language"),
    *("Auto-Submitted", "X-Auto-Response-Suppress", "MIME-Version", "Content-Type"),
}


def letter(name: str = "Anna", **changes: Any) -> Letter:
    delivery_id = new_id()
    values: dict[str, Any] = {
        "delivery_id": delivery_id,
        "message_id": f"<delivery.{delivery_id}@portal.example.org>",
        "created_at": NOW,
        "dated": NOW,
        "sender": mailbox(name, "portal@example.org"),
        "recipient": mailbox(name, "anna@example.org"),
        "reply_to": mailbox(name, "hello@example.org"),
        "language": "en",
        "written": Written(tidy_name(name), "Text\n", "<p>Text</p>"),
    }
    return Letter(**(values | changes))


def read(message: bytes) -> EmailMessage:
    """As a mail program does; before that what holds for every line."""
    assert not re.search(rb"[^\r]\n|\r[^\n]", message)
    assert max(map(len, message.split(b"\r\n"))) <= 998
    assert message.isascii()
    return message_from_bytes(message, policy=default)  # type: ignore[return-value]


def one_address(message: EmailMessage, header: str) -> tuple[str, str]:
    [address] = message[header].addresses
    return address.display_name, address.addr_spec


@pytest.mark.parametrize("name", HOSTILE, ids=ascii)
def test_a_name_is_a_name_and_nothing_else(name: str) -> None:
    message = read(as_message(letter(name)))
    assert sorted(message.keys()) == sorted({*HEADERS})
    kept = tidy_name(name)
    decodes_to_itself = "=?" not in kept
    for header, address in (
        ("From", "portal@example.org"),
        ("To", "anna@example.org"),
        ("Reply-To", "hello@example.org"),
    ):
        shown, spec = one_address(message, header)
        assert spec == address
        assert shown.replace(" ", "") == kept.replace(" ", "") or not decodes_to_itself
    assert message["Subject"] == kept or not decodes_to_itself
    assert message.get_body(("plain",)).get_content().strip() == "Text"


def test_what_looks_like_an_encoded_word_is_shown_as_it_was_typed() -> None:
    head = as_message(letter(SMUGGLED)).partition(b"\r\n\r\n")[0]
    assert b"evil" not in head
    assert SMUGGLED.encode() not in head


def test_a_long_name_with_a_comma_is_one_address() -> None:
    for length in range(60, LONGEST_NAME + 1):
        name = (COMMA + " and of Law and Letters and Arts")[:length]
        assert one_address(read(as_message(letter(name))), "To") == (
            tidy_name(name),
            "anna@example.org",
        )


@given(hostile)
@settings(max_examples=300, deadline=None)
def test_no_name_writes_a_header(name: str) -> None:
    message = read(as_message(letter(name)))
    assert sorted(message.keys()) == sorted(HEADERS)
    assert one_address(message, "To")[1] == "anna@example.org"
    assert one_address(message, "From")[1] == "portal@example.org"


@given(hostile, hostile, hostile, hostile, st.sampled_from([mail.kind for mail in MAILS]))
@example(SMUGGLED, COMMA, COMMA, SMUGGLED, "appointment_confirmed")
@example("Anna\\", "Praxis\\", "", "Street\\", "appointment_confirmed")
@settings(max_examples=150, deadline=None)
def test_no_text_of_people_leaves_its_place_in_a_finished_mail(
    client: str, practice: str, greeting: str, place: str, kind: str
) -> None:
    mail = MAIL_OF_KIND[kind]
    facts = AppointmentFacts(
        practice_id=new_id(),
        client_id=new_id(),
        practitioner_id=new_id(),
        status=AppointmentStatus.CONFIRMED,
        starts_at=NOW + timedelta(days=2),
        ends_at=NOW + timedelta(days=2, minutes=50),
        timezone="Europe/Berlin",
        place=Place(kind=PlaceKind.ADDRESS, text=place),
        ics_sequence=0,
    )
    occasion = Occasion(
        subject_id=new_id(),
        facts=facts if "appointment" in kind or "booking" in kind else mail.sample(NOW),
        now=NOW,
    )
    to = mailbox(client, "anna@example.org")
    addressee = Addressee(
        practice=Practice(practice, "hello@example.org", "+49 30 1", "#2f6f6a"),
        sender_address="portal@example.org",
        mail_domain="portal.example.org",
        to=to,
        greeting_name=greeting,
        language="en",
        timezone="Europe/Berlin",
        link="https://portal.example.org/p/lk_x",
        link_ends_at=NOW + timedelta(days=30),
        portal="https://portal.example.org",
    )
    written = WRITER.write(partial(mail.words, occasion), addressee)
    message = read(as_message(letter(practice, recipient=to, written=written)))
    assert sorted(message.keys()) == sorted(HEADERS)
    assert one_address(message, "To")[1] == "anna@example.org"
    if written.invitation is not None:
        _check_invitation(written.invitation.body)


def _check_invitation(body: bytes) -> None:
    assert not re.search(rb"[^\r]\n|\r[^\n]", body)
    unfolded = body.replace(b"\r\n ", b"")
    # Of a series besides: its zone, and its rule.
    unfolded = re.sub(rb"BEGIN:VTIMEZONE.*END:VTIMEZONE\r\n", b"", unfolded, flags=re.DOTALL)
    names = [re.split(rb"[;:]", one, maxsplit=1)[0].decode() for one in unfolded.split(b"\r\n")]
    optional = {"LOCATION", "RRULE"}
    assert [one for one in names if one and one not in optional] == [
        *("BEGIN", "VERSION", "PRODID", "CALSCALE", "METHOD", "BEGIN", "SUMMARY", "DTSTART"),
        *("DTEND", "DTSTAMP", "UID", "SEQUENCE", "ATTENDEE", "DESCRIPTION", "ORGANIZER"),
        *("STATUS", "TRANSP", "URL", "END", "END"),
    ]
    [event] = Calendar.from_ical(body).walk("VEVENT")
    assert str(event["ATTENDEE"]) == "mailto:anna@example.org"
    assert str(event["ORGANIZER"]) == "mailto:portal@example.org"


GOOD = (
    b"From: Praxis <portal@example.org>\r\nTo: Anna <anna@example.org>\r\n"
    b"Subject: Hello\r\nDate: today\r\n\r\nText\r\n"
)


def check(message: bytes) -> None:
    mailboxes = {
        "From": Mailbox("Praxis", "portal@example.org"),
        "To": Mailbox("Anna", "anna@example.org"),
    }
    check_head(message, mailboxes, {"Subject": "Hello"}, {"Date"})


def test_a_right_head_passes() -> None:
    check(GOOD)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"Date: today", b"Date: today\r\nBcc: all@evil.example"),
        (b"Date: today", b"Date: today\r\nDate: tomorrow"),
        (b"Date: today\r\n", b""),
        (b"Date: today", b"Date: today\nBcc: all@evil.example"),
        (b"Date: today", b"Date: today\rBcc: all@evil.example"),
        (b"Date: today", b"Date: to\x00day"),
        (b"Date: today", b"Date today"),
        (b"Date: today", b"Date: " + b"x" * 1000),
        (b"Text", b"x" * 1000),
        (b"Text", b"Te\nxt"),
        (b"Text", b"Text\r\n.\r"),
        (b"To: Anna", b"To: Ben"),
        (b"anna@", b"ben@"),
        (b"<anna@example.org>", b"<anna@example.org>, <all@evil.example>"),
        (b"To: Anna", b"To: An,na"),
        (b"To: Anna", b'To: "An"na'),
        (b"Subject: Hello", b"Subject: =?utf-8?q?Hello?="),
        (b"Subject: Hello", b"Subject: =?utf-8?b?SGVsbG8=?= =?utf-8?b?!?="),
        (b"Subject: Hello", b"Subject: Hallo"),
        (b"\r\n\r\nText\r\n", b""),
    ],
)
def test_a_head_that_says_something_else_is_no_head(old: bytes, new: bytes) -> None:
    assert old in GOOD
    with pytest.raises(HeadInvalid):
        check(GOOD.replace(old, new, 1))
