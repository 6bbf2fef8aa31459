"""Whom clients may call in a crisis: a number only with its source, and when that was checked."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import Final

from msgspec.structs import replace

from identity_links.domain.phone_numbers import plain_phone
from portal_contracts.identity_links.rpc.practice import (
    CRISIS_LINES,
    MOST_CRISIS_CONTACTS,
    CrisisContact,
)
from portal_contracts.text import line

_PLACE: Final = "crisis_contacts"
_NUMBER: Final = re.compile(r"\+?[0-9(][0-9 ()./\-]*")
_FEWEST_DIGITS: Final = 2
"""Emergency numbers are short: 15 in France."""
_MAY_BE_EMPTY: Final = frozenset({"hours"})


def check_contacts(
    errors: dict[str, str], contacts: Sequence[CrisisContact], today: date
) -> list[CrisisContact]:
    """The contacts, cleaned, in their order; what is wrong goes to `errors` by its place."""
    if len(contacts) > MOST_CRISIS_CONTACTS:
        errors[_PLACE] = "crisis_contacts_too_many"
        return list(contacts)
    return [
        _checked(errors, f"{_PLACE}.{index}", contact, today)
        for index, contact in enumerate(contacts)
    ]


def _checked(
    errors: dict[str, str], place: str, contact: CrisisContact, today: date
) -> CrisisContact:
    given = replace(contact, number=plain_phone(contact.number))
    lines = {name: line(getattr(given, name)) for name in CRISIS_LINES}
    for name, most in CRISIS_LINES.items():
        if not lines[name] and name not in _MAY_BE_EMPTY:
            errors[f"{place}.{name}"] = "missing"
        elif len(lines[name]) > most:
            errors[f"{place}.{name}"] = "too_long"
    number = lines["number"]
    digits = sum(character.isdigit() for character in number)
    if number and (not _NUMBER.fullmatch(number) or digits < _FEWEST_DIGITS):
        errors.setdefault(f"{place}.number", "phone_invalid")
    if contact.checked_on > today:
        errors[f"{place}.checked_on"] = "checked_in_future"
    return replace(contact, **lines)
