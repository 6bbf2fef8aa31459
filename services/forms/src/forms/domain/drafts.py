"""What is sealed of a client's answers, while the form is filled in and once it is sent."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from msgspec import Struct

from forms.domain.question_kinds import kind_of
from forms.domain.questions import questions_by_id
from portal_contracts.forms.rpc.questions import Answers, FormDocument, Section


class Sheet(Struct, frozen=True, kw_only=True):
    """Answers, with the circumstances that belong to them.

    Attributes:
        answers: question id to answer.
        given_at: when each consent and each signature was given as it stands.
        saved_by: key of the save that made this sheet, to know its repetition by.
        changed: section id to the revision that changed its answers last; sheets of
            before there were such numbers have none.
    """

    answers: Answers = {}
    given_at: Mapping[str, datetime] = {}
    saved_by: str = ""
    changed: Mapping[str, int] = {}


def next_sheet(
    document: FormDocument,
    sheet: Sheet,
    answers: Answers,
    *,
    revision: int,
    saved_by: str,
    now: datetime,
) -> Sheet:
    """The sheet after `sheet`, which was that of `revision`, once it holds `answers`.

    What was not touched keeps its time and its number.
    """
    given_at = {
        question.id: (
            sheet.given_at.get(question.id, now)
            if answers[question.id] == sheet.answers.get(question.id)
            else now
        )
        for question in questions_by_id(document).values()
        if kind_of(question).witnessed and question.id in answers
    }
    changed = {
        section.id: (
            revision + 1
            if differs(section, sheet.answers, answers)
            else sheet.changed.get(section.id, revision)
        )
        for section in document.sections
    }
    return Sheet(answers=answers, given_at=given_at, saved_by=saved_by, changed=changed)


def is_overtaken(
    section: Section, sheet: Sheet, answers: Answers, *, read_at: int, revision: int
) -> bool:
    """Whether `answers` would undo what was saved in `section` since the draft was read.

    Args:
        section: the one that is saved.
        sheet: what is saved so far.
        answers: what would be saved.
        read_at: the revision that was read.
        revision: the sheet's. A section without a number counts as changed by it.
    """
    newer = sheet.changed.get(section.id, revision) > read_at
    return newer and differs(section, sheet.answers, answers)


def differs(section: Section, one: Answers, other: Answers) -> bool:
    """Whether the answers to `section` are not the same in both."""
    return any(one.get(each.id) != other.get(each.id) for each in section.questions)
