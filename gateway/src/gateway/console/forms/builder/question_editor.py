"""The fields by which a question is changed, as its kind declares them in the contract.

A member has its field, and a reader of what was typed into it, whatever kinds have it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, NamedTuple

from msgspec.structs import replace

from gateway.console.form_fields import FormField
from gateway.console.forms.builder.calculations import read_calculation, texts_of_calculation
from gateway.console.forms.builder.conditions import read_condition, texts_of_condition
from gateway.console.forms.builder.items import Item
from gateway.console.forms.builder.rows import read_choices, read_rows, texts_of_choices
from gateway.console.forms.builder.typed_parts import PREFIX, Reader, Texts, number_text
from gateway.words.extraction import _
from portal_contracts.forms.rpc.question_kinds import MEMBERS
from portal_contracts.forms.rpc.questions import (
    GIVES_NO_ANSWER,
    LONGEST_LABEL,
    LONGEST_PARAGRAPHS,
    LONGEST_TEXT,
    LONGEST_UNIT,
    Question,
    QuestionKind,
)

QUESTION_TEXT: Final = FormField(
    name=f"{PREFIX}text", label=_("Question"), kind="lines", required=True
)
TEXTS: Final[dict[QuestionKind, FormField]] = {
    QuestionKind.CONSENT: FormField(
        name=f"{PREFIX}text",
        label=_("What is agreed to"),
        hint=_("The client reads it word for word. It is kept as it stands with the answer."),
        kind="lines",
    ),
    QuestionKind.HEADING: FormField(name=f"{PREFIX}text", label=_("Heading"), kind="lines"),
    QuestionKind.INFO: FormField(name=f"{PREFIX}text", label=_("Text"), kind="lines"),
    QuestionKind.CALCULATED: FormField(
        name=f"{PREFIX}text", label=_("What the value is called"), kind="lines"
    ),
}
"""How the words of a question are asked for, where they are no question."""

HELP: Final = FormField(
    name=f"{PREFIX}help",
    label=_("Help"),
    hint=_("It stands in small below the question."),
    kind="lines",
    optional=True,
)
REQUIRED: Final = FormField(name=f"{PREFIX}required", label=_("Must be answered"), kind="switch")

FIELDS: Final[dict[str, FormField]] = {
    one.name.removeprefix(PREFIX): one
    for one in (
        FormField(
            name=f"{PREFIX}max_length",
            label=_("Characters at most"),
            kind="number",
            optional=True,
        ),
        FormField(name=f"{PREFIX}minimum", label=_("Smallest number"), optional=True),
        FormField(name=f"{PREFIX}maximum", label=_("Largest number"), optional=True),
        FormField(name=f"{PREFIX}whole", label=_("Whole numbers only"), kind="switch"),
        FormField(
            name=f"{PREFIX}unit", label=_("Unit"), hint=_("For example hours."), optional=True
        ),
        FormField(name=f"{PREFIX}low_label", label=_("Words at the low end"), optional=True),
        FormField(name=f"{PREFIX}high_label", label=_("Words at the high end"), optional=True),
        FormField(name=f"{PREFIX}decimals", label=_("Decimal places"), kind="number"),
    )
}
"""Members that are one field each."""

WIDGETS: Final = ("rows", "choices", "calculation")
"""Members that take several fields; the macro of `macros/builder_fields.html` has their name."""

_PAIRS: Final = (("minimum", "maximum"), ("low_label", "high_label"))

Read = Callable[[Reader, Question], Any]

_READERS: Final[dict[str, Read]] = {
    "max_length": lambda reader, _former: reader.whole("max_length"),
    "minimum": lambda reader, _former: reader.number("minimum"),
    "maximum": lambda reader, _former: reader.number("maximum"),
    "whole": lambda reader, _former: reader.switch("whole"),
    "unit": lambda reader, _former: reader.line("unit", LONGEST_UNIT),
    "low_label": lambda reader, _former: reader.line("low_label", LONGEST_LABEL),
    "high_label": lambda reader, _former: reader.line("high_label", LONGEST_LABEL),
    "decimals": lambda reader, _former: reader.whole("decimals") or 0,
    "choices": read_choices,
    "rows": read_rows,
}


class Widget(NamedTuple):
    """A part of an editor: fields side by side, or what takes several under one name."""

    macro: str
    name: str = ""
    fields: tuple[FormField, ...] = ()


def widgets_of(question: Question) -> list[Widget]:
    """What the editor of a question shows, in the order of its kind's members."""
    text = TEXTS.get(question.kind, QUESTION_TEXT)
    shown = [Widget("declared", fields=(text,)), Widget("declared", fields=(HELP,))]
    members = MEMBERS[question.kind]
    second = {two for one, two in _PAIRS if one in members}
    for member in members:
        if member in WIDGETS:
            shown.append(Widget(member, member))
        elif member not in second:
            pair = next((two for one, two in _PAIRS if one == member), None)
            fields = (FIELDS[member], *([FIELDS[pair]] if pair in members else []))
            shown.append(Widget("declared", fields=fields))
    if question.kind not in GIVES_NO_ANSWER:
        shown += [Widget("declared", fields=(REQUIRED,)), Widget("condition", "required_when")]
    return [*shown, Widget("condition", "shown_when")]


def texts_of_question(question: Question) -> Texts:
    """The fields of a question as it stands."""
    texts = {
        "text": question.text,
        "help": question.help,
        "required": "1" if question.required else "",
        "max_length": number_text(question.max_length),
        "minimum": number_text(question.minimum),
        "maximum": number_text(question.maximum),
        "whole": "1" if question.whole else "",
        "unit": question.unit,
        "low_label": question.low_label,
        "high_label": question.high_label,
        "decimals": number_text(question.decimals),
    }
    return (
        texts
        | texts_of_choices(question)
        | texts_of_calculation("calculation", question.calculation)
        | texts_of_condition("shown_when", question.shown_when)
        | texts_of_condition("required_when", question.required_when)
    )


def read_question(reader: Reader, former: Question, items: list[Item]) -> Question:
    """A question as it was typed; what is wrong with a field is among the reader's errors.

    Args:
        reader: of what was typed.
        former: the question as it stands, for its id, its kind and the codes of its choices.
        items: what its conditions and its calculation may look at.
    """
    longest = LONGEST_TEXT if former.kind is QuestionKind.CONSENT else LONGEST_PARAGRAPHS
    members = {
        member: _READERS[member](reader, former)
        for member in MEMBERS[former.kind]
        if member in _READERS
    }
    if "calculation" in MEMBERS[former.kind]:
        members["calculation"] = read_calculation(reader, "calculation", items)
    asks = former.kind not in GIVES_NO_ANSWER
    # What no page asks for stays as it is, such as the codes of a published scale.
    return replace(
        former,
        text=reader.lines("text", longest),
        help=reader.lines("help", LONGEST_PARAGRAPHS),
        required=reader.switch("required") if asks else former.required,
        shown_when=read_condition(reader, "shown_when", items),
        required_when=read_condition(reader, "required_when", items) if asks else None,
        **members,
    )
