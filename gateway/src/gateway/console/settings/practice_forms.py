"""What is set of a practice, section by section: how forms ask for it, and what was typed.

A form's texts go by the names of `portal_contracts` as they are; a field that is added there
and to `SECTION_FIELDS` is added to a form here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from enum import StrEnum
from typing import Any, Final

from gateway.console.form_fields import FormField, FormPart, Option, fields_of
from gateway.web.typed_numbers import read_count
from gateway.words.extraction import _
from gateway.words.wall_time import read_date
from portal_contracts.errors import Invalid
from portal_contracts.identity_links.rpc.practice import PracticeDetails, PracticeSection
from portal_contracts.identity_links.rpc.targets import EntryMode, SecondCheck

_HOUR: Final = 60
_DAY: Final = 24 * _HOUR


def _durations(*minutes: int) -> tuple[Option, ...]:
    return tuple(Option(str(each)) for each in minutes)


FORMS: Final[Mapping[PracticeSection, Sequence[FormPart]]] = {
    PracticeSection.PRACTICE: (
        FormPart(
            _("What clients see"),
            (
                (FormField(name="name", label=_("Name"), required=True),),
                (
                    FormField(
                        name="contact_email",
                        label=_("Contact e-mail"),
                        kind="email",
                        optional=True,
                    ),
                    FormField(
                        name="contact_phone", label=_("Contact phone"), kind="tel", optional=True
                    ),
                ),
                (
                    FormField(
                        name="postal_address",
                        label=_("Postal address"),
                        hint=_("Line by line, as on a letter."),
                        kind="lines",
                        optional=True,
                    ),
                ),
            ),
        ),
        FormPart(
            _("Where and in which language"),
            (
                (
                    FormField(
                        name="language",
                        label=_("Language"),
                        hint=_("New clients begin with it."),
                        kind="language",
                    ),
                    FormField(name="country", label=_("Country"), kind="country", optional=True),
                ),
                (
                    FormField(
                        name="timezone",
                        label=_("Time zone"),
                        hint=_(
                            "The console and mails to you show times in it, and new clients "
                            "begin with it. Your hours, appointments that are booked and clients "
                            "who are there keep the zone they have."
                        ),
                        kind="timezone",
                    ),
                ),
            ),
        ),
    ),
    PracticeSection.FACE: (
        FormPart(
            _("Colour"),
            (
                (
                    FormField(
                        name="accent",
                        label=_("Colour of your pages"),
                        hint=_("As # and six digits or letters, like #2f6f6a."),
                        required=True,
                    ),
                ),
            ),
        ),
    ),
    PracticeSection.LINKS: (
        FormPart(
            _("How long and how often"),
            (
                (
                    FormField(
                        name="link_days",
                        label=_("Days that a link works"),
                        kind="number",
                        required=True,
                    ),
                ),
                (
                    FormField(
                        name="single_use",
                        label=_("A link lets in one device only"),
                        hint=_(
                            "After that it is used up, and another device needs a new one. "
                            "A button is then always pressed first."
                        ),
                        kind="switch",
                    ),
                ),
            ),
        ),
        FormPart(
            _("What a new device is asked for"),
            (
                (
                    FormField(
                        name="entry",
                        label=_("Coming in"),
                        kind="choice",
                        options=(
                            Option(
                                EntryMode.ONE_CLICK,
                                _("One click"),
                                _("The link in the mail opens the portal."),
                            ),
                            Option(
                                EntryMode.BUTTON,
                                _("A button first"),
                                _("The link shows a page with a button that opens the portal."),
                            ),
                        ),
                    ),
                ),
                (
                    FormField(
                        name="second_check",
                        label=_("Second check"),
                        kind="choice",
                        options=(
                            Option(
                                SecondCheck.NONE,
                                _("None"),
                                _("Whoever holds the link is in."),
                            ),
                            Option(
                                SecondCheck.DATE_OF_BIRTH,
                                _("Date of birth"),
                                _(
                                    "Clients without one on file are mailed a code of six digits "
                                    "instead."
                                ),
                            ),
                        ),
                    ),
                ),
            ),
        ),
    ),
    PracticeSection.SECURITY: (
        FormPart(
            _("Two-step sign-in of your team"),
            (
                (
                    FormField(
                        name="second_factor_from",
                        label=_("Everybody needs one from"),
                        hint=_(
                            "Until that day the console reminds those who have none; after it "
                            "they set one up before anything else. Leave it empty for nobody."
                        ),
                        kind="date",
                        optional=True,
                    ),
                ),
            ),
        ),
        FormPart(
            _("Clients’ devices"),
            (
                (
                    FormField(
                        name="device_idle_minutes",
                        label=_("Signed out after so long without use"),
                        kind="duration",
                        options=_durations(15, 30, _HOUR, 2 * _HOUR, 8 * _HOUR, _DAY, 7 * _DAY),
                    ),
                    FormField(
                        name="device_absolute_minutes",
                        label=_("… and in any case after"),
                        kind="duration",
                        options=_durations(_HOUR, 8 * _HOUR, _DAY, 7 * _DAY, 30 * _DAY, 90 * _DAY),
                    ),
                ),
            ),
        ),
    ),
}
"""The form of each section."""


Read = Callable[[str, str, dict[str, str]], Any]


def _date(name: str, text: str, errors: dict[str, str]) -> date | None:
    found = read_date(text)
    if text and found is None:
        errors[name] = "date_invalid"
    return found


def _number(name: str, text: str, errors: dict[str, str]) -> int | None:
    return read_count(name, text, errors)


def _choice(kind: type[StrEnum]) -> Read:
    def read(name: str, text: str, errors: dict[str, str]) -> StrEnum | None:
        try:
            return kind(text)
        except ValueError:
            errors[name] = "invalid"
            return None

    return read


_READ: Final[Mapping[str, Read]] = {
    "link_days": _number,
    "device_idle_minutes": _number,
    "device_absolute_minutes": _number,
    "single_use": lambda _name, text, _errors: bool(text),
    "entry": _choice(EntryMode),
    "second_factor_from": _date,
    "second_check": _choice(SecondCheck),
}
"""How what is no text is read; what is wrong with it goes to the errors."""


def names_of(section: PracticeSection) -> tuple[str, ...]:
    """The members that a section's form asks for, in the order of the page."""
    return tuple(field.name for field in fields_of(FORMS[section]))


def typed_of(practice: PracticeDetails, section: PracticeSection) -> dict[str, str]:
    """A section's form as the practice stands."""
    return {name: _as_text(getattr(practice, name)) for name in names_of(section)}


def read(typed: Mapping[str, str], names: Iterable[str]) -> dict[str, Any]:
    """The members of these names as the contract has them.

    Raises:
        Invalid: ``invalid_fields``: no number, or none of the choices.
    """
    errors: dict[str, str] = {}
    values = {
        name: _READ[name](name, typed[name], errors) if name in _READ else typed[name]
        for name in names
    }
    if errors:
        raise Invalid("invalid_fields", "Some fields are not right.", fields=errors)
    return values


def _as_text(value: str | int | date | None) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else ""
    return value.value if isinstance(value, StrEnum) else str(value)
