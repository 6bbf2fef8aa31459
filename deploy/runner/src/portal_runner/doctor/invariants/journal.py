"""What a load or fault test did and was told: one JSON object per line.

A test writes a line when it knows what became of an act, and one with
``unknown`` when it never will (a timeout, a connection that was lost)::

    {"act": "book", "outcome": "acknowledged", "key": "0197…", "id": "0197…"}

Lines with the same `key` are one act that was repeated; a line without a key
is an act of its own. Ids and made-up answers only: a journal is for test data.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec


class Act(StrEnum):
    """What was asked for.

    ``hold`` and ``book`` are about the appointment `id` (a hold keeps its id
    when it is confirmed), ``move`` and ``cancel`` too; ``save`` is about the
    form request `id`.
    """

    HOLD = "hold"
    BOOK = "book"
    MOVE = "move"
    CANCEL = "cancel"
    SAVE = "save"


class Outcome(StrEnum):
    """What the one who asked was told. ``unknown``: no answer came, or a 5xx."""

    ACKNOWLEDGED = "acknowledged"
    REFUSED = "refused"
    UNKNOWN = "unknown"


class Entry(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One line.

    Attributes:
        act: what was asked for.
        outcome: what was answered.
        key: the idempotency key it was asked with.
        id: of the appointment, the hold or the form request, where known.
        client_id: who asked; of use where a refused hold or booking has no id.
        starts_at: the start that was asked for (hold, book, move).
        revision: the revision that a save made, as it was answered.
        answers: what a save brought, question id to answer; None takes one away.
    """

    act: Act
    outcome: Outcome
    key: str = ""
    id: UUID | None = None
    client_id: UUID | None = None
    starts_at: datetime | None = None
    revision: int | None = None
    answers: dict[str, Any] | None = None


@dataclass(frozen=True)
class RecordedAct:
    """One act with all its repetitions.

    Attributes:
        entry: the line that counts: an acknowledgement before a refusal before nothing.
        contradictions: acknowledgements of the same key that say something else.
    """

    entry: Entry
    contradictions: tuple[Entry, ...] = ()


class Journal:
    """Writes a journal; many threads may share one.

    Args:
        path: the file; lines are added to what is there.
    """

    def __init__(self, path: Path) -> None:
        self._lock = threading.Lock()
        self._file = path.open("ab", buffering=0)

    def note(self, act: Act, outcome: Outcome, **fields: Any) -> None:
        """Write a line; `fields` are those of `Entry`."""
        line = msgspec.json.encode(Entry(act=act, outcome=outcome, **fields)) + b"\n"
        with self._lock:
            self._file.write(line)

    def close(self) -> None:
        """Close the file."""
        self._file.close()


def read_journal(path: Path) -> list[Entry]:
    """Every line of a journal; one that was cut off by a crash at the very end is left out.

    Raises:
        msgspec.MsgspecError: another line is none.
    """
    whole, _, _cut_off = path.read_bytes().rpartition(b"\n")
    return [msgspec.json.decode(line, type=Entry) for line in whole.splitlines() if line]


def by_act(entries: Iterable[Entry]) -> list[RecordedAct]:
    """The entries with the repetitions of each act put together, in the order they began."""
    groups: dict[Any, list[Entry]] = {}
    for number, entry in enumerate(entries):
        groups.setdefault((entry.act, entry.key) if entry.key else number, []).append(entry)
    return [_recorded_act(group) for group in groups.values()]


def _recorded_act(group: list[Entry]) -> RecordedAct:
    order = list(Outcome)
    best = min(group, key=lambda entry: order.index(entry.outcome))
    if best.outcome is not Outcome.ACKNOWLEDGED:
        return RecordedAct(best)
    others = tuple(
        entry
        for entry in group
        if entry.outcome is Outcome.ACKNOWLEDGED and _answer(entry) != _answer(best)
    )
    return RecordedAct(best, others)


def _answer(entry: Entry) -> tuple[object, ...]:
    return (entry.id, entry.starts_at, entry.revision)
