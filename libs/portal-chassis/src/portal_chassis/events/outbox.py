"""The outbox: an event is a row of the transaction that made the change.

`record` writes the row; the relay (`relay.py`) publishes it after the commit.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy import MetaData, insert
from sqlalchemy.dialects.postgresql import insert as upsert

from portal_chassis import tracing
from portal_chassis.database.prepared import given, run
from portal_chassis.database.transactions import Transaction, after_commit, require_transaction
from portal_chassis.ids import new_id
from portal_chassis.tables import chassis_tables
from portal_chassis.wakeups import wake_up
from portal_contracts.actor import Actor
from portal_contracts.envelope import Aggregate, Event, EventData

_chassis = chassis_tables(MetaData())
_version = _chassis.aggregate_version

# Put together once: that takes longer than running them.
_RECORD = insert(_chassis.outbox).values(
    given(
        *(
            _chassis.outbox.c[name]
            for name in ("id", "type", "body", "occurred_at", "next_attempt_at")
        )
    )
)
_COUNT = (
    upsert(_version)
    .values(given(_version.c.id) | {"seq": 1})
    .on_conflict_do_update(index_elements=[_version.c.id], set_={"seq": _version.c.seq + 1})
    .returning(_version.c.seq)
)


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
    """Write an event to the outbox, in the transaction of the change it tells of.

    Args:
        tx: the change's transaction.
        data: the payload.
        practice_id: the practice it happened in.
        aggregate: kind and id of what changed; its number is counted here.
        actor: who changed it.
        request_id: of the request that led to it.
        now: aware UTC instant of the change.

    Returns:
        The event's id. The relay is woken right after the commit.

    Raises:
        RuntimeError: `tx` is no transaction; see `require_transaction`.
    """
    require_transaction(tx)
    kind, aggregate_id = aggregate
    event = Event(
        id=new_id(),
        type=data.TYPE,
        occurred_at=now,
        practice_id=practice_id,
        aggregate=Aggregate(type=kind, id=aggregate_id, seq=_next_seq(tx, aggregate_id)),
        actor=actor,
        request_id=request_id,
        traceparent=tracing.current_traceparent(),
        data=data,
    )
    run(
        tx,
        _RECORD,
        {
            "id": event.id,
            "type": event.type,
            "body": msgspec.json.encode(event),
            "occurred_at": now,
            "next_attempt_at": now,
        },
    )
    key = f"relay {tx.engine.url.database}"
    after_commit(tx, lambda: wake_up(key))
    return event.id


def _next_seq(tx: Transaction, aggregate_id: UUID) -> int:
    return int(run(tx, _COUNT, {"id": aggregate_id}).scalar_one())
