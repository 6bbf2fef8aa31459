"""A client's fields between a form's text and the contract's struct."""

from __future__ import annotations

from datetime import date
from typing import Final

from gateway.web.submitted import Submitted
from gateway.words.language import LANGUAGES
from portal_contracts.errors import Invalid
from portal_contracts.identity_links.rpc.clients import ClientDetails, ClientFields

NAMES: Final = (
    "name",
    "preferred_name",
    "pronouns",
    "email",
    "phone",
    "date_of_birth",
    "timezone",
    "language",
    "tags",
    "remark",
)


def languages() -> tuple[str, ...]:
    """The languages to choose from."""
    return LANGUAGES


def typed(form: Submitted) -> dict[str, str]:
    """What was typed, as it goes back into the form."""
    return form.values(dict.fromkeys(NAMES, ""))


def blank(timezone: str, language: str) -> dict[str, str]:
    """A new client's form: the practice's zone and language are chosen."""
    return dict.fromkeys(NAMES, "") | {"timezone": timezone, "language": language}


def of_client(client: ClientDetails) -> dict[str, str]:
    """A client's form as it stands."""
    return {
        "name": client.name,
        "preferred_name": client.preferred_name,
        "pronouns": client.pronouns,
        "email": client.email,
        "phone": client.phone,
        "date_of_birth": client.date_of_birth.isoformat() if client.date_of_birth else "",
        "timezone": client.timezone,
        "language": client.language,
        "tags": ", ".join(client.tags),
        "remark": client.remark or "",
    }


def parse(form: Submitted) -> ClientFields:
    """The fields for identity-links, which judges all but the shape of the date.

    Raises:
        Invalid: ``invalid_fields``: no date; then what is plainly missing is
            named too, so that all of it is said at once.
    """
    values = typed(form)
    born = values["date_of_birth"]
    try:
        date_of_birth = date.fromisoformat(born) if born else None
    except ValueError:
        missing = {name: f"{name}_missing" for name in ("name", "email") if not values[name]}
        errors = missing | {"date_of_birth": "date_of_birth_invalid"}
        raise Invalid("invalid_fields", "Some fields are not right.", fields=errors) from None
    return ClientFields(
        name=values["name"],
        email=values["email"],
        preferred_name=values["preferred_name"],
        pronouns=values["pronouns"],
        phone=values["phone"],
        date_of_birth=date_of_birth,
        timezone=values["timezone"],
        language=values["language"],
        tags=[tag for part in values["tags"].split(",") if (tag := part.strip())],
        remark=values["remark"] if "remark" in form else None,
    )
