"""What is wrong with an answer that is possible; it is kept until it is corrected."""

from __future__ import annotations

import re

from email_validator import EmailNotValidError, validate_email

from portal_contracts.forms.rpc.questions import ADDRESS_PARTS, Question, QuestionKind

NOT_AGREED = "must_be_agreed"

_PHONE = re.compile(r"\+?[0-9 ()/.\-\u2010-\u2015]+")
_FEWEST_DIGITS = 5


def length_problem(question: Question, answer: str) -> str | None:
    """It is longer than the question allows."""
    too_long = question.max_length is not None and len(answer) > question.max_length
    return "too_long" if too_long else None


def number_problem(question: Question, answer: float) -> str | None:
    """It is out of bounds, or not whole where it must be."""
    if question.minimum is not None and answer < question.minimum:
        return "too_small"
    if question.maximum is not None and answer > question.maximum:
        return "too_large"
    must_be_whole = question.whole or question.kind is QuestionKind.SCALE
    return "not_whole" if must_be_whole and not float(answer).is_integer() else None


def agreement_problem(question: Question, answer: bool) -> str | None:  # noqa: FBT001 - it is the answer
    """What has to be agreed to was not."""
    return NOT_AGREED if question.required and not answer else None


def email_problem(_question: Question, answer: str) -> str | None:
    """It is no address that mail can go to."""
    try:
        validate_email(answer, check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        return "email_invalid"
    return None


def phone_problem(_question: Question, answer: str) -> str | None:
    """It holds something that no number does, or too few digits."""
    digits = sum(character.isdigit() for character in answer)
    possible = _PHONE.fullmatch(answer) and digits >= _FEWEST_DIGITS
    return None if possible else "phone_invalid"


def other_problem(_question: Question, answer: str | dict[str, str]) -> str | None:
    """*Other* was chosen, and nothing written beside it."""
    unsaid = isinstance(answer, dict) and not all(answer.values())
    return "other_missing" if unsaid else None


def rows_problem(question: Question, answer: dict[str, str]) -> str | None:
    """A row is left out; one that was begun is finished, even where none is required."""
    return None if all(row.code in answer for row in question.rows) else "row_missing"


def address_problem(_question: Question, answer: dict[str, str]) -> str | None:
    """A part but the country is left out."""
    *needed, _country = ADDRESS_PARTS
    return None if all(part in answer for part in needed) else "address_incomplete"
