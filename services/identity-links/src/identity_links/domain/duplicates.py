"""Whether two clients may be one person: a hint for people, who decide."""

from __future__ import annotations

import re
from typing import Final

from identity_links.domain.email_addresses import email_key, normalise_email
from identity_links.domain.folding import fold, spelled_out
from identity_links.domain.phone_numbers import PhoneNumber, read_phone
from portal_contracts.identity_links.rpc.clients import ClientFields
from portal_contracts.identity_links.rpc.duplicates import Alike

_BETWEEN: Final = re.compile(r"[\W_]+")


def alike(one: ClientFields, other: ClientFields) -> list[Alike]:
    """In what two clients are the same that may tell that they are one.

    A name alone tells nothing: it counts with the date of birth. Its words may stand in any
    order (``Müller, Anna``) and be written in any way that a search finds.
    """
    found = {
        Alike.EMAIL: _address(one) != "" and _address(one) == _address(other),
        Alike.PHONE: _same_number(read_phone(one.phone), read_phone(other.phone)),
        Alike.NAME_AND_BIRTH: one.date_of_birth is not None
        and one.date_of_birth == other.date_of_birth
        and not _names(one).isdisjoint(_names(other)),
    }
    return [kind for kind, same in found.items() if same]


def _address(fields: ClientFields) -> str:
    return email_key(normalise_email(fields.email) or fields.email)


def _same_number(one: PhoneNumber | None, other: PhoneNumber | None) -> bool:
    if one is None or other is None or one.national != other.national:
        return False
    return one.country == other.country or not (one.country and other.country)


def _names(fields: ClientFields) -> set[tuple[str, ...]]:
    spellings = (fold(fields.name), fold(spelled_out(fields.name)))
    words = (sorted(word for word in _BETWEEN.split(each) if word) for each in spellings)
    return {tuple(each) for each in words if each}
