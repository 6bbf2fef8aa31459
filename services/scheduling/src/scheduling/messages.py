"""Between the wire and the domain."""

from __future__ import annotations

from portal_contracts.scheduling.rpc.appointments import OwnSession, SummaryHead
from portal_contracts.scheduling.rpc.sessions import SessionRow, SummaryState
from scheduling.domain.sessions import Session
from scheduling.domain.summaries import SummaryStanding


def session_row(session: Session) -> SessionRow:
    """A session as the console sees it."""
    return SessionRow(
        id=session.id,
        client_id=session.client_id,
        practitioner_id=session.practitioner_id,
        title=session.title,
        started_at=session.started_at,
        ended_at=session.ended_at,
        timezone=session.timezone,
        status=session.status,
        had_appointment=session.had_appointment,
        summary=None if session.summary is None else _state(session.summary),
    )


def own_session(session: Session) -> OwnSession:
    """A session as its client sees it: of the summary only what is shared."""
    return OwnSession(
        id=session.id,
        practitioner_id=session.practitioner_id,
        title=session.title,
        started_at=session.started_at,
        ended_at=session.ended_at,
        timezone=session.timezone,
        status=session.status,
        summary=None if session.summary is None else _head(session.summary),
    )


def _state(standing: SummaryStanding) -> SummaryState:
    return SummaryState(
        version=standing.version,
        shared_version=standing.shared_version,
        shared_at=standing.shared_at,
        read_at=standing.read_at,
        read_revealed=standing.read_revealed,
    )


def _head(standing: SummaryStanding) -> SummaryHead | None:
    if standing.shared_at is None:
        return None
    return SummaryHead(
        shared_at=standing.shared_at,
        read_at=standing.read_at,
        read_revealed=standing.read_revealed,
    )
