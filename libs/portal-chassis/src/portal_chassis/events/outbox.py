"""The outbox: an event is a row of the transaction that made the change.

`record` writes the row; the relay (`relay.py`) publishes it after the commit, and is handed it
(`handover.py`) where it runs in the same process.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple
from uuid import UUID

import msgspec
from sqlalchemy import BigInteger, Insert, MetaData, bindparam, insert
from sqlalchemy.dialects.postgresql import insert as upsert

from portal_chassis import tracing
from portal_chassis.database.prepared import given, run
from portal_chassis.database.transactions import Transaction, after_commit, require_transaction
from portal_chassis.events.handover import UNCLAIMED, Handover, Unsent, begin_by, handover_of
from portal_chassis.ids import new_id
from portal_chassis.tables import chassis_tables
from portal_chassis.wakeups import wake_up
from portal_contracts.actor import Actor
from portal_contracts.envelope import Aggregate, Event, EventData

_chassis = chassis_tables(MetaData())
_version = _chassis.aggregate_version
_ROW = tuple(
    _chassis.outbox.c[name]
    for name in ("id", "type", "body", "occurred_at", "next_attempt_at", *UNCLAIMED)
)

# Put together once: that takes longer than running it.
_FIRST = upsert(_version).values(
    given(_version.c.id) | {"seq": bindparam("count", type_=BigInteger())}
)
_COUNT = _FIRST.on_conflict_do_update(
    index_elements=[_version.c.id], set_={"seq": _version.c.seq + _FIRST.excluded.seq}
).returning(_version.c.seq)


class Told(NamedTuple):
    """What an event says, before it is written down.

    Attributes:
        data: the payload.
        aggregate: kind and id of what changed; its number is counted when it is written.
    """

    data: EventData
    aggregate: tuple[str, UUID]


def record(
    tx: Transaction,
    data: EventData,
    *,
    practice_id: UUID,
    aggregate: tuple[str, UUID],
    actor: Actor,
    request_id: str,
    now: datetime,
) -> UUID:
    """Write one event to the outbox; see `record_all`.

    Returns:
        The event's id.
    """
    [event_id] = record_all(
        tx,
        [Told(data, aggregate)],
        practice_id=practice_id,
        actor=actor,
        request_id=request_id,
        now=now,
    )
    return event_id


def record_all(
    tx: Transaction,
    told: Sequence[Told],
    *,
    practice_id: UUID,
    actor: Actor,
    request_id: str,
    now: datetime,
) -> list[UUID]:
    """Write events to the outbox, in the transaction of the change they all tell of.

    Args:
        tx: the change's transaction.
        told: what they say, in the order in which they are published.
        practice_id: the practice it happened in.
        actor: who changed it.
        request_id: of the request that led to it.
        now: aware UTC instant of the change.

    Returns:
        The events' ids. The relay is woken right after the commit, and where it runs in this
        process it is handed the events.

    Raises:
        RuntimeError: `tx` is no transaction; see `require_transaction`.
    """
    require_transaction(tx)
    numbers = _numbers(tx, [one.aggregate[1] for one in told])
    traceparent = tracing.current_traceparent()
    handover, until = handover_of(tx), begin_by()
    lease = UNCLAIMED if handover is None else handover.claim()
    row: dict[str, object] = {}
    unsent: list[Unsent] = []
    for place, ((data, (kind, aggregate_id)), seq) in enumerate(zip(told, numbers, strict=True)):
        event = Event(
            id=new_id(),
            type=data.TYPE,
            occurred_at=now,
            practice_id=practice_id,
            aggregate=Aggregate(type=kind, id=aggregate_id, seq=seq),
            actor=actor,
            request_id=request_id,
            traceparent=traceparent,
            data=data,
        )
        body = msgspec.json.encode(event)
        values = (event.id, event.type, body, now, now, *lease.values())
        row |= {_name(column.key, place): one for column, one in zip(_ROW, values, strict=True)}
        unsent.append(Unsent(id=event.id, type=event.type, body=body, begin_by=until))
    run(tx, _recording(len(unsent)), row)
    key = f"relay {tx.engine.url.database}"
    after_commit(tx, lambda: _tell_relay(handover, unsent, key))
    return [one.id for one in unsent]


def _tell_relay(handover: Handover | None, unsent: Sequence[Unsent], key: str) -> None:
    if handover is not None:
        handover.give(unsent)
    wake_up(key)


def _numbers(tx: Transaction, changed: Sequence[UUID]) -> list[int]:
    """The number of each change of these aggregates, counted once for each aggregate."""
    counts = Counter(changed)
    # In one order, so that no two transactions wait for each other.
    last = {one: _count(tx, one, counts[one]) for one in sorted(counts)}
    numbers = []
    for one in changed:
        counts[one] -= 1
        numbers.append(last[one] - counts[one])
    return numbers


def _count(tx: Transaction, aggregate_id: UUID, count: int) -> int:
    """The number of the last of so many changes."""
    return int(run(tx, _COUNT, {"id": aggregate_id, "count": count}).scalar_one())


@lru_cache(maxsize=16)
def _recording(count: int) -> Insert:
    """The statement that writes so many rows; there are two at most but for acts on many things."""
    rows = [
        {column: bindparam(_name(column.key, place), type_=column.type) for column in _ROW}
        for place in range(count)
    ]
    return insert(_chassis.outbox).values(rows)


def _name(column: str, place: int) -> str:
    return f"{column}_{place}"
