"""What clients are found by: the beginnings of the words of what is known of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from identity_links.domain.folding import apart, fold, spelled_out
from identity_links.domain.phone_numbers import (
    FEWEST_DIGITS,
    PhoneNumber,
    looks_like_phone,
    read_phone,
)
from portal_contracts.identity_links.rpc.clients import ClientFields
from portal_contracts.text import line

_SEPARATORS: Final = re.compile(r"[\W_]+")
_BETWEEN_WORDS: Final = re.compile(
    r"[-.,;:/&#()\[\]{}<>\u2010-\u2015\u05be\u30fb\u00b7"
    r'"\u00ab\u00bb\u201c-\u201f\u2039\u203a\u3008-\u3011\u301d-\u301f]+'
)
_WITHOUT_BLANKS: Final = re.compile(
    "[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\U00020000-\U0003ffff]+"
)
_MAX_TERMS: Final = 10
_PHONE: Final = "tel:"
_NO_COUNTRY: Final = "~"


class Term(NamedTuple):
    """A part of what is searched for: one of these ways has to match, each of its words."""

    ways: tuple[tuple[str, ...], ...]


def search_text(fields: ClientFields) -> str:
    """All words a search may begin, each after a blank.

    Of names, tags and e-mail address the words whole and in parts (``anna-maria``, ``anna``,
    ``maria``), with umlauts both ways; of scripts without blanks between words what begins at
    any sign. Of the phone number any digits in a row.
    """
    said = " ".join((fields.name, fields.preferred_name, *fields.tags, fields.email))
    spellings = (said, apart(said), spelled_out(said))
    words = [each for text in spellings for each in _words(fold(text))]
    words += _phone_words(read_phone(fields.phone))
    return "".join(f" {word}" for word in dict.fromkeys(words))


def search_terms(search: str) -> list[Term]:
    """What of `search` has to be found, in any order: all of it."""
    text = line(search)
    whole = text if looks_like_phone(text) else ""
    terms = [text] if whole else _apart(text)
    found = [_term(each) for each in terms[:_MAX_TERMS]]
    return [term for term in found if term.ways]


def _apart(text: str) -> list[str]:
    """The words of `text`; parts of a phone number that stand in a row are one."""
    joined: list[str] = []
    words = [
        word for word in text.split() if _SEPARATORS.sub("", word) or _BETWEEN_WORDS.sub("", word)
    ]
    for word in words or text.split():
        numbers = f"{joined[-1]} {word}" if joined else ""
        if numbers and all(map(_numeric, (joined[-1], word))) and looks_like_phone(numbers):
            joined[-1] = numbers
        else:
            joined.append(word)
    return joined


def _numeric(text: str) -> bool:
    return not _SEPARATORS.sub("", fold(text)).strip("0123456789")


def _term(text: str) -> Term:
    ways: dict[tuple[str, ...], None] = {}
    for spelling in (fold(text), fold(spelled_out(text))):
        ways[tuple(spelling.split())] = None
        parts = tuple(part for part in _BETWEEN_WORDS.split(spelling.lstrip("@")) if part.strip())
        if parts:
            ways[tuple(word for part in parts for word in part.split())] = None
    if looks_like_phone(text):
        ways.update((way, None) for way in _phone_ways(read_phone(text)))
    return Term(tuple(way for way in ways if way))


def _words(folded: str) -> Iterator[str]:
    for word in folded.split():
        yield word
        yield from (part for part in _SEPARATORS.split(word) if part)
        for run in _WITHOUT_BLANKS.findall(word):
            yield from (run[at:] for at in range(1, len(run)))


def phone_word(number: PhoneNumber) -> str:
    """The word of `search_text` that all clients with this number have, whatever the country."""
    return f"{_PHONE}0{number.national}"


def _phone_words(number: PhoneNumber | None) -> Iterator[str]:
    if number is None:
        return
    digits = number.national
    begin = f"+{number.country}" if number.country else _NO_COUNTRY
    yield f"{_PHONE}{begin}{digits}"
    yield phone_word(number)
    for at in range(len(digits) - FEWEST_DIGITS + 1):
        yield f"{_PHONE}{digits[at:]}"


def _phone_ways(number: PhoneNumber | None) -> Iterator[tuple[str]]:
    if number is None:
        return
    if number.country:
        yield (f"{_PHONE}+{number.country}{number.national}",)
        if number.national:
            yield (f"{_PHONE}{_NO_COUNTRY}{number.national}",)
    elif number.trunk:
        yield (f"{_PHONE}0{number.national}",)
    else:
        yield (f"{_PHONE}{number.national}",)
        yield (f"{_PHONE}+{number.national}",)
