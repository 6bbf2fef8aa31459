"""I1: no two live appointments of a practitioner overlap, buffers included."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import text

from portal_chassis.database.transactions import Transaction
from portal_runner.doctor.invariants.context import Context
from portal_runner.doctor.invariants.verdict import Verdict
from scheduling.domain.appointments import LIVE
from scheduling.storage.calendar_check import CONSTRAINT

_DEFINITION = text(
    "SELECT pg_get_constraintdef(oid) FROM pg_constraint"
    " WHERE conname = :name AND contype = 'x' AND convalidated"
    " AND conrelid = 'booked_time'::regclass"
)
_COUNTED = text(
    "SELECT count(*) AS times, count(DISTINCT practitioner_id) AS practitioners"
    " FROM booked_time WHERE status = ANY(:live)"
)
# From starts, ends and buffers: `blocked`, which the constraint reads, is itself under test.
# Sorted once instead of joined with itself, so that a long history is no matter.
_OVERLAPS = text(
    """
    WITH span AS (
        SELECT id, practitioner_id,
               starts_at - make_interval(mins => buffer_before_minutes) AS begins,
               ends_at + make_interval(mins => buffer_after_minutes) AS ends
          FROM booked_time WHERE status = ANY(:live)
    ), ordered AS (
        SELECT id, practitioner_id, begins,
               max(ends) OVER (PARTITION BY practitioner_id ORDER BY begins, id
                               ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS busy_until
          FROM span
    )
    SELECT id, practitioner_id, begins FROM ordered WHERE begins < busy_until ORDER BY begins
    """
)
_BLOCKS_NOTHING = text(
    "SELECT id FROM booked_time WHERE status = ANY(:live) AND isempty(blocked) ORDER BY id"
)
# A seat keeps nobody else from its time unless that is live, and is shown to its client at
# its own start: columns that agree with those of its time.
_SEATS_APART = text(
    "SELECT a.id, a.status, t.status AS time_status,"
    " (a.starts_at, a.ends_at) IS DISTINCT FROM (t.starts_at, t.ends_at) AS elsewhere"
    " FROM appointment a LEFT JOIN booked_time t ON t.id = a.booked_time_id"
    " WHERE a.status = ANY(:live) AND (t.status IS NULL OR t.status <> ALL(:live)"
    " OR (a.starts_at, a.ends_at) IS DISTINCT FROM (t.starts_at, t.ends_at)) ORDER BY a.id"
)
_OVERFULL = text(
    "SELECT t.id, t.capacity, count(*) AS seats"
    " FROM booked_time t JOIN appointment a ON a.booked_time_id = t.id"
    " WHERE a.status = ANY(:live) GROUP BY t.id HAVING count(*) > t.capacity ORDER BY t.id"
)
NEEDED = ("practitioner_id WITH =", "blocked WITH &&", *LIVE)
"""What the constraint's definition must say."""


def check(context: Context) -> Verdict:
    """Look for overlaps, for the constraint that forbids them, and for seats beside their times."""
    verdict = Verdict("I1", "nobody is booked twice at one time")
    live = {"live": [str(status) for status in LIVE]}
    with context.look_into("scheduling") as tx:
        definition = tx.execute(_DEFINITION, {"name": CONSTRAINT}).scalar_one_or_none()
        counted = tx.execute(_COUNTED, live).one()
        overlaps = tx.execute(_OVERLAPS, live).all()
        empty = tx.execute(_BLOCKS_NOTHING, live).scalars().all()
        seats = list(_of_seats(tx, live))
    verdict.counted = {
        "live times": counted.times,
        "practitioners": counted.practitioners,
        "constraints": int(definition is not None),
    }
    if definition is None:
        verdict.wrong.append(f"the constraint {CONSTRAINT} is not there or was never validated")
    else:
        missing = [words for words in NEEDED if words not in definition]
        verdict.wrong += [f"the constraint {CONSTRAINT} does not say {words}" for words in missing]
    verdict.wrong += [
        f"booked time {row.id} of practitioner {row.practitioner_id} begins at "
        f"{row.begins:%Y-%m-%d %H:%M} UTC, within an earlier one"
        for row in overlaps
    ]
    verdict.wrong += [f"booked time {one} is live and blocks nothing" for one in empty]
    verdict.wrong += seats
    return verdict


def _of_seats(tx: Transaction, live: dict[str, list[str]]) -> Iterator[str]:
    """Seats whose times do not keep them, or keep them for too many."""
    for row in tx.execute(_SEATS_APART, live):
        if row.time_status not in live["live"]:
            yield f"appointment {row.id} is {row.status} and its time is {row.time_status}"
        elif row.elsewhere:
            yield f"appointment {row.id} is not when its time is"
    for row in tx.execute(_OVERFULL, live):
        yield f"booked time {row.id} has {row.seats} seats taken of {row.capacity}"
