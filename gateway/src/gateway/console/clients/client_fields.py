"""A client's fields: how the form shows them, and between its text and the contract's struct."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from gateway.console.form_fields import FormField, FormPart, fields_of
from gateway.web.submitted import Submitted
from gateway.words.extraction import _
from gateway.words.wall_time import read_date
from portal_contracts.errors import Invalid
from portal_contracts.identity_links.rpc.clients import ClientDetails, ClientFields
from portal_contracts.permissions import Permission

FORM: Final = (
    FormPart(
        _("Who it is"),
        (
            (FormField(name="name", label=_("Name"), required=True),),
            (
                FormField(
                    name="preferred_name",
                    label=_("Preferred name"),
                    hint=_("How the portal and the e-mails greet."),
                    optional=True,
                ),
                FormField(
                    name="pronouns",
                    label=_("Pronouns"),
                    hint=_("For example she/her."),
                    optional=True,
                ),
            ),
            (
                FormField(
                    name="date_of_birth", label=_("Date of birth"), kind="date", optional=True
                ),
            ),
        ),
    ),
    FormPart(
        _("How to reach the client"),
        (
            (
                FormField(
                    name="email",
                    label=_("E-mail address"),
                    hint=_("Portal links go here and nowhere else."),
                    kind="email",
                    required=True,
                ),
            ),
            (FormField(name="phone", label=_("Phone"), kind="tel", optional=True),),
            (
                FormField(
                    name="language",
                    label=_("Language"),
                    hint=_("Of the portal and the e-mails."),
                    kind="language",
                ),
                FormField(
                    name="timezone",
                    label=_("Time zone"),
                    hint=_("Times are shown in it."),
                    kind="timezone",
                ),
            ),
        ),
    ),
    FormPart(
        _("For the practice alone"),
        (
            (
                FormField(
                    name="tags",
                    label=_("Tags"),
                    hint=_("Separated by commas. The client does not see them."),
                    optional=True,
                ),
            ),
            (
                FormField(
                    name="remark",
                    label=_("Private remark"),
                    hint=_("Stored encrypted; never shown to the client."),
                    kind="lines",
                    optional=True,
                    permission=Permission.REMARK_WRITE,
                ),
            ),
        ),
    ),
)
"""Every field that the contract has, in the order of the page."""

NAMES: Final = tuple(field.name for field in fields_of(FORM))
_REQUIRED: Final = tuple(field.name for field in fields_of(FORM) if field.required)


def typed(form: Submitted) -> dict[str, str]:
    """What was typed, as it goes back into the form."""
    return form.values(dict.fromkeys(NAMES, ""))


def blank(timezone: str, language: str) -> dict[str, str]:
    """A new client's form: the practice's zone and language are chosen."""
    return dict.fromkeys(NAMES, "") | {"timezone": timezone, "language": language}


def of_client(client: ClientDetails) -> dict[str, str]:
    """A client's form as it stands."""
    return {name: _as_text(getattr(client, name)) for name in NAMES}


def parse(form: Submitted) -> ClientFields:
    """The fields for identity-links, which judges all but the shape of the date.

    Raises:
        Invalid: ``invalid_fields``: no date; then what is plainly missing is
            named too, so that all of it is said at once.
    """
    values: dict[str, Any] = typed(form)
    born = values["date_of_birth"]
    values["date_of_birth"] = read_date(born)
    if born and values["date_of_birth"] is None:
        missing = {name: f"{name}_missing" for name in _REQUIRED if not values[name]}
        errors = missing | {"date_of_birth": "date_of_birth_invalid"}
        raise Invalid("invalid_fields", "Some fields are not right.", fields=errors)
    values["tags"] = [tag for part in values["tags"].split(",") if (tag := part.strip())]
    if "remark" not in form:
        values["remark"] = None
    return ClientFields(**values)


def _as_text(value: str | date | list[str] | None) -> str:
    if isinstance(value, list):
        return ", ".join(value)
    return "" if value is None else str(value)
