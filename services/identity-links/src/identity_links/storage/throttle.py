"""Counts of tries and uses: the rules of `domain.throttle`, each carried out by one upsert."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import case, delete, func, literal, select, update
from sqlalchemy.dialects.postgresql import array, insert

from identity_links.domain.throttle import PARTS, Backoff, Quota, Tries, Window
from identity_links.storage.tables import throttle
from portal_chassis.database.transactions import Transaction


@dataclass(frozen=True)
class Counted:
    """What became of a use: 0 to wait when it is heard; how many are left, and when more will be.

    Both `wait_seconds` and `more_in_seconds` are whole seconds.
    """

    wait_seconds: int = 0
    left: int = 0
    more_in_seconds: int = 0


def count_try(tx: Transaction, key: str, backoff: Backoff, now: datetime) -> int:
    """Count a try under `key`, unless it comes during a wait.

    Whoever tries at the same moment waits here for this transaction's end, so
    no burst gets past the limit.

    Returns:
        0 when the try is heard; else the seconds to wait, and nothing was counted.
    """
    tries = case(
        (throttle.c.forget_at <= now, 1),
        else_=throttle.c.tries + 1,
    )
    wait = case(dict(enumerate(backoff.waits, start=1)), value=tries, else_=backoff.waits[-1])
    forget_at = now + timedelta(seconds=backoff.forgets_after)
    first = insert(throttle).values(
        key=key,
        tries=1,
        free_at=now + timedelta(seconds=backoff.wait_after(1)),
        forget_at=forget_at,
    )
    counted = tx.execute(
        first.on_conflict_do_update(
            index_elements=[throttle.c.key],
            set_={
                "tries": tries,
                "free_at": literal(now, throttle.c.free_at.type) + _seconds(wait),
                "forget_at": forget_at,
            },
            where=throttle.c.free_at <= now,
        ).returning(throttle.c.tries)
    ).first()
    return 0 if counted else wait_seconds(tx, key, now)


def count_use(tx: Transaction, key: str, window: Window, now: datetime) -> int:
    """Count a use under `key` in the window that is open, or in a new one; one statement.

    Returns:
        0 when it is heard; else the seconds until the next window.
    """
    over = throttle.c.forget_at <= now
    ends_at = now + timedelta(seconds=window.seconds)
    row = tx.execute(
        insert(throttle)
        .values(key=key, tries=1, free_at=now, forget_at=ends_at)
        .on_conflict_do_update(
            index_elements=[throttle.c.key],
            set_={
                "tries": case((over, 1), else_=throttle.c.tries + 1),
                "forget_at": case(
                    (over, literal(ends_at, throttle.c.forget_at.type)),
                    else_=throttle.c.forget_at,
                ),
            },
        )
        .returning(throttle.c.tries, throttle.c.forget_at)
    ).one()
    return window.wait_seconds(row.tries, row.forget_at, now)


def count_in_quota(tx: Transaction, key: str, quota: Quota, now: datetime) -> Counted:
    """Count a use under `key`, unless as many as are heard count already; one statement.

    What is not heard is counted nowhere. Whoever asks at the same moment waits here for this
    transaction's end, so that no burst gets past the quota.
    """
    parts, forgotten_at = throttle.c.parts, quota.forgotten_at(now)
    forgotten = literal(forgotten_at, throttle.c.forget_at.type)
    passed = case(
        *(
            (throttle.c.forget_at <= forgotten_at - number * quota.part, number)
            for number in range(PARTS + 1, 0, -1)
        ),
        else_=0,
    )
    still = parts[1 : PARTS + 1 - passed]
    used = func.coalesce(
        select(func.sum(func.unnest(still).column_valued("uses"))).scalar_subquery(), 0
    )
    in_new_part = func.array_cat(
        func.array_cat(array([1]), func.array_fill(0, array([passed - 1]))), still
    )
    in_same_part = func.array_cat(array([parts[1] + 1]), parts[2 : PARTS + 1])
    row = tx.execute(
        insert(throttle)
        .values(key=key, tries=1, free_at=now, forget_at=forgotten_at, parts=[1] + [0] * PARTS)
        .on_conflict_do_update(
            index_elements=[throttle.c.key],
            set_={
                "tries": used + 1,
                "forget_at": func.greatest(throttle.c.forget_at, forgotten),
                "parts": case((passed == 0, in_same_part), else_=in_new_part),
            },
            where=used < quota.uses,
        )
        .returning(parts, throttle.c.forget_at)
    ).first()
    if row is None:
        return _not_heard(tx, key, quota, now)
    more_in = quota.more_in_seconds(row.parts, row.forget_at, now)
    return Counted(left=quota.uses - sum(row.parts), more_in_seconds=more_in)


def _not_heard(tx: Transaction, key: str, quota: Quota, now: datetime) -> Counted:
    row = tx.execute(
        select(throttle.c.parts, throttle.c.forget_at).where(throttle.c.key == key)
    ).one()
    wait = quota.wait_seconds(row.parts, row.forget_at, now)
    return Counted(wait_seconds=wait)


def wait_seconds(tx: Transaction, key: str, now: datetime) -> int:
    """Seconds until the next try under `key` is heard; 0 when it is heard now."""
    row = tx.execute(
        select(throttle.c.tries, throttle.c.free_at, throttle.c.forget_at).where(
            throttle.c.key == key
        )
    ).first()
    return 0 if row is None else Tries(row.tries, row.free_at, row.forget_at).wait_seconds(now)


def forgive(tx: Transaction, key: str, now: datetime) -> None:
    """Take back one try: it was a good one, and counting it would punish its neighbours."""
    tx.execute(
        update(throttle)
        .where(throttle.c.key == key)
        .values(tries=func.greatest(throttle.c.tries - 1, 0), free_at=now)
    )


def forget(tx: Transaction, key: str) -> None:
    """Start `key` anew."""
    tx.execute(delete(throttle).where(throttle.c.key == key))


def prune_forgotten(tx: Transaction, now: datetime) -> int:
    """Delete counts that would start anew anyway; how many."""
    return tx.execute(
        delete(throttle).where(throttle.c.forget_at <= now, throttle.c.free_at <= now)
    ).rowcount


def _seconds(value: Any) -> Any:
    # Its seven arguments run from years to seconds.
    return func.make_interval(0, 0, 0, 0, 0, 0, value)
