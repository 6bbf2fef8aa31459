"""What a client may do to a booked appointment, and when the meeting is open.

The rules are the bookable service's as they are now, also for appointments
booked before they changed: one service has one answer for all its clients.
What was *booked* (title, place, length, buffers, the accepted policy)
stays as it was.

Every bound belongs to the time in which it is allowed: with a notice of 24
hours a client may cancel exactly 24 hours before the start.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from portal_contracts.scheduling.rpc.appointments import JOIN_OPENS_MINUTES, Allowance, Closed
from portal_contracts.scheduling.rpc.services import LateCancel

JOIN_OPENS_BEFORE = timedelta(minutes=JOIN_OPENS_MINUTES)
JOIN_CLOSES_AFTER = timedelta(minutes=30)

_MARK_DIGITS = 32
"""128 bits: nobody finds other terms with the same mark."""


@dataclass(frozen=True)
class ClientRules:
    """What a bookable service lets its clients do by themselves after booking.

    Attributes:
        may_cancel: the switch; when off, nothing else counts.
        cancel_notice: elapsed time before the start.
        late_cancel: inside the notice it is allowed and flagged, or refused.
        may_move: the switch; when off, nothing else counts.
        move_notice: elapsed time before the present start.
        max_moves: how often a client may move one appointment; None is no limit.
        grace: elapsed time after booking in which neither notice nor
            `max_moves` counts, and cancelling is not late.
    """

    may_cancel: bool = True
    cancel_notice: timedelta = timedelta()
    late_cancel: LateCancel = LateCancel.BLOCKED
    may_move: bool = True
    move_notice: timedelta = timedelta()
    max_moves: int | None = None
    grace: timedelta = timedelta()


@dataclass(frozen=True)
class Standing:
    """What of an appointment decides. Aware UTC instants.

    `live`: it is confirmed; one that was cancelled is over. `requested`: it waits for its answer.
    """

    starts_at: datetime
    booked_at: datetime
    moves: int = 0
    live: bool = True
    requested: bool = False


def cancelling(rules: ClientRules, standing: Standing, *, now: datetime) -> Allowance:
    """Whether the client may cancel now; `late` only where late cancelling is flagged.

    A request that waits for its answer is withdrawn whatever the rules say, until it begins.
    """
    if standing.requested and now <= standing.starts_at:
        return Allowance(until=standing.starts_at)
    if closed := _out_of_question(standing, switched_on=rules.may_cancel, now=now):
        return Allowance(closed=closed)
    in_time_until = _until(standing, rules.cancel_notice, rules.grace)
    if rules.late_cancel is LateCancel.FLAGGED:
        late = now > in_time_until
        free_until = _ever(standing, in_time_until)
        return Allowance(until=standing.starts_at, late=late, free_until=free_until)
    if now > in_time_until:
        return Allowance(closed=Closed.NOTICE, until=_ever(standing, in_time_until))
    return Allowance(until=in_time_until)


def moving(rules: ClientRules, standing: Standing, *, now: datetime) -> Allowance:
    """Whether the client may move the appointment now; a request is withdrawn instead."""
    if standing.requested:
        return Allowance(closed=Closed.REQUESTED)
    if closed := _out_of_question(standing, switched_on=rules.may_move, now=now):
        return Allowance(closed=closed)
    if rules.max_moves is not None and standing.moves >= rules.max_moves:
        grace_until = _grace_until(standing, rules.grace)
        if now > grace_until or not rules.grace:
            return Allowance(closed=Closed.MAX_MOVES)
        return Allowance(until=grace_until)
    until = _until(standing, rules.move_notice, rules.grace)
    if now > until:
        return Allowance(closed=Closed.NOTICE, until=_ever(standing, until))
    return Allowance(until=until)


def join_window(starts_at: datetime, ends_at: datetime) -> tuple[datetime, datetime]:
    """When *Join* is open: from the first instant until before the second."""
    return starts_at - JOIN_OPENS_BEFORE, ends_at + JOIN_CLOSES_AFTER


def _out_of_question(standing: Standing, *, switched_on: bool, now: datetime) -> Closed | None:
    if not standing.live or now > standing.starts_at:
        return Closed.OVER
    return None if switched_on else Closed.SWITCHED_OFF


def _until(standing: Standing, notice: timedelta, grace: timedelta) -> datetime:
    """The last instant in time: by notice or by grace, whichever is later."""
    by_notice = standing.starts_at - notice
    return max(by_notice, _grace_until(standing, grace)) if grace else by_notice


def _ever(standing: Standing, until: datetime) -> datetime | None:
    """`until`, or None where it was over before the appointment was booked."""
    return until if until >= standing.booked_at else None


def _grace_until(standing: Standing, grace: timedelta) -> datetime:
    return min(standing.booked_at + grace, standing.starts_at)


def policy_mark(policy: str) -> str:
    """What stands for the terms of a service where they are named but not said; "" for none."""
    return sha256(policy.encode()).hexdigest()[:_MARK_DIGITS] if policy else ""
