"""The queues that a release has declared, of which one that is taken from no more stays behind.

A broker keeps a queue that was declared once, and each event that it is bound to goes on into it.
AMQP tells nobody which queues there are, only whether there is one of a name. So
``declared_queues.json`` names every queue that a release since 0.2.0 has declared; ``make
reference`` adds what is new, and nothing takes a name out of it again. Only one that no release
had may be deleted by hand.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import msgspec

from portal_contracts.catalogue import SERVICES, SUBSCRIPTIONS

DECLARED: Final = Path(__file__).parent / "declared_queues.json"

_taken: Final = frozenset(one.queue for one in SUBSCRIPTIONS)


def read_declared() -> frozenset[str]:
    """Every queue of events that a release has declared."""
    return frozenset(msgspec.json.decode(DECLARED.read_bytes(), type=list[str]))


def write_declared() -> None:
    """Add the queues that are new."""
    names = sorted(_taken | read_declared())
    DECLARED.write_bytes(msgspec.json.format(msgspec.json.encode(names), indent=2) + b"\n")


def withdrawn_queues() -> tuple[str, ...]:
    """What former releases have declared and this one does not."""
    return tuple(sorted(read_declared() - _taken))


def subscriber_of(queue: str) -> str:
    """The service whose handler takes, or took, from a queue of events."""
    return queue.split(".", 1)[0]


def is_of_another_release(queue: str) -> bool:
    """Whether a queue is called like those of the portal's events, and this release has no such."""
    service, dot, handler = queue.partition(".")
    return bool(dot and handler) and service in SERVICES and queue not in _taken
