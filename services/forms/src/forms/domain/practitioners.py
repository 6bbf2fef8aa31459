"""The practitioner who acts: two ids, and nothing else is known of her here."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True)
class Practitioner:
    """A practitioner in her practice, once her role was found to allow what she does."""

    id: UUID
    practice_id: UUID
