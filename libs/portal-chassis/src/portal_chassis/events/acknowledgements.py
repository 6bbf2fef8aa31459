"""On the in-memory broker: which subscribers have an event safely in their inbox.

RabbitMQ confirms that a queue holds a message on disk. The in-memory broker
holds nothing across a restart, so there a relay waits until each subscriber's
inbox row is committed before it counts an event as sent.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from uuid import UUID

_condition = threading.Condition()
_taken: dict[UUID, set[str]] = {}


@contextmanager
def expecting(event_ids: Iterable[UUID]) -> Iterator[None]:
    """Remember who takes these events, for the length of the block."""
    ids = list(event_ids)
    with _condition:
        _taken.update((event_id, set()) for event_id in ids)
    try:
        yield
    finally:
        with _condition:
            for event_id in ids:
                _taken.pop(event_id, None)


def note(event_id: UUID, consumer: str) -> None:
    """Say that `consumer` has committed its inbox row; forgotten unless someone expects it."""
    with _condition:
        if event_id in _taken:
            _taken[event_id].add(consumer)
            _condition.notify_all()


def wait_for(event_id: UUID, consumers: Iterable[str], seconds: float) -> bool:
    """Wait until all `consumers` have taken an expected event, for `seconds` at most."""
    wanted = set(consumers)
    with _condition:
        return _condition.wait_for(
            lambda: wanted <= _taken.get(event_id, set()), timeout=max(0.0, seconds)
        )
