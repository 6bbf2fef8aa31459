"""Fields of a form, declared: the template, the parsing and the list of errors take them from here.

`macros/declared.html` draws them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from portal_contracts.permissions import Permission

Kind = Literal[
    "text",
    "email",
    "tel",
    "date",
    "lines",
    "number",
    "switch",
    "language",
    "timezone",
    "country",
    "choice",
    "duration",
]
"""How a field is filled in: ``lines`` are several lines of text, a ``switch`` is on or off; the
last five are chosen, a ``choice`` and a ``duration`` (in minutes) from `FormField.options`."""


class Option(NamedTuple):
    """One of the values of a choice: its msgid, and a msgid of what it means."""

    value: str
    label: str = ""
    hint: str = ""


@dataclass(frozen=True, kw_only=True)
class FormField:
    """One field of a form.

    Attributes:
        name: its name in the form, which is the contract's.
        label: msgid of what it is called.
        hint: msgid of what helps to fill it in; empty for nothing.
        kind: how it is filled in.
        required: browsers are told that it must be.
        optional: the label says that it may stay empty.
        permission: shown to whoever has it; None for everybody.
        options: of a choice or a duration.
    """

    name: str
    label: str
    hint: str = ""
    kind: Kind = "text"
    required: bool = False
    optional: bool = False
    permission: Permission | None = None
    options: tuple[Option, ...] = ()


class FormPart(NamedTuple):
    """Fields under one title (a msgid), row by row; two of a row stand side by side."""

    title: str
    rows: Sequence[Sequence[FormField]]


def fields_of(parts: Sequence[FormPart]) -> tuple[FormField, ...]:
    """All fields, in the order in which they stand on the page."""
    return tuple(field for part in parts for row in part.rows for field in row)
