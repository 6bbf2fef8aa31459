"""What may be said of a practice and of a practitioner. All errors at once, each by a code."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Any
from uuid import UUID

from identity_links.domain.client_fields import check_line, check_phone
from identity_links.domain.devices import Lifetime
from identity_links.domain.email_addresses import normalise_email
from identity_links.domain.links import (
    DEFAULT_LINK_DAYS,
    MAX_LINK_DAYS,
    MIN_LINK_DAYS,
    LinkPolicy,
)
from identity_links.domain.places import LANGUAGES
from portal_contracts.actor import Role
from portal_contracts.errors import Invalid
from portal_contracts.identity_links.rpc.caseload import ClientVisibility
from portal_contracts.identity_links.rpc.targets import EntryMode, SecondCheck
from portal_contracts.text import line
from portal_contracts.zones import countries, entered_zone

LONGEST_NAME = 200
MIN_DEVICE_MINUTES = 5
MAX_DEVICE_MINUTES = 90 * 24 * 60

_ACCENT = re.compile(r"#[0-9a-f]{6}")


@dataclass(frozen=True, kw_only=True)
class PracticeFields:
    """All that can be set of a practice.

    Attributes:
        name: what clients know it by.
        contact_email: shown to clients; may be empty.
        contact_phone: shown to clients; may be empty.
        language: ``en`` or ``de``; new clients take it.
        timezone: IANA zone; new clients take it.
        country: ISO 3166-1 alpha-2; may be empty.
        accent: hex colour ``#rrggbb`` of its pages.
        link_days: how long its portal links work, 1 to 90 days.
        single_use: a link lets in one device, then it is used up.
        entry: whether a click enters at once.
        second_check: what a new device is asked for.
        device_idle_minutes: a client's device ends this long after its last use.
        device_absolute_minutes: … and this long after it signed in.
        second_factor_from: from this day on, in its zone, everybody who works there needs a
            second factor; None: nobody does.
        client_visibility: whose clients its practitioners see, everyone's or their own.
    """

    name: str
    contact_email: str = ""
    contact_phone: str = ""
    language: str = "en"
    timezone: str = "Europe/Berlin"
    country: str = ""
    accent: str = "#2f6f6a"
    link_days: int = DEFAULT_LINK_DAYS
    single_use: bool = False
    entry: EntryMode = EntryMode.ONE_CLICK
    second_check: SecondCheck = SecondCheck.NONE
    device_idle_minutes: int = 60
    device_absolute_minutes: int = 7 * 24 * 60
    second_factor_from: date | None = None
    client_visibility: ClientVisibility = ClientVisibility.OWN

    @property
    def link_policy(self) -> LinkPolicy:
        """Its rules for links."""
        return LinkPolicy(self.entry, self.single_use, self.second_check)

    @property
    def device_lifetime(self) -> Lifetime:
        """Its limits for clients' devices."""
        return Lifetime(self.device_idle_minutes, self.device_absolute_minutes)

    def values(self) -> dict[str, Any]:
        """Field name to value."""
        return {field.name: getattr(self, field.name) for field in fields(self)}


def check_practice_fields(
    given: PracticeFields, present: PracticeFields | None = None
) -> PracticeFields:
    """Clean and check a practice's fields; a zone that stands in `present` may stay.

    Raises:
        Invalid: ``practice_fields``, with a code for every wrong field
            (``<field>_missing``, ``_too_long``, ``_invalid``, ``_unknown``, ``_out_of_range``).
    """
    errors: dict[str, str] = {}
    checked = replace(
        given,
        name=check_line(errors, "name", given.name, LONGEST_NAME, required=True),
        contact_email=_contact_email(errors, given.contact_email),
        contact_phone=check_phone(errors, "contact_phone", given.contact_phone),
        country=line(given.country).upper(),
        accent=line(given.accent).lower(),
    )
    if checked.language not in LANGUAGES:
        errors["language"] = "language_unknown"
    timezone = entered_zone(checked.timezone, present.timezone if present else None)
    if timezone is None:
        errors["timezone"] = "timezone_unknown"
    if checked.country and checked.country not in countries():
        errors["country"] = "country_unknown"
    if _ACCENT.fullmatch(checked.accent) is None:
        errors["accent"] = "accent_invalid"
    if not MIN_LINK_DAYS <= checked.link_days <= MAX_LINK_DAYS:
        errors["link_days"] = "link_days_out_of_range"
    if not MIN_DEVICE_MINUTES <= checked.device_idle_minutes <= MAX_DEVICE_MINUTES:
        errors["device_idle_minutes"] = "device_idle_minutes_out_of_range"
    if not checked.device_idle_minutes <= checked.device_absolute_minutes <= MAX_DEVICE_MINUTES:
        errors["device_absolute_minutes"] = "device_absolute_minutes_out_of_range"
    if errors:
        raise Invalid("practice_fields", "Some fields are not right.", fields=errors)
    return replace(checked, timezone=timezone or checked.timezone)


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


_READERS = {field.name: _reader(field.name) for field in fields(PracticeFields)} | {
    "second_factor_from": lambda word: None if word == "no" else date.fromisoformat(word)
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
    return replace(given, name=name, email=email or "")


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
