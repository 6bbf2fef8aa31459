"""The chain of the access log: each row is hashed with the row before.

A row that is removed or altered no longer gives the hashes that stand behind it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from uuid import UUID

from identity_links.domain.access import Access

CHAIN_START = bytes(32)


@dataclass(frozen=True, kw_only=True)
class ChainedRow:
    """One row of the log as it is stored and hashed."""

    chain_id: UUID
    seq: int
    occurred_at: datetime
    actor_kind: str
    actor_id: UUID | None
    actor_service: str | None
    actor_token_id: UUID | None = None
    revealed_link: UUID | None = None
    act: str
    outcome: str
    client_id: UUID | None
    subject_id: UUID | None
    reason: str
    detail: str
    address: str
    request_id: str
    thing_kind: str | None = None
    thing_title: str | None = None
    thing_at: datetime | None = None


def chained(access: Access, seq: int) -> ChainedRow:
    """`access` at its place `seq` in its chain."""
    thing = access.thing
    return ChainedRow(
        chain_id=access.chain_id,
        seq=seq,
        occurred_at=access.occurred_at,
        actor_kind=access.actor.kind,
        actor_id=access.actor.id,
        actor_service=access.actor.service,
        actor_token_id=access.actor.token_id,
        revealed_link=access.actor.revealed_link,
        act=access.act,
        outcome=access.outcome,
        client_id=access.client_id,
        subject_id=access.subject_id,
        reason=access.reason,
        detail=access.detail,
        address=access.address,
        request_id=access.request_id,
        thing_kind=thing.kind if thing else None,
        thing_title=thing.title if thing else None,
        thing_at=thing.at if thing else None,
    )


_TOLD_LATER = ("actor_token_id", "revealed_link", "thing_kind", "thing_title", "thing_at")


def row_hash(previous: bytes, row: ChainedRow) -> bytes:
    """SHA-256 over the row before and this row, in one unambiguous spelling.

    What rows could not tell at first is spelled by name, and only where they tell it: the hash
    of a row that was written before stays what it is.
    """
    values = [
        str(row.chain_id),
        row.seq,
        row.occurred_at.astimezone(UTC).isoformat(timespec="microseconds"),
        row.actor_kind,
        _text(row.actor_id),
        row.actor_service,
        row.act,
        row.outcome,
        _text(row.client_id),
        _text(row.subject_id),
        row.reason,
        row.detail,
        row.address,
        row.request_id,
        *(
            {name: _spelled(value)}
            for name in _TOLD_LATER
            if (value := getattr(row, name)) is not None
        ),
    ]
    spelled = json.dumps(values, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(previous + spelled.encode("ascii")).digest()


def _spelled(value: object) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    return str(value)


class ChainFault(StrEnum):
    """What is wrong with a chain."""

    MISSING = "missing"
    ALTERED = "altered"
    HEAD_DIFFERS = "head_differs"


@dataclass(frozen=True)
class ChainReport:
    """How a chain stands.

    Attributes:
        rows: how many rows were read.
        head: the hash of the last good row; kept elsewhere it proves the rows up to it.
        fault: the first fault, or None.
        fault_seq: at which row.
    """

    rows: int
    head: bytes
    fault: ChainFault | None = None
    fault_seq: int | None = None


def verify_chain(
    rows: Iterable[tuple[ChainedRow, bytes]], *, head_seq: int, head: bytes
) -> ChainReport:
    """Recompute a chain from its first row.

    Args:
        rows: each row with the hash that is stored with it, by `seq`.
        head_seq: the number of the last row, by the chain's head.
        head: its hash, by the chain's head.

    Returns:
        The first fault: a row that is missing, a row whose contents do not
        give its hash, or a last row other than the head says.
    """
    previous, count = CHAIN_START, 0
    for row, stored in rows:
        if row.seq != count + 1:
            return ChainReport(count, previous, ChainFault.MISSING, count + 1)
        if row_hash(previous, row) != stored:
            return ChainReport(count, previous, ChainFault.ALTERED, row.seq)
        previous, count = stored, row.seq
    if count < head_seq:
        return ChainReport(count, previous, ChainFault.MISSING, count + 1)
    if count > head_seq or previous != head:
        return ChainReport(count, previous, ChainFault.HEAD_DIFFERS, count)
    return ChainReport(count, previous)


def _text(value: UUID | None) -> str | None:
    return None if value is None else str(value)
