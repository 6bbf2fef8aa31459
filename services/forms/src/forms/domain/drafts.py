"""What is sealed of a client's answers, while the form is filled in and once it is sent."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256

from msgspec import Struct

from forms.domain.asking import Asked
from forms.domain.question_kinds import kind_of
from forms.domain.questions import questions_by_id
from portal_contracts.forms.rpc.questions import Answers, FormDocument, Given, Section


class Sheet(Struct, frozen=True, kw_only=True):
    """Answers, with the circumstances that belong to them.

    Attributes:
        answers: question id to answer.
        given_at: when each consent and each signature was given as it stands.
        agreed: SHA-256 of the text of each consent that is among them, as hexadecimal digits;
            sheets of before it was kept have none.
        saved_by: key of the save that made this sheet, to know its repetition by.
        changed: section id to the revision that changed its answers last; sheets of
            before there were such numbers have none.
    """

    answers: Answers = {}
    given_at: Mapping[str, datetime] = {}
    agreed: Mapping[str, str] = {}
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
    agreed = {
        question.id: sha256(question.text.encode()).hexdigest()
        for question in questions_by_id(document).values()
        if kind_of(question).agreed and answers.get(question.id)
    }
    changed = {
        section.id: (
            revision + 1
            if differs(section, sheet.answers, answers)
            else sheet.changed.get(section.id, revision)
        )
        for section in document.sections
    }
    return Sheet(
        answers=answers, given_at=given_at, agreed=agreed, saved_by=saved_by, changed=changed
    )


def as_sent(sheet: Sheet, form: Asked) -> Sheet:
    """What is kept of `sheet` once `form` is sent: nothing of what is not asked.

    Calculated values stay among the answers, as they were on that day.
    """
    return Sheet(
        answers=form.answers,
        given_at={name: at for name, at in sheet.given_at.items() if name in form.answers},
        agreed={name: hashed for name, hashed in sheet.agreed.items() if name in form.answers},
        saved_by=sheet.saved_by,
        changed=sheet.changed,
    )


def given_in(sheet: Sheet) -> dict[str, Given]:
    """When each consent and each signature was given, and what was agreed to."""
    return {
        name: Given(at=at, sha256=sheet.agreed.get(name, "")) for name, at in sheet.given_at.items()
    }


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
