"""The parts of a body are read by others as they were written, and are ASCII on the way."""

from __future__ import annotations

from email import message_from_bytes
from email.policy import default

import pytest

from notifications.transports.parts import base64_part, multipart, text_part

TEXTS = {
    "empty": "",
    "plain": "Hello Anna,\n\nyour appointment\n",
    "umlauts": "Grüße aus der Praxis – schön, dass Sie da sind 🌿\n",
    "a long line": "word " * 400 + "\n",
    "no end": "the last line has none",
    "a dot alone": "one\n.\n..two\n",
    "spaces at an end": "name:   \n-- \nLindenhof\t\n",
    "equals signs": "a=b&c=3D\n=_boundary\n--=_x--\n",
    "other line ends": "one\rtwo\r\nthree\n",
    "what others call line ends": "one\x0btwo\x85three\u2028four\n",
    "from": "From here on\n",
}


def read(part):
    message = message_from_bytes(part.as_bytes(), policy=default)
    assert [one.defects for one in message.walk()] == [[] for _ in message.walk()]
    return message


@pytest.mark.parametrize("name", TEXTS)
def test_a_text_is_read_as_it_was_written(name):
    text = TEXTS[name]
    part = text_part(text, "text/plain")
    assert part.body.isascii()
    assert all(len(line) <= 76 for line in part.body.split(b"\r\n"))
    assert b"\r" not in part.body.replace(b"\r\n", b"")
    content = read(part).get_payload(decode=True).decode()
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    assert content.replace("\r\n", "\n") == (lines if lines.endswith("\n") else f"{lines}\n")


@pytest.mark.parametrize("length", [0, 1, 57, 58, 5000])
def test_bytes_are_read_as_they_were_written(length):
    content = bytes(at % 256 for at in range(length))
    part = base64_part(content, "Content-Type: application/ics")
    assert all(len(line) <= 76 for line in part.body.split(b"\r\n"))
    assert read(part).get_payload(decode=True) == content


def test_parts_are_found_again_whatever_they_say():
    inner = multipart("alternative", [text_part(one, "text/plain") for one in TEXTS.values()])
    outer = read(multipart("mixed", [inner, base64_part(b"x", "Content-Type: application/ics")]))
    assert [one.get_content_type() for one in outer.iter_parts()] == [
        "multipart/alternative",
        "application/ics",
    ]
    assert len(list(next(outer.iter_parts()).iter_parts())) == len(TEXTS)


def test_no_two_bodies_have_the_same_boundary():
    assert multipart("mixed", []).headers != multipart("mixed", []).headers
