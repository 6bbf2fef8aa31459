"""Cursors: after which session the next page begins. They hold an id and an instant."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from portal_contracts.errors import Invalid

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True)
class SessionCursor:
    """The last session shown: the next page begins after it, the latest first."""

    started_at: datetime
    session_id: UUID

    def encode(self) -> str:
        """As text for an address."""
        return f"{(self.started_at - _EPOCH) // _MICROSECOND}.{self.session_id.hex}"


def decode_cursor(text: str | None) -> SessionCursor | None:
    """The cursor in `text`, None for the first page.

    Raises:
        Invalid: ``cursor_invalid``: `encode` did not make it.
    """
    if text is None:
        return None
    try:
        microseconds, session_id = text.split(".")
        started_at = _EPOCH + int(microseconds) * _MICROSECOND
        return SessionCursor(started_at, UUID(hex=session_id))
    except (ValueError, OverflowError):
        raise Invalid(
            "cursor_invalid", "Begin again at the first page.", fields={"cursor": "cursor_invalid"}
        ) from None
