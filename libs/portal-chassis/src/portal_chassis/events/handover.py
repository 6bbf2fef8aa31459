"""What a commit has written is in hand already: the relay of this process need not look for it.

An event is written as claimed by the relay that runs beside the change, and handed to it in
memory after the commit. A process that dies in between leaves the row as it leaves whatever else
it had claimed: the lease ends, and the next relay that looks finds it. So does one whose relay
has no time for it.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID
from weakref import WeakKeyDictionary

from sqlalchemy import Engine

from portal_chassis.broker.publisher import PUBLISH_SECONDS
from portal_chassis.clock import Clock
from portal_chassis.database.transactions import Database, Transaction

LEASE_SECONDS = 15
BEGIN_SECONDS = LEASE_SECONDS / 2 - PUBLISH_SECONDS
"""So long after it was claimed an event may be begun: while a lease lasts, nobody else has it."""

UNCLAIMED: dict[str, Any] = {"claimed_by": None, "claimed_until": None}


@dataclass(frozen=True, kw_only=True)
class Unsent:
    """An event in the outbox that is claimed.

    Attributes:
        id: its own.
        type: its payload's.
        body: all of it, as JSON.
        attempts: how often it could not be sent.
        begin_by: on the clock that never goes back: after this its lease may end too soon.
    """

    id: UUID
    type: str
    body: bytes = field(repr=False)
    attempts: int = 0
    begin_by: float


class Handover:
    """From the commits of this process to its relay.

    Args:
        holder: the relay's, in leases.
        clock: tells the time of a lease.
    """

    def __init__(self, holder: str, clock: Clock) -> None:
        self._holder = holder
        self._clock = clock
        self._lock = threading.Lock()
        self._given: list[Unsent] = []

    def claim(self) -> dict[str, Any]:
        """What is written beside an event that is going to be given."""
        until = self._clock.now() + timedelta(seconds=LEASE_SECONDS)
        return {"claimed_by": self._holder, "claimed_until": until}

    def give(self, events: Sequence[Unsent]) -> None:
        """Hand events over that are committed."""
        with self._lock:
            self._given += events

    def take(self) -> list[Unsent]:
        """What was given since, in that order."""
        with self._lock:
            given, self._given = self._given, []
        return given


_handovers: WeakKeyDictionary[Engine, Handover] = WeakKeyDictionary()


def open_handover(database: Database, holder: str, clock: Clock) -> Handover:
    """Let what is written through `database` be handed over from now on."""
    handover = _handovers[database.engine] = Handover(holder, clock)
    return handover


def close_handover(database: Database) -> None:
    """Let it be looked for again; what was given until now can still be taken."""
    _handovers.pop(database.engine, None)


def handover_of(tx: Transaction) -> Handover | None:
    """To whom what `tx` writes is handed over; None where it is looked for."""
    return _handovers.get(tx.engine)


def begin_by() -> float:
    """When an event that is claimed now must have been begun."""
    return time.monotonic() + BEGIN_SECONDS
