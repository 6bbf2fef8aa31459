"""What support may look at of sessions and summaries: ids, times, versions and states."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from portal_chassis.database.transactions import Transaction
from scheduling.domain.sessions import Session
from scheduling.storage import sessions, summaries


def list_sessions(
    tx: Transaction, *, client_id: UUID, now: datetime, limit: int = 50
) -> list[Session]:
    """A client's past sessions, the latest first."""
    return sessions.page_of(tx, client_id=client_id, practice_id=None, now=now, limit=limit)


def list_summaries(
    tx: Transaction, *, session_id: UUID | None = None, client_id: UUID | None = None
) -> Sequence[Row[Any]]:
    """Versions of summaries without their text, by session the newest first."""
    return summaries.versions(tx, session_id=session_id, client_id=client_id)
