"""On the in-memory broker: which subscribers have an event safely in their inbox.

RabbitMQ confirms that a queue holds a message on disk. The in-memory broker
holds nothing across a restart, so there a relay waits until each subscriber's
inbox row is committed before it counts an event as sent.
"""

from __future__ import annotations

import threading
import time
from collections import defaultdict
from collections.abc import Iterable
from uuid import UUID

_condition = threading.Condition()
_taken: dict[UUID, set[str]] = defaultdict(set)
_expected: set[UUID] = set()


def expect(event_ids: Iterable[UUID]) -> None:
    """Begin to remember who takes these events."""
    with _condition:
        _expected.update(event_ids)


def note(event_id: UUID, consumer: str) -> None:
    """Say that `consumer` has committed its inbox row; forgotten unless someone expects it."""
    with _condition:
        if event_id in _expected:
            _taken[event_id].add(consumer)
            _condition.notify_all()


def wait_for(event_id: UUID, consumers: Iterable[str], seconds: float) -> bool:
    """Wait until all `consumers` have taken the event; whether they had within `seconds`."""
    wanted = set(consumers)
    until = time.monotonic() + seconds
    with _condition:
        taken = _condition.wait_for(
            lambda: wanted <= _taken[event_id], timeout=max(0.0, until - time.monotonic())
        )
        _expected.discard(event_id)
        _taken.pop(event_id, None)
    return taken
