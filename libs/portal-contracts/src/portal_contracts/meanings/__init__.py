"""What each member of a struct means, said once: for the reference, and for the API's document."""

from __future__ import annotations

import inspect
import re
from collections.abc import Mapping
from typing import Final

from portal_contracts.meanings.appointments import APPOINTMENTS
from portal_contracts.meanings.everywhere import EVERYWHERE
from portal_contracts.meanings.forms import FORMS
from portal_contracts.meanings.identity_links import IDENTITY_LINKS
from portal_contracts.meanings.offering import OFFERING

PARTICULAR: Final[Mapping[str, str]] = {**IDENTITY_LINKS, **OFFERING, **APPOINTMENTS, **FORMS}
"""``Struct.member`` to what it means there."""


def meaning_of(struct: type, member: str) -> str:
    """What a member means: by the struct's ``Attributes``, else by the tables; or empty."""
    said = documentation(struct)[1].get(member)
    return said or PARTICULAR.get(f"{struct.__name__}.{member}") or EVERYWHERE.get(member, "")


def documentation(cls: type) -> tuple[str, dict[str, str]]:
    """The prose of a docstring, and its ``Attributes`` section as a table."""
    text = inspect.cleandoc(cls.__doc__ or "").replace("``", "`")
    prose, _, section = text.partition("\nAttributes:\n")
    attributes: dict[str, str] = {}
    name = ""
    for line in inspect.cleandoc(section).splitlines():
        if entry := re.match(r"(\w+): (.*)", line):
            name = entry.group(1)
            attributes[name] = entry.group(2)
        elif line.strip():
            attributes[name] += " " + line.strip()
    return prose.strip(), attributes
