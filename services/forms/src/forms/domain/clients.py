"""The client who asks or is asked: two ids, and whether she is archived."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True)
class Client:
    """A client of a practice; a row is hers when it bears both ids. `active`: not archived."""

    id: UUID
    practice_id: UUID
    active: bool = True
