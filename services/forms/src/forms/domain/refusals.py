"""What can be no answer to a question of some kind, whatever its bounds are."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from portal_contracts.forms.rpc.questions import ADDRESS_PARTS, LONGEST_TEXT, Choice, Question
from portal_contracts.text import paragraphs

LARGEST_NUMBER = 1e15
"""Beyond it a number is not told apart from its neighbours by every reader of JSON."""

WRONG_TYPE = "wrong_type"

_DATE = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")
_TIME = re.compile("([01][0-9]|2[0-3]):[0-5][0-9]")


def is_date(text: str) -> bool:
    """Whether `text` is a day that exists, as ``YYYY-MM-DD``."""
    if not _DATE.fullmatch(text):
        return False
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def refuse_text(_question: Question, answer: Any) -> str | None:
    """A text, not endless."""
    if not isinstance(answer, str):
        return WRONG_TYPE
    return "too_long" if len(paragraphs(answer)) > LONGEST_TEXT else None


def refuse_number(_question: Question, answer: Any) -> str | None:
    """A number that every reader of JSON tells apart."""
    if isinstance(answer, bool) or not isinstance(answer, (int, float)):
        return WRONG_TYPE
    # False for NaN and infinity too; a whole number of any length compares without overflow.
    return None if abs(answer) <= LARGEST_NUMBER else WRONG_TYPE


def refuse_date(_question: Question, answer: Any) -> str | None:
    """``YYYY-MM-DD``."""
    if not isinstance(answer, str):
        return WRONG_TYPE
    return None if not answer or is_date(answer) else "not_a_date"


def refuse_time(_question: Question, answer: Any) -> str | None:
    """``HH:MM``."""
    if not isinstance(answer, str):
        return WRONG_TYPE
    return None if not answer or _TIME.fullmatch(answer) else "not_a_time"


def refuse_truth(_question: Question, answer: Any) -> str | None:
    """Yes or no."""
    return None if isinstance(answer, bool) else WRONG_TYPE


def refuse_choice(question: Question, answer: Any) -> str | None:
    """The code of a choice, or that of *other* with what was written."""
    if not isinstance(answer, dict):
        return refuse_code(question, answer)
    if len(answer) != 1:
        return WRONG_TYPE
    (code, words) = next(iter(answer.items()))
    if not any(choice.other and choice.code == code for choice in question.choices):
        return "unknown_choice"
    return refuse_text(question, words)


def refuse_code(question: Question, answer: Any) -> str | None:
    """The code of a choice."""
    if not isinstance(answer, str):
        return WRONG_TYPE
    return refuse_codes(question, [answer] if answer else [])


def refuse_codes(question: Question, answer: Any) -> str | None:
    """Codes of choices that may be chosen together."""
    if not isinstance(answer, list) or not all(isinstance(code, str) for code in answer):
        return WRONG_TYPE
    choices = {choice.code: choice for choice in question.choices}
    if any(code not in choices for code in answer):
        return "unknown_choice"
    if len(set(answer)) > 1 and any(choices[code].alone for code in answer):
        return "alone"
    return None


def refuse_rows(question: Question, answer: Any) -> str | None:
    """By the code of a row that of a choice."""
    if not isinstance(answer, dict):
        return WRONG_TYPE
    rows = {row.code for row in question.rows}
    if any(row not in rows for row in answer):
        return "unknown_row"
    wrong = (refuse_code(question, code) for code in answer.values())
    return next((code for code in wrong if code), None)


def refuse_address(question: Question, answer: Any) -> str | None:
    """Texts by the parts of an address."""
    if not isinstance(answer, dict) or any(part not in ADDRESS_PARTS for part in answer):
        return WRONG_TYPE
    wrong = (refuse_text(question, words) for words in answer.values())
    return next((code for code in wrong if code), None)


def refuse_all(_question: Question, _answer: Any) -> str:
    """It is not asked."""
    return WRONG_TYPE


def other_of(question: Question) -> Choice | None:
    """The choice beside which is written what is meant; None without one."""
    return next((choice for choice in question.choices if choice.other), None)
