"""What sets the kinds of questions apart, an entry for each.

What holds for any question stands in `documents.py`, `answers.py` and
`problems.py`, which look here for the rest. What a question of a kind may hold stands in the
contract (`MEMBERS`), where the gateway's editor finds it too.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from forms.domain import answer_problems, answer_scores, exported, refusals, typed
from forms.domain.answer_scores import Scores
from forms.domain.exported import InTable
from portal_contracts.forms.rpc.conditions import Value
from portal_contracts.forms.rpc.question_kinds import MEMBERS
from portal_contracts.forms.rpc.questions import (
    ADDRESS_PARTS,
    GIVES_NO_ANSWER,
    LONGEST_PARAGRAPHS,
    LONGEST_TEXT,
    LONGEST_TITLE,
    Answer,
    Question,
    QuestionKind,
)
from portal_contracts.text import line, paragraphs


@dataclass(frozen=True)
class Kind:
    """One kind of question.

    Attributes:
        refuse: why a value can be no answer: a code, or None.
        read: the answer in the fields of a page; raises `typed.UnreadableError`.
        in_one_form: an answer that is possible, always written in the same way, so that a
            draft knows a change; None where nothing is left of it.
        problem: what is wrong with an answer that is possible: a code, or None.
        missing: what is wrong without an answer where one is required.
        refuse_value: why an answer can never be compared with a value: a code, or None.
        scores: what its answers score; None for nothing.
        in_table: how its answers stand in a table that is exported.
        witnessed: its answers are kept with the time they were given.
        agreed: they are kept with the hash of the question's text, too.
        signs: an answer stands for all others as they are.
        takes_several: of its choices several may be chosen, unless one is to stand alone.
        takes_other: beside one of them may be written what is meant.
        has_steps: every whole number between its bounds is offered.
        longest_question: how many characters a question's own text may have.
    """

    refuse: Callable[[Question, Any], str | None]
    read: Callable[[Question, typed.Fields], Answer | None]
    in_one_form: Callable[[Question, Any], Answer | None] = lambda _question, answer: answer
    problem: Callable[[Question, Any], str | None] = lambda _question, _answer: None
    missing: str = "required"
    refuse_value: Callable[[Question, Value], str | None] | None = None
    scores: Scores | None = None
    in_table: InTable = exported.AS_IT_IS
    witnessed: bool = False
    agreed: bool = False
    signs: bool = False
    takes_several: bool = False
    takes_other: bool = False
    has_steps: bool = False
    longest_question: int = LONGEST_PARAGRAPHS


def kind_of(question: Question) -> Kind:
    """What sets `question` apart."""
    return KINDS[question.kind]


def asks(question: Question) -> bool:
    """Whether `question` takes an answer."""
    return question.kind not in GIVES_NO_ANSWER


def may_hold(question: Question, member: str) -> bool:
    """Whether a question of this kind may say `member`."""
    return member in MEMBERS[question.kind]


# --- the same answer in one form ------------------------------------------------------


def _whole_if_it_is(_question: Question, answer: float) -> float:
    return int(answer) if float(answer).is_integer() else answer


def _in_the_questions_order(question: Question, answer: list[str]) -> list[str]:
    return [choice.code for choice in question.choices if choice.code in answer]


def _choice_with_words(question: Question, answer: str | dict[str, str]) -> Answer:
    other = refusals.other_of(question)
    if isinstance(answer, dict):
        return {code: line(words) for code, words in answer.items()}
    return {answer: ""} if other is not None and answer == other.code else answer


def _rows_in_order(question: Question, answer: dict[str, str]) -> Answer | None:
    rows = {row.code: answer[row.code] for row in question.rows if answer.get(row.code)}
    return rows or None


def _parts_in_order(_question: Question, answer: dict[str, str]) -> Answer | None:
    parts = {part: words for part in ADDRESS_PARTS if (words := line(answer.get(part, "")))}
    return parts or None


# --- the kinds ------------------------------------------------------------------------

_LINE = Kind(
    refuse=refusals.refuse_text,
    read=typed.text,
    in_one_form=lambda _question, answer: line(answer),
)
_TEXT = replace(_LINE, problem=answer_problems.length_problem)
_NUMBER = Kind(
    refuse=refusals.refuse_number,
    read=typed.number,
    in_one_form=_whole_if_it_is,
    problem=answer_problems.number_problem,
    refuse_value=refusals.refuse_number,
)
_READ = Kind(refuse=refusals.refuse_all, read=lambda _question, _fields: None)

KINDS: dict[QuestionKind, Kind] = {
    QuestionKind.TEXT: _TEXT,
    QuestionKind.LONG_TEXT: replace(
        _TEXT, in_one_form=lambda _question, answer: paragraphs(answer)
    ),
    QuestionKind.NUMBER: _NUMBER,
    QuestionKind.DATE: Kind(
        refuse=refusals.refuse_date, read=typed.day, refuse_value=refusals.refuse_date
    ),
    QuestionKind.TIME: Kind(
        refuse=refusals.refuse_time, read=typed.time, refuse_value=refusals.refuse_time
    ),
    QuestionKind.EMAIL: replace(_LINE, problem=answer_problems.email_problem),
    QuestionKind.PHONE: replace(_LINE, problem=answer_problems.phone_problem),
    QuestionKind.ADDRESS: Kind(
        refuse=refusals.refuse_address,
        read=typed.address,
        in_one_form=_parts_in_order,
        problem=answer_problems.address_problem,
        in_table=exported.OF_ADDRESS,
    ),
    QuestionKind.YES_NO: Kind(
        refuse=refusals.refuse_truth,
        read=typed.truth,
        refuse_value=refusals.refuse_truth,
        in_table=InTable(exported.truth),
    ),
    QuestionKind.CHOICE: Kind(
        refuse=refusals.refuse_choice,
        read=typed.choice,
        in_one_form=_choice_with_words,
        problem=answer_problems.other_problem,
        refuse_value=refusals.refuse_code,
        scores=answer_scores.OF_CHOICES,
        in_table=InTable(exported.words_of_choice),
        takes_other=True,
    ),
    QuestionKind.CHOICES: Kind(
        refuse=refusals.refuse_codes,
        read=typed.codes,
        in_one_form=_in_the_questions_order,
        refuse_value=refusals.refuse_code,
        in_table=InTable(exported.words_of_choices),
        takes_several=True,
    ),
    QuestionKind.SCALE: replace(
        _NUMBER, read=typed.step, has_steps=True, scores=answer_scores.OF_STEPS
    ),
    QuestionKind.MATRIX: Kind(
        refuse=refusals.refuse_rows,
        read=typed.rows,
        in_one_form=_rows_in_order,
        problem=answer_problems.rows_problem,
        refuse_value=refusals.refuse_code,
        scores=answer_scores.OF_ROWS,
        in_table=exported.OF_ROWS,
    ),
    QuestionKind.CONSENT: Kind(
        refuse=refusals.refuse_truth,
        read=typed.agreement,
        problem=answer_problems.agreement_problem,
        missing=answer_problems.NOT_AGREED,
        in_table=InTable(exported.truth),
        refuse_value=refusals.refuse_truth,
        witnessed=True,
        agreed=True,
        longest_question=LONGEST_TEXT,
    ),
    QuestionKind.SIGNATURE: replace(_TEXT, witnessed=True, signs=True),
    QuestionKind.CALCULATED: replace(_READ, refuse_value=refusals.refuse_number),
    QuestionKind.HEADING: replace(_READ, longest_question=LONGEST_TITLE),
    QuestionKind.INFO: _READ,
}
