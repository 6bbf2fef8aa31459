"""Cursors: where the next page of a list begins. They hold ids and instants, never a name."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from portal_chassis.database.cursors import cursor_invalid, decode_instant, encode_instant
from portal_contracts.identity_links.rpc.clients import ClientSort

_NEVER = "-"


@dataclass(frozen=True)
class ClientCursor:
    """After which client a page begins.

    By name and by the day of being added, the row itself says where that is.
    The last visit moves while somebody pages, so it is kept as it was.
    """

    sort: ClientSort
    client_id: UUID
    last_visit_at: datetime | None = None

    def encode(self) -> str:
        """As text for an address: ``name.018f….``."""
        visit = _NEVER if self.last_visit_at is None else encode_instant(self.last_visit_at)
        return f"{self.sort}.{self.client_id.hex}.{visit}"


def decode_client_cursor(text: str, sort: ClientSort) -> ClientCursor:
    """The cursor in `text`.

    Raises:
        Invalid: ``cursor_invalid``: it was not made by `encode`, or for another order.
    """
    try:
        kind, client_id, visit = text.split(".")
        cursor = ClientCursor(
            ClientSort(kind),
            UUID(hex=client_id),
            None if visit == _NEVER else decode_instant(visit),
        )
    except (ValueError, OverflowError) as error:
        raise cursor_invalid() from error
    if cursor.sort is not sort:
        raise cursor_invalid()
    return cursor


def encode_seq(seq: int) -> str:
    """A cursor of the access log: the number of the last row shown."""
    return str(seq)


def decode_seq(text: str) -> int:
    """The number in a cursor of the access log.

    Raises:
        Invalid: ``cursor_invalid``.
    """
    if not (text.isascii() and text.isdigit() and len(text) <= 18):  # noqa: PLR2004 - bigint
        raise cursor_invalid()
    return int(text)
