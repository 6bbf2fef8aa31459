"""How the kinds of questions stand on a page, an entry for each.

A question has one field, or several with a name each: a date has three, and
each choice of many its own, so that a section is a plain form that a browser
without JavaScript can send. What was typed into them is forms' to read.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from gateway.words.extraction import _
from portal_contracts.forms.rpc.filling import DATE_PARTS, NO, YES
from portal_contracts.forms.rpc.questions import Answer, Question, QuestionKind


@dataclass(frozen=True)
class Kind:
    """One kind of question.

    Attributes:
        name: what an editor calls it.
        asked_by: the macro of `macros/question_kinds.html` that asks it.
        shown_by: the macro there that shows an answer; None for one that is only read.
        fields: an answer as it fills the fields, by their names; by an empty one where
            there is only one.
        shown: of an answer what its macro is given to show.
        words: by the code of what is wrong the one of `gateway.words` to call it by; those of
            answers begin with ``answer_`` where nothing else stands here.
    """

    name: str
    asked_by: str
    shown_by: str | None
    fields: Callable[[Any], Mapping[str, str]] = lambda answer: {"": str(answer)}
    shown: Callable[[Question, Any], Any] = lambda _unused, answer: answer
    words: Mapping[str, str] = field(default_factory=dict)


def kind_of(question: Question) -> Kind:
    """How `question` stands on a page."""
    return KINDS[question.kind]


def _number_field(answer: float) -> dict[str, str]:
    return {"": str(int(answer) if float(answer).is_integer() else answer)}


def _date_fields(answer: str) -> dict[str, str]:
    day = date.fromisoformat(answer)
    return dict(zip(DATE_PARTS, (str(day.day), str(day.month), str(day.year)), strict=True))


def _truth_field(answer: bool) -> dict[str, str]:
    return {"": YES if answer else NO}


def _choice_fields(answer: str | dict[str, str]) -> dict[str, str]:
    if not isinstance(answer, dict):
        return {"": answer}
    (code, words) = next(iter(answer.items()))
    return {"": code, code: words}


def _chosen(question: Question, answer: Answer) -> list[str]:
    """The words of what was chosen, in the form's order, with what was written beside it."""
    written = answer if isinstance(answer, dict) else {}
    codes = answer if isinstance(answer, list | dict) else [answer]
    return [
        ": ".join(filter(None, (choice.text, written.get(choice.code))))
        for choice in question.choices
        if choice.code in codes
    ]


def _rows(question: Question, answer: dict[str, str]) -> list[tuple[str, str]]:
    """Each row that was answered, with the words of the choice made in it."""
    words = {choice.code: choice.text for choice in question.choices}
    return [
        (row.text, words.get(answer[row.code], "")) for row in question.rows if row.code in answer
    ]


def _address(_question: Question, answer: dict[str, str]) -> list[str]:
    """The lines of an address."""
    place = " ".join(filter(None, (answer.get("postal_code"), answer.get("city"))))
    return [one for one in (answer.get("street"), place, answer.get("country")) if one]


KINDS: dict[QuestionKind, Kind] = {
    QuestionKind.TEXT: Kind(_("Short text"), "ask_line", "show_text"),
    QuestionKind.LONG_TEXT: Kind(_("Long text"), "ask_paragraphs", "show_text"),
    QuestionKind.NUMBER: Kind(_("Number"), "ask_number", "show_number", fields=_number_field),
    QuestionKind.DATE: Kind(
        _("Date"),
        "ask_date",
        "show_date",
        fields=_date_fields,
        shown=lambda _question, answer: date.fromisoformat(answer),
    ),
    QuestionKind.TIME: Kind(_("Time"), "ask_time", "show_time"),
    QuestionKind.EMAIL: Kind(_("E-mail address"), "ask_email", "show_text"),
    QuestionKind.PHONE: Kind(_("Phone number"), "ask_phone", "show_text"),
    QuestionKind.ADDRESS: Kind(
        _("Postal address"), "ask_address", "show_lines", fields=dict, shown=_address
    ),
    QuestionKind.YES_NO: Kind(_("Yes or no"), "ask_yes_no", "show_yes_no", fields=_truth_field),
    QuestionKind.CHOICE: Kind(
        _("One of several"), "ask_choice", "show_choice", fields=_choice_fields, shown=_chosen
    ),
    QuestionKind.CHOICES: Kind(
        _("Several of many"),
        "ask_choices",
        "show_choices",
        fields=lambda answer: dict.fromkeys(answer, YES),
        shown=_chosen,
    ),
    QuestionKind.SCALE: Kind(_("Scale"), "ask_scale", "show_step", fields=_number_field),
    QuestionKind.MATRIX: Kind(
        _("Table of choices"), "ask_matrix", "show_matrix", fields=dict, shown=_rows
    ),
    QuestionKind.CONSENT: Kind(_("Consent"), "ask_consent", "show_consent", fields=_truth_field),
    QuestionKind.SIGNATURE: Kind(
        _("Signature"),
        "ask_signature",
        "show_signature",
        words={"required": "answer_signature_required"},
    ),
    QuestionKind.CALCULATED: Kind(
        _("Calculated value"), "show_value", "show_number", fields=_number_field
    ),
    QuestionKind.HEADING: Kind(_("Heading"), "show_heading", None),
    QuestionKind.INFO: Kind(_("Text to read"), "show_info", None),
}
