"""Cursors: after which row the next page of a list begins. They hold ids and instants alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from portal_contracts.errors import Invalid

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True)
class TimeCursor:
    """The last row of a page of a list in the order of time.

    Attributes:
        at: its instant, aware UTC.
        id: its id, which decides between rows of one instant.
    """

    at: datetime
    id: UUID

    def encode(self) -> str:
        """As text for an address."""
        return f"{encode_instant(self.at)}.{self.id.hex}"


def decode_time_cursor(text: str | None) -> TimeCursor | None:
    """The cursor in `text`; None for the first page.

    Raises:
        Invalid: ``cursor_invalid``: `TimeCursor.encode` did not make it.
    """
    if text is None:
        return None
    try:
        at, row_id = text.split(".")
        return TimeCursor(decode_instant(at), UUID(hex=row_id))
    except (ValueError, OverflowError):
        raise cursor_invalid() from None


def encode_instant(instant: datetime) -> str:
    """An aware instant as microseconds since 1970."""
    return str((instant - _EPOCH) // _MICROSECOND)


def decode_instant(text: str) -> datetime:
    """The instant in `text`.

    Raises:
        ValueError: it is no number.
        OverflowError: no calendar goes that far.
    """
    return _EPOCH + int(text) * _MICROSECOND


def cursor_invalid() -> Invalid:
    """The refusal of a cursor that was not made here."""
    return Invalid(
        "cursor_invalid", "Begin again at the first page.", fields={"cursor": "cursor_invalid"}
    )
