"""Send what is due: claim by lease, read the facts anew, write, hand in, record.

The deliveries of one cause are claimed together, and sent one after the other. The facts
are read and the mail is handed in outside any transaction. Just before it is handed in, it
is seen that the lease will outlast the attempt, and the copy is sealed: what could not be
recorded is not sent. A process that dies anywhere leaves its delivery to the next
one when the lease ends; only one that dies between the server's acceptance
and the record makes the same mail go out a second time, under the same
Message-ID. A database that is away at that moment is waited for.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from itertools import zip_longest
from uuid import UUID

import structlog

from notifications.domain.addresses import AddressInvalid
from notifications.domain.delivery import (
    Delivery,
    Step,
    after_missing_facts,
    closed,
    failed,
)
from notifications.domain.reasons import Reason
from notifications.operations.outcomes import (
    Attempt,
    ready_to_hand_in,
    record_outcome,
    record_unexpected_error,
)
from notifications.operations.sender import Sender
from notifications.operations.writing import letter_of
from notifications.storage import claiming, deliveries
from notifications.storage.claiming import Claimed
from notifications.transports.choose_transport import MailTransport
from portal_chassis import tracing
from portal_chassis.database.transactions import is_away
from portal_chassis.ids import new_id
from portal_contracts.errors import Conflict, PortalError
from portal_contracts.notifications.rpc import DeliveryState

log = structlog.get_logger(__name__)

OUTAGES = (Reason.MAIL_SERVER_UNREACHABLE,)
"""Reasons whose end can be seen without sending a mail.

A server that answers but hangs later is none: it would be given the same mail
every few seconds.
"""


def send_due(sender: Sender) -> int:
    """Claim what is longest due and of the same cause, and make one attempt at each.

    Returns:
        How many were claimed; 0 when nothing was due.

    Raises:
        sqlalchemy.exc.DBAPIError: the database does not answer.
    """
    claimed = claim_due(sender)
    attempt_all(sender, claimed.deliveries)
    return len(claimed.deliveries)


def claim_due(
    sender: Sender, *, in_hand: Collection[UUID] = (), full: Collection[UUID] = ()
) -> Claimed:
    """Claim what is longest due and of the same cause; see `claiming.claim_due`."""
    with sender.database.autocommit() as tx:
        return claiming.claim_due(
            tx,
            holder=sender.holder,
            seconds=sender.lease_seconds,
            now=sender.clock.now(),
            in_hand=in_hand,
            full=full,
        )


def attempt_all(
    sender: Sender, claimed: Sequence[Delivery], *, may_begin: Callable[[], bool] = lambda: True
) -> Sequence[Delivery]:
    """Make one attempt at each of several claimed deliveries, one after the other.

    Facts that one was written from serve the next one too, for `FACTS_SERVE_SECONDS`.

    Returns:
        Those that were left because no other `may_begin`; they are claimed still.

    Raises:
        sqlalchemy.exc.DBAPIError: the database does not answer.
    """
    sender = sender.asking_once()
    for begun, (delivery, after) in enumerate(zip_longest(claimed, claimed[1:])):
        if not may_begin():
            return claimed[begun:]
        began_at = sender.clock.now()
        also_to = after.practitioner_id if after is not None else None
        try:
            with tracing.under(delivery.traceparent):
                _attempt(sender.before(also_to), delivery)
        except Exception as error:
            if is_away(error):
                raise
            # One delivery's surprise must not hold up those behind it, nor come back at once.
            log.exception("delivery_surprised", delivery_id=str(delivery.id))
            record_unexpected_error(sender, delivery, began_at)
    return ()


def resume_after_outage(sender: Sender) -> int:
    """When a mail server answers again, make due what waits for nothing else.

    Each practice's is asked on its own, and one that serves all of them once.

    Without this a mail that met a long outage would wait for the rest of its
    pause, which may be two hours.

    Returns:
        How many deliveries became due.
    """
    with sender.database.transaction() as tx:
        waiting = deliveries.practices_that_wait(tx, reasons=OUTAGES, now=sender.clock.now())
    # Kept beside their ids: that of one which is gone may be the next one's.
    asked: dict[int, tuple[MailTransport, bool]] = {}
    back = []
    for practice_id in waiting:
        route = sender.route_of(practice_id)
        if route is None:
            continue
        one = route.transport
        if id(one) not in asked:
            asked[id(one)] = one, one.answers()
        if asked[id(one)][1]:
            back.append(practice_id)
    with sender.database.transaction() as tx:
        return sum(
            deliveries.make_practice_due(tx, practice_id, reasons=OUTAGES, now=sender.clock.now())
            for practice_id in back
        )


def _attempt(sender: Sender, delivery: Delivery) -> None:
    began_at = sender.clock.now()
    route = sender.route_of(delivery.practice_id)
    sender = sender.by(route)
    try:
        letter = letter_of(sender, delivery, began_at)
    except AddressInvalid:
        letter = failed(Reason.ADDRESS_INVALID)
    except PortalError:
        letter = after_missing_facts(give_up_at=delivery.give_up_at, now=began_at)
    if isinstance(letter, Step):
        _end_without_attempt(sender, delivery, letter)
        return
    try:
        copy = ready_to_hand_in(sender, delivery, letter.written)
    except Conflict:
        # Its copy cannot be kept: the client was erased after the mail was planned.
        _end_without_attempt(sender, delivery, closed(Reason.CLIENT_ERASED))
        return
    if copy is None:
        log.warning("delivery_lease_lost", delivery_id=str(delivery.id))
        return
    if route is None:
        message = "nothing is written without a route"
        raise RuntimeError(message)
    outcome = route.transport.send(letter)
    record_outcome(
        sender, delivery, Attempt(new_id(), began_at, outcome, letter.recipient.address, copy)
    )


def _end_without_attempt(sender: Sender, delivery: Delivery, step: Step) -> None:
    with sender.database.transaction() as tx:
        deliveries.write_step(tx, delivery.id, step, holder=sender.holder)
    trouble = step.reason is not None and step.state in {
        DeliveryState.RETRYING,
        DeliveryState.FAILED,
    }
    level = log.warning if trouble else log.info
    level(
        "delivery_not_attempted",
        delivery_id=str(delivery.id),
        request_id=delivery.request_id,
        state=step.state,
        reason=step.reason,
    )
