"""What a question of each kind begins with, so that its page can be looked at at once."""

from __future__ import annotations

from typing import Final

from msgspec.structs import replace

from portal_contracts.forms.rpc.question_kinds import MEMBERS
from portal_contracts.forms.rpc.questions import (
    GIVES_NO_ANSWER,
    Choice,
    Question,
    QuestionKind,
    Row,
)

FIRST_STEP: Final = 0
LAST_STEP: Final = 10


def new_question(question_id: str, kind: QuestionKind) -> Question:
    """A question of `kind` without words: two empty choices, or steps from 0 to 10."""
    members = MEMBERS[kind]
    choices = [Choice(code=f"choice_{number}", text="") for number in (1, 2)]
    return Question(
        id=question_id,
        kind=kind,
        text="",
        required=kind not in GIVES_NO_ANSWER,
        choices=choices if "choices" in members else [],
        rows=[Row(code="row_1", text="")] if "rows" in members else [],
        minimum=FIRST_STEP if kind is QuestionKind.SCALE else None,
        maximum=LAST_STEP if kind is QuestionKind.SCALE else None,
    )


def of_another_kind(question: Question, kind: QuestionKind) -> Question:
    """The question with another kind: its words stay, and what that kind has too."""
    begun = new_question(question.id, kind)
    kept = {
        member: getattr(question, member)
        for member in MEMBERS[kind]
        if member in MEMBERS[question.kind]
    }
    return replace(
        begun,
        text=question.text,
        help=question.help,
        required=question.required if question.kind not in GIVES_NO_ANSWER else begun.required,
        shown_when=question.shown_when,
        **kept,
    )
