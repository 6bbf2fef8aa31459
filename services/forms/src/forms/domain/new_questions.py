"""What a question of each kind begins with, so that its page can be looked at at once."""

from __future__ import annotations

from typing import Final

from forms.domain.question_kinds import KINDS
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
    """A question of `kind` without words: two empty choices, one row, or steps from 0 to 10."""
    rules, holds = KINDS[kind], MEMBERS[kind]
    choices = [Choice(code=f"choice_{number}", text="") for number in (1, 2)]
    return Question(
        id=question_id,
        kind=kind,
        text="",
        required=kind not in GIVES_NO_ANSWER,
        choices=choices if "choices" in holds else [],
        rows=[Row(code="row_1", text="")] if "rows" in holds else [],
        minimum=FIRST_STEP if rules.has_steps else None,
        maximum=LAST_STEP if rules.has_steps else None,
    )
