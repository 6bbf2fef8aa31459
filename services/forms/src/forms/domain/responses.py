"""What a client has submitted, each time it came."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from msgspec.structs import replace

from forms.domain.drafts import Sheet
from forms.domain.question_kinds import kind_of
from forms.domain.questions import questions_by_id
from portal_contracts.forms.rpc.questions import FormDocument


@dataclass(frozen=True)
class KeptResponse:
    """A response without its answers.

    Attributes:
        id: the response's id.
        submitted_at: aware UTC instant.
        revision: the draft's that was sent.
        superseded_at: when it was unlocked; None of the current one.
        revealed: it was sent on a device that a link let in which the practice saw.
        reviewed_at: when it was reviewed before it was unlocked.
        reviewed_by: by whom.
        unlocked_by: who unlocked it.
        reason: why, as the client reads it.
    """

    id: UUID
    submitted_at: datetime
    revision: int
    superseded_at: datetime | None
    revealed: bool
    reviewed_at: datetime | None
    reviewed_by: UUID | None
    unlocked_by: UUID | None
    reason: str = field(repr=False)


def to_correct(document: FormDocument, sheet: Sheet) -> Sheet:
    """The draft that a client corrects, from what she had sent.

    What was signed is about to change, so that signatures are to be given anew; a consent is to
    its own text and stands, with the time it was given. Calculated values follow anew.
    """
    kept = {
        question.id
        for question in questions_by_id(document).values()
        if not kind_of(question).signs
    }
    return replace(
        sheet,
        answers={name: answer for name, answer in sheet.answers.items() if name in kept},
        given_at={name: at for name, at in sheet.given_at.items() if name in kept},
        agreed={name: hashed for name, hashed in sheet.agreed.items() if name in kept},
        saved_by="",
        changed={},
    )
