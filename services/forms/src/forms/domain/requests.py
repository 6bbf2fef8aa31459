"""A form that a client is asked to fill in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from portal_contracts.forms.rpc.questions import RequestState

OPEN = (RequestState.NOT_OPENED, RequestState.STARTED)
"""States in which the form waits for the client."""

ANSWERED = (RequestState.SUBMITTED, RequestState.REVIEWED)
"""States in which the answers have arrived."""


@dataclass(frozen=True)
class FormRequest:
    """One form sent to one client. It keeps the version it was sent in.

    Attributes:
        id: the request's id.
        practice_id: whose client is asked.
        client_id: who is asked.
        template_id: the template of the version.
        version_id: the version that was sent.
        title: the title of that version.
        minutes: about how long it takes, by that version.
        state: how far it has come.
        percent: how far the answers have come, 0 to 100.
        due_on: by which day, in the practice's calendar; None for no day.
        sent_by: the practitioner who asks for it.
        sent_at: aware UTC instant.
        opened_at: when the client first opened it.
        submitted_at: when the client sent the answers.
        reviewed_at: when a practitioner marked it as read.
        reviewed_by: who did.
        withdrawn_at: when the practice no longer asked for it.
        alert_at: when an answer first asked for attention.
        alert_reviewed_at: when that was reviewed before the form was sent back; sending an answer
            that asks for attention asks again.
        taken_over_by: who looks after it since its sender handed it over.
        submitted_revealed: it was sent on a device that a link let in which the practice saw.
        unlocked_at: since when the client may correct what she had sent.
    """

    id: UUID
    practice_id: UUID
    client_id: UUID
    template_id: UUID
    version_id: UUID
    title: str
    minutes: int
    state: RequestState
    percent: int
    due_on: date | None
    sent_by: UUID
    sent_at: datetime
    opened_at: datetime | None
    submitted_at: datetime | None
    reviewed_at: datetime | None
    reviewed_by: UUID | None
    withdrawn_at: datetime | None
    alert_at: datetime | None
    alert_reviewed_at: datetime | None
    submitted_revealed: bool = False
    taken_over_by: UUID | None = None
    unlocked_at: datetime | None = None

    @property
    def looked_after_by(self) -> UUID:
        """Whom the answers go to: who sent it, or who has taken it over."""
        return self.taken_over_by or self.sent_by

    @property
    def alert_open(self) -> bool:
        """Whether an answer asks for attention and nobody has reviewed it."""
        return (
            self.alert_at is not None
            and self.alert_reviewed_at is None
            and self.state is not RequestState.REVIEWED
        )
