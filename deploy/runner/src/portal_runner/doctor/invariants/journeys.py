"""I7: whether events arrived, in both directions.

What was sent and did not arrive was lost on its way, or by whoever was to take it: the broker's
disk, or a database that was restored to an earlier moment. What arrived and was not sent was
forgotten by whoever published it: its database was restored to an earlier moment.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import msgspec
from sqlalchemy import MetaData, case, select

from portal_chassis.events.relay import SENT_KEPT
from portal_chassis.events.republish import REPEATABLE, instant_text
from portal_chassis.ids import made_at
from portal_chassis.tables import chassis_tables
from portal_contracts.catalogue import EVENTS, SERVICES, SUBSCRIPTIONS, Subscription
from portal_contracts.envelope import Event, EventData
from portal_runner.doctor.invariants.context import Context
from portal_runner.doctor.invariants.verdict import Verdict

MARGIN = timedelta(hours=1)
"""Before its time nothing is pruned; clocks may differ by so much."""

_REPUBLISH = ("outbox", "republish", "--since")

_CHOOSING = [
    event_type for event_type, event in EVENTS.items() if event.concerns is not EventData.concerns
]
"""Types whose events say to whom they matter."""

_chassis = chassis_tables(MetaData())


@dataclass(frozen=True)
class _Published:
    """The events of one type in their publisher's outbox.

    Attributes:
        known: all ids.
        sent: when those were sent that have to be where they arrive.
        no_concern: subscriber to those of them that leave no trace there.
    """

    known: set[UUID]
    sent: dict[UUID, datetime]
    no_concern: dict[str, set[UUID]]

    @classmethod
    def nothing(cls) -> _Published:
        return cls(set(), {}, defaultdict(set))

    def lost(self, queue: str, there: set[UUID]) -> set[UUID]:
        """What should have arrived in `queue` and is not `there`."""
        return self.sent.keys() - there - self.no_concern[queue]


def lost_since(context: Context) -> dict[str, datetime]:
    """Publisher to when the first of its events was sent that did not arrive everywhere."""
    published, arrived = _published(context), _arrived(context)
    found: dict[str, datetime] = {}
    for one in SUBSCRIPTIONS:
        its = published.get(one.event_type)
        lost = its.lost(one.queue, arrived.get(one.queue, set())) if its else set()
        if its and lost:
            first = min(its.sent[event] for event in lost)
            publisher = _publisher(one)
            found[publisher] = min(first, found.get(publisher, first))
    return found


def check_journeys(context: Context, verdict: Verdict) -> None:
    """Whether each event is in the outbox it left and in the inbox of each of its subscribers."""
    published = _published(context)
    arrived = _arrived(context)
    for one in SUBSCRIPTIONS:
        its = published.get(one.event_type) or _Published.nothing()
        there = arrived.get(one.queue, set())
        _tell_lost(one, its, there, context, verdict)
        _tell_forgotten(one, its, there, context, verdict)


def _tell_lost(
    one: Subscription, its: _Published, there: set[UUID], context: Context, verdict: Verdict
) -> None:
    lost = its.lost(one.queue, there)
    if lost:
        since = instant_text(min(its.sent[event] for event in lost))
        verdict.wrong.append(
            f"{len(lost)} event(s) were sent and are not in the inbox of {one.queue}, "
            f"among them {min(lost)}. Run: {context.admin(_publisher(one), *_REPUBLISH, since)}"
        )


def _tell_forgotten(
    one: Subscription, its: _Published, there: set[UUID], context: Context, verdict: Verdict
) -> None:
    # The outbox keeps what was sent; an id tells when its event happened, which was before.
    young = context.now - SENT_KEPT + MARGIN
    unknown = {event for event in there - its.known if made_at(event) > young}
    publisher = _publisher(one)
    # What was published after the first look at the outbox is there at the second.
    forgotten = unknown - _known(context, publisher, unknown) if unknown else unknown
    if not forgotten:
        return
    since = instant_text(made_at(min(forgotten)))
    tellers = sorted({_publisher(other) for other in SUBSCRIPTIONS if _taker(other) == publisher})
    commands = "; ".join(context.admin(name, *_REPUBLISH, since) for name in tellers)
    verdict.wrong.append(
        f"{len(forgotten)} event(s) are in the inbox of {one.queue} and not in the outbox of "
        f"{publisher}, among them {min(forgotten)}: its database is of a moment before {since}."
        + (f" For what others have told it since, run: {commands}" if commands else "")
    )


def _known(context: Context, service: str, events: set[UUID]) -> set[UUID]:
    outbox = _chassis.outbox
    with context.look_into(service) as tx:
        return set(tx.execute(select(outbox.c.id).where(outbox.c.id.in_(events))).scalars())


def _published(context: Context) -> dict[str, _Published]:
    outbox = _chassis.outbox
    found: dict[str, _Published] = defaultdict(_Published.nothing)
    remembered = context.now - REPEATABLE
    chooses = outbox.c.type.in_(_CHOOSING)
    query = select(
        outbox.c.type,
        outbox.c.id,
        outbox.c.sent_at,
        outbox.c.occurred_at,
        case((chooses, outbox.c.body)).label("body"),
    )
    for service in SERVICES:
        with context.look_into(service) as tx:
            for row in tx.execute(query):
                found[row.type].known.add(row.id)
                if row.sent_at is not None and row.occurred_at >= remembered:
                    found[row.type].sent[row.id] = row.sent_at
                    for queue in _no_concern(row.type, row.body):
                        found[row.type].no_concern[queue].add(row.id)
    return found


def _no_concern(event_type: str, body: bytes | None) -> list[str]:
    """The subscribers that such an event leaves no trace at; what cannot be read is awaited."""
    if body is None:
        return []
    event = EVENTS[event_type]
    try:
        data: EventData = msgspec.json.decode(body, type=Event[event]).data  # type: ignore[valid-type]
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError):
        return []
    return [queue for queue in event.SUBSCRIBERS if not data.concerns(queue)]


def _arrived(context: Context) -> dict[str, set[UUID]]:
    found: dict[str, set[UUID]] = defaultdict(set)
    for service in sorted(_takers(SUBSCRIPTIONS)):
        with context.look_into(service) as tx:
            for row in tx.execute(select(_chassis.inbox.c.consumer, _chassis.inbox.c.event_id)):
                found[row.consumer].add(row.event_id)
    return found


def _takers(subscriptions: Iterable[Subscription]) -> set[str]:
    return {_taker(one) for one in subscriptions}


def _taker(one: Subscription) -> str:
    return one.queue.split(".", 1)[0]


def _publisher(one: Subscription) -> str:
    return one.event_type.split(".", 1)[0]
