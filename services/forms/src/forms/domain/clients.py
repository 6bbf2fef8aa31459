"""The client who asks: two ids, and nothing else is known of her here."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True)
class Client:
    """A client of a practice; a row is hers when it bears both ids."""

    id: UUID
    practice_id: UUID
