"""The lines of the ledger of erased clients: each carries a hash over itself and the one before."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

LEDGER_START = "0" * 64


class LedgerDamaged(ValueError):
    """A line is not what it was when it was written; the text says which."""


@dataclass(frozen=True)
class Erasure:
    """One erased client, and when: aware UTC."""

    client_id: UUID
    erased_at: datetime


def line_of(erasure: Erasure, previous: str) -> tuple[str, str]:
    """The line that follows the one whose hash is `previous`, and its own hash."""
    facts = {
        "client_id": str(erasure.client_id),
        "erased_at": erasure.erased_at.astimezone(UTC).isoformat(),
        "previous": previous,
    }
    digest = hashlib.sha256(_canonical(facts)).hexdigest()
    return json.dumps(facts | {"hash": digest}), digest


def read_lines(text: str) -> tuple[list[Erasure], str]:
    """The erasures of a ledger, and the hash of its last line.

    Raises:
        LedgerDamaged: a line was altered, removed or put elsewhere, or is none.
    """
    found, previous = [], LEDGER_START
    for number, line in enumerate(text.splitlines(), start=1):
        try:
            facts = json.loads(line)
            digest = facts.pop("hash")
            erasure = Erasure(UUID(facts["client_id"]), datetime.fromisoformat(facts["erased_at"]))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise LedgerDamaged(f"line {number} is none") from error
        if facts["previous"] != previous or hashlib.sha256(_canonical(facts)).hexdigest() != digest:
            raise LedgerDamaged(f"line {number} was changed, or a line before it is missing")
        found.append(erasure)
        previous = digest
    return found, previous


def _canonical(facts: dict[str, str]) -> bytes:
    return json.dumps(facts, sort_keys=True, separators=(",", ":")).encode()
