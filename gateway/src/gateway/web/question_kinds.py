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

from portal_contracts.forms.rpc.filling import DATE_PARTS, NO, YES
from portal_contracts.forms.rpc.questions import Answer, Question, QuestionKind


@dataclass(frozen=True)
class Kind:
    """One kind of question.

    Attributes:
        asked_by: the macro of `macros/question_kinds.html` that asks it.
        shown_by: the macro there that shows an answer; None for one that is only read.
        fields: an answer as it fills the fields, by their names; by an empty one where
            there is only one.
        shown: of an answer what its macro is given to show.
        words: by the code of what is wrong the one of `gateway.words` to call it by; those of
            answers begin with ``answer_`` where nothing else stands here.
    """

    asked_by: str
    shown_by: str | None
    fields: Callable[[Any], Mapping[str, str]] = lambda answer: {"": str(answer)}
    shown: Callable[[Question, Any], Any] = lambda _question, answer: answer
    words: Mapping[str, str] = field(default_factory=dict)

    @property
    def takes_answer(self) -> bool:
        """Whether it is more than read."""
        return self.shown_by is not None


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


def _chosen(question: Question, answer: Answer) -> list[str]:
    """The words of what was chosen, in the form's order."""
    codes = answer if isinstance(answer, list) else [answer]
    return [choice.text for choice in question.choices if choice.code in codes]


KINDS: dict[QuestionKind, Kind] = {
    QuestionKind.TEXT: Kind("ask_line", "show_text"),
    QuestionKind.LONG_TEXT: Kind("ask_paragraphs", "show_text"),
    QuestionKind.NUMBER: Kind("ask_number", "show_number", fields=_number_field),
    QuestionKind.DATE: Kind(
        "ask_date",
        "show_date",
        fields=_date_fields,
        shown=lambda _question, answer: date.fromisoformat(answer),
    ),
    QuestionKind.YES_NO: Kind("ask_yes_no", "show_yes_no", fields=_truth_field),
    QuestionKind.CHOICE: Kind("ask_choice", "show_choice", shown=_chosen),
    QuestionKind.CHOICES: Kind(
        "ask_choices",
        "show_choices",
        fields=lambda answer: dict.fromkeys(answer, YES),
        shown=_chosen,
    ),
    QuestionKind.SCALE: Kind("ask_scale", "show_step", fields=_number_field),
    QuestionKind.CONSENT: Kind("ask_consent", "show_consent", fields=_truth_field),
    QuestionKind.SIGNATURE: Kind(
        "ask_signature", "show_signature", words={"required": "answer_signature_required"}
    ),
    QuestionKind.INFO: Kind("show_info", None),
}
