"""When what is saved begins a version of its own: so that no text is ever written over unseen."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from portal_contracts.scheduling.rpc.written_texts import SITTING_MINUTES, Keeping

SITTING: Final = timedelta(minutes=SITTING_MINUTES)


def begins_version(
    keeping: Keeping,
    *,
    writer: UUID,
    written_by: UUID,
    saved_at: datetime,
    was_shared: bool,
    now: datetime,
) -> bool:
    """Whether a save leaves the newest version as it is, and begins the next one.

    One sitting of one person is one version. A version that a client could ever read is never
    written on.

    Args:
        keeping: what was asked for.
        writer: who saves.
        written_by: who wrote the newest version.
        saved_at: when it was last saved, aware UTC.
        was_shared: whether it was ever shared.
        now: aware UTC instant.
    """
    if keeping is not Keeping.GO_ON:
        return True
    return was_shared or writer != written_by or now - saved_at > SITTING
