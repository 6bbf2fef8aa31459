"""What may be said of a practice and of a practitioner. All errors at once, each by a code."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from dataclasses import replace as replaced
from datetime import date, datetime
from typing import Any
from uuid import UUID

from msgspec import json
from msgspec.structs import replace

from identity_links.domain.client_fields import check_line, check_phone
from identity_links.domain.crisis_contacts import check_contacts
from identity_links.domain.email_addresses import normalise_email
from identity_links.domain.places import LANGUAGES
from portal_contracts.actor import Role
from portal_contracts.errors import Invalid
from portal_contracts.identity_links.rpc.practice import (
    LONGEST_POSTAL_ADDRESS,
    MOST_ADDRESS_LINES,
    PRACTICE_LINES,
    PRACTICE_RANGES,
    CrisisContact,
    PracticeFields,
)
from portal_contracts.text import line, paragraphs
from portal_contracts.wall_clock import zone_or_utc
from portal_contracts.zones import countries, entered_zone

LONGEST_NAME = 200

_ACCENT = re.compile(r"#[0-9a-f]{6}")


def check_practice_fields(
    given: PracticeFields, present: PracticeFields | None = None, *, now: datetime
) -> PracticeFields:
    """Clean and check a practice's fields; a zone that stands in `present` may stay.

    Args:
        given: all fields.
        present: as they are stored, where the practice is there.
        now: aware UTC; no crisis contact was checked on a day after it.

    Raises:
        Invalid: ``practice_fields``, with a code for every wrong field: ``name_missing`` and
            others by the field's name, of a crisis contact by ``crisis_contacts.<index>.<name>``.
    """
    errors: dict[str, str] = {}
    timezone = entered_zone(given.timezone, present.timezone if present else None)
    checked = replace(
        given,
        name=check_line(errors, "name", given.name, PRACTICE_LINES["name"], required=True),
        contact_email=_contact_email(errors, given.contact_email),
        contact_phone=check_phone(errors, "contact_phone", given.contact_phone),
        postal_address=_postal_address(errors, given.postal_address),
        country=line(given.country).upper(),
        accent=check_line(errors, "accent", given.accent, PRACTICE_LINES["accent"]).lower(),
        timezone=timezone or given.timezone,
    )
    today = now.astimezone(zone_or_utc(checked.timezone)).date()
    checked = replace(checked, crisis_contacts=check_contacts(errors, given.crisis_contacts, today))
    if checked.language not in LANGUAGES:
        errors["language"] = "language_unknown"
    if timezone is None:
        errors["timezone"] = "timezone_unknown"
    if checked.country and checked.country not in countries():
        errors["country"] = "country_unknown"
    if _ACCENT.fullmatch(checked.accent) is None:
        errors.setdefault("accent", "accent_invalid")
    _check_ranges(errors, checked)
    if errors:
        raise Invalid("practice_fields", "Some fields are not right.", fields=errors)
    return checked


def _postal_address(errors: dict[str, str], value: str) -> str:
    lines = [line(one) for one in paragraphs(value).split("\n")]
    address = "\n".join(one for one in lines if one)
    if len(address) > LONGEST_POSTAL_ADDRESS or address.count("\n") >= MOST_ADDRESS_LINES:
        errors["postal_address"] = "postal_address_too_long"
    return address


def _check_ranges(errors: dict[str, str], given: PracticeFields) -> None:
    for name, (least, most) in PRACTICE_RANGES.items():
        if not least <= getattr(given, name) <= most:
            errors[name] = f"{name}_out_of_range"
    if given.device_absolute_minutes < given.device_idle_minutes:
        errors["device_absolute_minutes"] = "device_absolute_minutes_out_of_range"


def read_practice_changes(words: Mapping[str, str]) -> dict[str, Any]:
    """Field names and values as words, as a person types them, to values of their kinds.

    Raises:
        Invalid: ``practice_fields``: ``<field>_unknown`` for a name that is no
            field, ``<field>_invalid`` for a value of another kind.
    """
    errors, values = {}, {}
    for name, word in words.items():
        if name not in _READERS:
            errors[name] = f"{name}_unknown"
            continue
        try:
            values[name] = _READERS[name](word)
        except (KeyError, ValueError):
            errors[name] = f"{name}_invalid"
    if errors:
        raise Invalid("practice_fields", "Some fields are not right.", fields=errors)
    return values


_EXAMPLE = PracticeFields(name="Example")
_YES_NO = {"yes": True, "no": False}


def _reader(name: str) -> Callable[[str], Any]:
    kind = type(getattr(_EXAMPLE, name))
    return _YES_NO.__getitem__ if kind is bool else kind


_READERS: dict[str, Callable[[str], Any]] = {
    **{name: _reader(name) for name in PracticeFields.__struct_fields__},
    "crisis_contacts": lambda word: json.decode(word, type=list[CrisisContact]),
    "second_factor_from": lambda word: None if word == "no" else date.fromisoformat(word),
}


def practice_field_words() -> list[str]:
    """The fields that `read_practice_changes` knows, each with what may be typed for it."""
    return [f"{name} ({_KIND_WORDS.get(name) or _kind_word(name)})" for name in _READERS]


def _kind_word(name: str) -> str:
    return {bool: "yes, no", int: "number"}.get(type(getattr(_EXAMPLE, name)), "text")


_KIND_WORDS = {
    "crisis_contacts": "JSON, a list",
    "second_factor_from": "YYYY-MM-DD, no",
}


@dataclass(frozen=True, kw_only=True)
class PractitionerFields:
    """A practitioner's account, without its password; `works_for` as of an `Actor`."""

    name: str
    email: str
    role: Role
    language: str = "en"
    works_for: tuple[UUID, ...] | None = None


def check_practitioner_fields(given: PractitionerFields) -> PractitionerFields:
    """Clean and check a practitioner's fields.

    Raises:
        Invalid: ``practitioner_fields``, with a code for every wrong field.
    """
    errors: dict[str, str] = {}
    email = normalise_email(given.email)
    if email is None:
        errors["email"] = "email_invalid" if line(given.email) else "email_missing"
    if given.language not in LANGUAGES:
        errors["language"] = "language_unknown"
    name = check_line(errors, "name", given.name, LONGEST_NAME, required=True)
    if errors:
        raise Invalid("practitioner_fields", "Some fields are not right.", fields=errors)
    return replaced(given, name=name, email=email or "")


def checked_practitioner_name(name: str) -> str:
    """A practitioner's cleaned name.

    Raises:
        Invalid: ``practitioner_fields``.
    """
    errors: dict[str, str] = {}
    checked = check_line(errors, "name", name, LONGEST_NAME, required=True)
    if errors:
        raise Invalid("practitioner_fields", "Some fields are not right.", fields=errors)
    return checked


def _contact_email(errors: dict[str, str], value: str) -> str:
    if not line(value):
        return ""
    address = normalise_email(value)
    if address is None:
        errors["contact_email"] = "contact_email_invalid"
    return address or ""
