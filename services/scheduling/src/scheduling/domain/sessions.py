"""What took place: sessions.

An appointment that has begun *is* a session, under the same id, from that very
instant (`Appointment.is_session`): no job has to run for it to appear, and there
is never a second one. The practice writes about it from then on; the client has
it among appointments until its end, and among sessions after that. Its row in
`session` is written the first time somebody has something to say about it
(another status, a summary), or when a session is recorded that had no appointment.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from portal_contracts.scheduling.rpc.appointments import LONGEST_TITLE, SessionStatus
from portal_contracts.scheduling.rpc.sessions import EARLIEST_SESSION, LONGEST_SESSION_MINUTES
from portal_contracts.zones import known_zone
from scheduling.domain.summaries import SummaryStanding


@dataclass(frozen=True)
class Session:
    """A session that took place, or should have.

    Attributes:
        id: the appointment's id where there was one.
        practice_id: in which practice.
        client_id: whose.
        practitioner_id: with whom.
        title: what it was.
        started_at: aware UTC instant.
        ended_at: aware UTC instant.
        timezone: IANA zone it took place in, the practitioner's.
        status: how it went.
        had_appointment: False for one that was recorded afterwards.
        summary: how its summary stands; None before anything was written.
    """

    id: UUID
    practice_id: UUID
    client_id: UUID
    practitioner_id: UUID
    title: str = field(repr=False)
    started_at: datetime
    ended_at: datetime
    timezone: str
    status: SessionStatus
    had_appointment: bool
    summary: SummaryStanding | None = None


def recording_errors(
    *, title: str, started_at: datetime, minutes: int, timezone: str, now: datetime
) -> dict[str, str]:
    """What is wrong with a session that somebody writes down afterwards, by field.

    Args:
        title: cleaned.
        started_at: aware instant.
        minutes: how long it took.
        timezone: an IANA zone's name.
        now: aware UTC instant by which it has ended.
    """
    errors = {}
    if not title:
        errors["title"] = "required"
    elif len(title) > LONGEST_TITLE:
        errors["title"] = "out_of_range"
    if not 1 <= minutes <= LONGEST_SESSION_MINUTES:
        errors["minutes"] = "out_of_range"
    if started_at < EARLIEST_SESSION:
        errors["started_at"] = "out_of_range"
    elif started_at >= now:
        errors["started_at"] = "in_the_future"
    elif "minutes" not in errors and started_at + timedelta(minutes=minutes) > now:
        errors["minutes"] = "in_the_future"
    if known_zone(timezone) is None:
        errors["timezone"] = "unknown_timezone"
    return errors
