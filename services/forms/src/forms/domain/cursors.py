"""Cursors: after which form the next page of a list begins. They hold an instant and an id."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from portal_contracts.errors import Invalid

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class RequestCursor:
    """The last form of a page, in the order of sending."""

    sent_at: datetime
    request_id: UUID

    def encode(self) -> str:
        """As text for an address."""
        return f"{(self.sent_at - _EPOCH) // timedelta(microseconds=1)}.{self.request_id.hex}"


def decode_cursor(text: str | None) -> RequestCursor | None:
    """The cursor in `text`; None for the first page.

    Raises:
        Invalid: ``cursor_invalid``: it was not made by `encode`.
    """
    if text is None:
        return None
    try:
        micros, request_id = text.split(".")
        return RequestCursor(_EPOCH + timedelta(microseconds=int(micros)), UUID(hex=request_id))
    except (ValueError, OverflowError):
        raise Invalid(
            "cursor_invalid", "Begin again at the first page.", fields={"cursor": "cursor_invalid"}
        ) from None
