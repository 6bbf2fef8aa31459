"""I1: no two live appointments of a practitioner overlap, buffers included."""

from __future__ import annotations

from sqlalchemy import text

from portal_runner.invariants.ground import Ground
from portal_runner.invariants.verdict import Verdict
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
NEEDED = ("practitioner_id WITH =", "blocked WITH &&", *LIVE)
"""What the constraint's definition must say."""


def check(ground: Ground) -> Verdict:
    """Look for overlaps, and for the constraint that forbids them."""
    verdict = Verdict("I1", "nobody is booked twice at one time")
    live = {"live": [str(status) for status in LIVE]}
    with ground.look_into("scheduling") as tx:
        definition = tx.execute(_DEFINITION, {"name": CONSTRAINT}).scalar_one_or_none()
        counted = tx.execute(_COUNTED, live).one()
        overlaps = tx.execute(_OVERLAPS, live).all()
        empty = tx.execute(_BLOCKS_NOTHING, live).scalars().all()
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
    return verdict
