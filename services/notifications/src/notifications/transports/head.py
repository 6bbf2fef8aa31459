"""The head of a mail, written and checked by ourselves (RFC 5322, RFC 2047).

The standard library parses what it is given for a header: it decodes what looks like an
encoded word, and in versions that are in use it writes the line break that was in it, and
drops the quotes of a long name. Text of people goes to no parser here. A name or a subject
is written as it is, quoted, or as encoded words, and the finished head is read back by a
grammar that knows these three forms and no more.
"""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from binascii import Error as NoBase64
from collections.abc import Iterable, Mapping
from typing import Final

from notifications.domain.addresses import Mailbox
from portal_contracts.text import line

LONGEST_LINE: Final = 998
"""Octets of a line without its end (RFC 5322, section 2.1.1)."""

FOLDED_AT: Final = 76
_BYTES_A_WORD: Final = 45
"""Of text in an encoded word: with base64 and its frame 72 of the 75 characters allowed."""

_ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?: [A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_PRINTABLE = re.compile(r"[ -~]*")
_ENCODED_WORD = re.compile(r"=\?utf-8\?b\?([A-Za-z0-9+/]+=*)\?=")
_ENCODED_WORDS = re.compile(rf"{_ENCODED_WORD.pattern}(?: {_ENCODED_WORD.pattern})*")
_QUOTED = re.compile(r'"((?:[^"\\]|\\["\\])*)"')
_PIECES = re.compile(r"[^ ]+ *| +")
_FIELD = re.compile(r"([A-Za-z-]+): (.*)", re.DOTALL)
_ADDRESS = re.compile(r"(?:(?P<name>.+) )?<(?P<address>[^<>]+)>")


class HeadInvalid(Exception):
    """The head does not say what was asked for; nothing of it is quoted."""


def mailbox_words(mailbox: Mailbox) -> list[str]:
    """A name and an address as the words of a header; it may be folded between them."""
    return [*_phrase(mailbox.name), f"<{mailbox.address}>"]


def text_words(text: str) -> list[str]:
    """A subject as the words of a header."""
    words = text.split(" ")
    plain = _PRINTABLE.fullmatch(text) and "=?" not in text
    return words if plain and max(map(len, words)) < FOLDED_AT else _encoded(text)


def field(name: str, words: Iterable[str]) -> bytes:
    """One header, folded between words, with its line end."""
    lines, current = [], f"{name}:"
    for at, word in enumerate(words):
        if at and len(current) + 1 + len(word) > FOLDED_AT:
            lines.append(current)
            current = ""
        current += f" {word}"
    return "\r\n".join([*lines, current]).encode() + b"\r\n"


def check_head(
    message: bytes, mailboxes: Mapping[str, Mailbox], texts: Mapping[str, str], others: set[str]
) -> None:
    """See that the head of a finished message says what was asked for, and nothing else.

    Args:
        message: all of it.
        mailboxes: header name to the one address in it.
        texts: header name to its text.
        others: names of the headers that hold no text of people.

    Raises:
        HeadInvalid: a line is too long or ends wrongly, a header is missing, strange or there
            twice, or says something else.
    """
    head, end, _ = message.partition(b"\r\n\r\n")
    lines = message.split(b"\r\n")
    ends = {len(lines) - 1, message.count(b"\r"), message.count(b"\n")}
    if not end or max(map(len, lines)) > LONGEST_LINE or len(ends) > 1:
        raise HeadInvalid
    fields = _fields(head)
    if sorted(name for name, _ in fields) != sorted([*mailboxes, *texts, *others]):
        raise HeadInvalid
    for name, value in fields:
        if name in mailboxes and _read_mailbox(value) != mailboxes[name]:
            raise HeadInvalid
        if name in texts and _read_text(value) != texts[name]:
            raise HeadInvalid


def _phrase(name: str) -> list[str]:
    """A display name: atoms, one quoted string that is never folded, or encoded words."""
    if not name:
        return []
    if "=?" in name or not _PRINTABLE.fullmatch(name):
        return _encoded(name)
    if _ATOMS.fullmatch(name):
        return name.split(" ")
    escaped = name.replace("\\", "\\\\").replace('"', '\\"')
    return [f'"{escaped}"']


def _encoded(text: str) -> list[str]:
    """Encoded words of whole characters each, cut between words where there is room for one.

    White space between them counts for nothing (RFC 2047, section 6.2), but some programs
    show it.
    """
    chunks = [b""]
    for piece in _PIECES.findall(text):
        whole = len(piece.encode()) <= _BYTES_A_WORD
        for part in [piece] if whole else piece:
            encoded = part.encode()
            if len(chunks[-1]) + len(encoded) > _BYTES_A_WORD:
                chunks.append(b"")
            chunks[-1] += encoded
    return [f"=?utf-8?b?{b64encode(one).decode()}?=" for one in chunks]


def _fields(head: bytes) -> list[tuple[str, str]]:
    try:
        unfolded = head.decode().replace("\r\n ", " ").replace("\r\n\t", " ")
    except UnicodeDecodeError:
        raise HeadInvalid from None
    fields = [_FIELD.fullmatch(one) for one in unfolded.split("\r\n")]
    if any(ord(one) < ord(" ") for one in unfolded.replace("\r\n", "")):
        raise HeadInvalid
    if not all(fields):
        raise HeadInvalid
    return [(one[1], one[2]) for one in fields if one]


def _read_mailbox(value: str) -> Mailbox:
    found = _ADDRESS.fullmatch(value)
    if found is None:
        raise HeadInvalid
    return Mailbox(_read_phrase(found["name"] or ""), found["address"])


def _read_phrase(phrase: str) -> str:
    if quoted := _QUOTED.fullmatch(phrase):
        return re.sub(r"\\(.)", r"\1", quoted[1])
    if "=?" not in phrase and (not phrase or _ATOMS.fullmatch(phrase)):
        return phrase
    return _decoded(phrase)


def _read_text(text: str) -> str:
    return text if _PRINTABLE.fullmatch(text) and "=?" not in text else _decoded(text)


def _decoded(words: str) -> str:
    if not _ENCODED_WORDS.fullmatch(words):
        raise HeadInvalid
    try:
        chunks = [b64decode(one, validate=True).decode() for one in _ENCODED_WORD.findall(words)]
    except (NoBase64, UnicodeDecodeError):
        raise HeadInvalid from None
    text = "".join(chunks)
    if text != line(text):
        # Encoded, a line break is harmless until somebody decodes it.
        raise HeadInvalid
    return text
