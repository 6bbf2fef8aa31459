"""What came back of a form, once or several times, and having it corrected."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from msgspec import Struct

from portal_contracts.calls import Method
from portal_contracts.forms.rpc.questions import SERVICE, RequestState
from portal_contracts.instants import Instant

LONGEST_REASON: Final = 1_000
"""In characters. Checked by the service."""


class SentOnce(Struct, frozen=True, kw_only=True):
    """A time that a client sent a form, which stays to be read as it was."""

    id: UUID
    submitted_at: Instant


class Submission(Struct, frozen=True, kw_only=True):
    """Answers as they were sent once; they stay as they were.

    `number` counts from 1 within one form that was sent. `revealed`: sent on a device that was
    let in by a link which the practice saw. `unlocked_at`: since when the client may correct it,
    and by whom, why; it is then followed by another, or the latest.
    """

    id: UUID
    number: int
    submitted_at: Instant
    revealed: bool
    reviewed_at: Instant | None
    reviewed_by: UUID | None
    unlocked_at: Instant | None = None
    unlocked_by: UUID | None = None
    reason: str = ""

    def __repr__(self) -> str:
        return f"Submission(number={self.number})"


class UnlockForm(Struct, frozen=True, kw_only=True):
    """Let a client correct what was submitted. `reason`: what the client reads about it."""

    request_id: UUID
    reason: str

    def __repr__(self) -> str:
        return "UnlockForm()"


class Unlocked(Struct, frozen=True, kw_only=True):
    """The request and its state after the change."""

    request_id: UUID
    state: RequestState


UNLOCK_FORM = Method(
    SERVICE,
    "unlock_form",
    UnlockForm,
    Unlocked,
    "Let a client correct what was submitted, which stays as it was, with a mail; "
    "Conflict not_submitted, Invalid invalid_fields.",
    mutates=True,
)

METHODS = (UNLOCK_FORM,)
