"""What may be said of a client. All errors are told at once, each by a code.

Codes: ``<field>_missing``, ``<field>_too_long``, ``email_invalid``, ``phone_invalid``,
``date_of_birth_in_future``, ``date_of_birth_too_early``, ``timezone_unknown``,
``language_unknown``, ``tag_too_long``, ``tags_too_many``.
"""

from __future__ import annotations

import re
from datetime import date

from msgspec.structs import replace

from identity_links.domain.email_addresses import normalise_email
from identity_links.domain.phone_numbers import plain_phone
from identity_links.domain.places import LANGUAGES
from portal_contracts.errors import Invalid
from portal_contracts.identity_links.rpc.clients import (
    CLIENT_LINES,
    EARLIEST_BIRTH,
    LONGEST_EMAIL,
    LONGEST_REMARK,
    LONGEST_TAG,
    MOST_TAGS,
    ClientFields,
)
from portal_contracts.text import line, paragraphs
from portal_contracts.zones import entered_zone

_PHONE = re.compile(r"\+?[0-9(][0-9 ()./\-]*")
_MIN_PHONE_DIGITS = 4


def check_client_fields(
    fields: ClientFields,
    *,
    today: date,
    default_timezone: str,
    default_language: str,
    present_timezone: str | None = None,
    date_of_birth_required: bool = False,
) -> ClientFields:
    """`fields` cleaned and checked, with the practice's zone and language filled in.

    A remark of None stays None: nothing was said about it.

    Args:
        fields: as they came.
        today: the practice's date, for the date of birth.
        default_timezone: taken where no zone was said.
        default_language: taken where no language was said.
        present_timezone: what is stored of this client; said again it stays as it is.
        date_of_birth_required: new devices are asked for it, and can be for nothing else.

    Raises:
        Invalid: ``client_fields``, with a code for every wrong field.
    """
    errors: dict[str, str] = {}
    given = replace(fields, phone=plain_phone(fields.phone))
    lines = {
        name: check_line(errors, name, getattr(given, name), most, required=name == "name")
        for name, most in CLIENT_LINES.items()
    }
    _check_digits(errors, "phone", lines["phone"])
    checked = replace(
        fields,
        **lines,
        email=_email(errors, fields.email),
        date_of_birth=_birth(errors, fields.date_of_birth, today, required=date_of_birth_required),
        timezone=_timezone(errors, fields.timezone, present_timezone, default_timezone),
        language=_language(errors, fields.language or default_language),
        tags=_tags(errors, fields.tags),
        remark=_remark(errors, fields.remark),
    )
    if errors:
        raise Invalid("client_fields", "Some fields are not right.", fields=errors)
    return checked


def check_line(
    errors: dict[str, str], field: str, value: str, limit: int, *, required: bool = False
) -> str:
    """One cleaned line of at most `limit` characters; what is wrong goes to `errors`."""
    text = line(value)
    if required and not text:
        errors[field] = f"{field}_missing"
    elif len(text) > limit:
        errors[field] = f"{field}_too_long"
    return text


def check_phone(errors: dict[str, str], field: str, value: str) -> str:
    """A phone number as people write it, or nothing; what is wrong goes to `errors`."""
    text = check_line(errors, field, plain_phone(value), CLIENT_LINES["phone"])
    _check_digits(errors, field, text)
    return text


def _check_digits(errors: dict[str, str], field: str, text: str) -> None:
    digits = sum(character.isdigit() for character in text)
    if (
        text
        and field not in errors
        and (_PHONE.fullmatch(text) is None or digits < _MIN_PHONE_DIGITS)
    ):
        errors[field] = f"{field}_invalid"


def _email(errors: dict[str, str], value: str) -> str:
    text = line(value)
    address = normalise_email(text)
    if not text:
        errors["email"] = "email_missing"
    elif len(text) > LONGEST_EMAIL:
        errors["email"] = "email_too_long"
    elif address is None:
        errors["email"] = "email_invalid"
    return address or ""


def _birth(
    errors: dict[str, str], value: date | None, today: date, *, required: bool
) -> date | None:
    if value is None:
        if required:
            errors["date_of_birth"] = "date_of_birth_missing"
    elif value > today:
        errors["date_of_birth"] = "date_of_birth_in_future"
    elif value < EARLIEST_BIRTH:
        errors["date_of_birth"] = "date_of_birth_too_early"
    return value


def _timezone(errors: dict[str, str], value: str, present: str | None, default: str) -> str:
    zone = entered_zone(value or default, present)
    if zone is None and value not in {"", default}:
        errors["timezone"] = "timezone_unknown"
    return zone or default


def _language(errors: dict[str, str], value: str) -> str:
    if value not in LANGUAGES:
        errors["language"] = "language_unknown"
    return value


def _tags(errors: dict[str, str], values: list[str]) -> list[str]:
    tags: dict[str, str] = {}
    for value in values:
        tag = line(value)
        if len(tag) > LONGEST_TAG:
            errors["tags"] = "tag_too_long"
        elif tag:
            tags.setdefault(tag.casefold(), tag)
    if len(tags) > MOST_TAGS:
        errors["tags"] = "tags_too_many"
    return list(tags.values())


def _remark(errors: dict[str, str], value: str | None) -> str | None:
    if value is None:
        return None
    text = paragraphs(value)
    if len(text) > LONGEST_REMARK:
        errors["remark"] = "remark_too_long"
    return text
