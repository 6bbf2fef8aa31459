"""The envelope of every event, and the declaration of an event type."""

from __future__ import annotations

from typing import ClassVar, Generic, TypeVar
from uuid import UUID

from msgspec import Struct

from portal_contracts.actor import Actor
from portal_contracts.instants import Instant


class EventData(Struct, frozen=True, kw_only=True):
    """Base of the payload of an event.

    A subclass sets `TYPE` to ``<service>.<subject>.<past participle>.v<N>``
    and `SUBSCRIBERS` to the queues that take it, each named
    ``<service>.<handler method>``. Payloads hold ids and times, never an
    answer, a summary, a note, a token or a diagnosis. A field may be added
    with a default; a removed or retyped one is a new version.
    """

    TYPE: ClassVar[str]
    SUBSCRIBERS: ClassVar[tuple[str, ...]]

    def concerns(self, subscriber: str) -> bool:
        """Whether it has any effect at `subscriber`, one of its queues.

        One that has none is acknowledged there without a row in the inbox: that it came
        twice, or never, would change nothing.
        """
        return True


D = TypeVar("D", bound=EventData)


class Aggregate(Struct, frozen=True, kw_only=True):
    """The thing that changed: its kind, its id, and the number of this change."""

    type: str
    id: UUID
    seq: int


class Event(Struct, Generic[D], frozen=True, kw_only=True):
    """What is published, stored in outbox and inbox, and handed to a handler.

    Attributes:
        id: UUIDv7; the message id, and half of the inbox's key.
        type: the payload's `TYPE`; also the routing key.
        occurred_at: aware UTC instant of the change.
        practice_id: the practice it happened in.
        aggregate: what changed; `seq` grows with each of its changes.
        actor: who changed it.
        request_id: the id of the request that led to it, for logs.
        traceparent: the trace it belongs to (W3C Trace Context), for logs; may be empty.
        data: the payload.
    """

    id: UUID
    type: str
    occurred_at: Instant
    practice_id: UUID
    aggregate: Aggregate
    actor: Actor
    request_id: str
    traceparent: str = ""
    data: D
