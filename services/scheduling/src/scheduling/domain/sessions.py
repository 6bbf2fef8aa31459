"""What took place: sessions.

An appointment whose end has passed *is* a session, under the same id, from
that very instant: no job has to run for it to appear. Its row in `session` is
written the first time somebody has something to say about it (another status,
a summary), or when a session is recorded that had no appointment.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class SessionStatus(StrEnum):
    """How a session went; the practitioner can change it."""

    ATTENDED = "attended"
    NO_SHOW = "no_show"
    CANCELLED_LATE = "cancelled_late"


@dataclass(frozen=True)
class Session:
    """A session that took place, or should have.

    Attributes:
        id: the appointment's id where there was one.
        title: what it was.
        started_at: aware UTC instant.
        ended_at: aware UTC instant.
        timezone: IANA zone it took place in, the practitioner's.
        status: how it went.
        summary_id: the summary shared with the client at present, if any.
    """

    id: UUID
    title: str
    started_at: datetime
    ended_at: datetime
    timezone: str
    status: SessionStatus
    summary_id: UUID | None
