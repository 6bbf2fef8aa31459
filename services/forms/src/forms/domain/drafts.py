"""What is sealed of a client's answers, while the form is filled in and once it is sent."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from msgspec import Struct

from forms.domain.questions import WITNESSED, questions_by_id
from portal_contracts.forms.rpc.questions import Answers, FormDocument


class Sheet(Struct, frozen=True, kw_only=True):
    """Answers, with the circumstances that belong to them.

    Attributes:
        answers: question id to answer.
        given_at: when each consent and each signature was given as it stands.
        saved_by: key of the save that made this sheet, to know its repetition by.
    """

    answers: Answers = {}
    given_at: Mapping[str, datetime] = {}
    saved_by: str = ""


def next_sheet(
    document: FormDocument, sheet: Sheet, answers: Answers, *, saved_by: str, now: datetime
) -> Sheet:
    """The sheet once it holds `answers`: what was not touched keeps its time."""
    given_at = {
        question.id: (
            sheet.given_at.get(question.id, now)
            if answers[question.id] == sheet.answers.get(question.id)
            else now
        )
        for question in questions_by_id(document).values()
        if question.kind in WITNESSED and question.id in answers
    }
    return Sheet(answers=answers, given_at=given_at, saved_by=saved_by)
