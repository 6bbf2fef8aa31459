"""Write down what came of an attempt, and make sure before it that this will be possible."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy.exc import SQLAlchemyError

from notifications.domain.delivery import Delivery, after_attempt, surely_not_taken
from notifications.domain.letters import Written
from notifications.domain.masking import masked
from notifications.domain.outcome import Outcome, OutcomeKind, temporary
from notifications.domain.reasons import Reason
from notifications.operations.gauges import MAIL_ATTEMPTS
from notifications.operations.sender import Sender
from notifications.storage import attempts as stored_attempts
from notifications.storage import deliveries, mail_history
from notifications.storage.attempts import Sent
from portal_chassis.database.sealed import Unsealable
from portal_chassis.database.transactions import describe_error
from portal_chassis.ids import new_id

log = structlog.get_logger(__name__)

RECORD_SECONDS = 60
"""How long an outcome is kept in hand while the database is away."""

RECORD_PAUSE_SECONDS = 0.5


@dataclass(frozen=True)
class Attempt:
    """What came of one attempt, until it is written down.

    Attributes:
        id: so that writing it a second time changes nothing.
        began_at: aware UTC.
        outcome: what the transport said.
        sent_to: the address it was handed in for.
        copy: column to sealed text.
    """

    id: UUID
    began_at: datetime
    outcome: Outcome
    sent_to: str
    copy: dict[str, bytes]


def ready_to_hand_in(
    sender: Sender, delivery: Delivery, written: Written
) -> dict[str, bytes] | None:
    """The sealed copy of a mail about to be handed in; None when the lease is too short for it.

    A mail about an account has none: it stands in no mail log.

    What the mail tells is noted before it leaves: a process that dies after
    that must not make later mails believe that the recipient knows nothing.
    """
    until = sender.clock.now() + timedelta(seconds=sender.handing_in_seconds)
    note: dict[str, Any] = {"holder": sender.holder, "until": until}
    if delivery.client_id is not None:
        with sender.database.autocommit() as tx:
            wrapped = mail_history.note_with_key(tx, delivery, written.told_starts_at, **note)
        if wrapped is not None:
            try:
                return _copy(written, partial(sender.sealer.seal_under, wrapped), delivery)
            except Unsealable:
                # No mail leaves of which no copy can be kept, so it tells nothing.
                with sender.database.transaction() as tx:
                    mail_history.note_told_start(tx, delivery, None, **note)
                raise
    # Its lease is too short, or it is the first that is kept of this client.
    with sender.database.transaction() as tx:
        if not mail_history.note_told_start(tx, delivery, written.told_starts_at, **note):
            return None
        return _copy(written, partial(sender.sealer.seal, tx), delivery)


def _copy(written: Written, seal: Callable[..., bytes], delivery: Delivery) -> dict[str, bytes]:
    if delivery.client_id is None:
        return {}
    return {
        column: seal(
            delivery.client_id,
            masked(text, written.secret),
            table="delivery",
            column=column,
            row=delivery.id,
        )
        for column, text in (("subject_sealed", written.subject), ("text_sealed", written.text))
    }


def record_outcome(sender: Sender, delivery: Delivery, attempt: Attempt) -> None:
    """Write an outcome down; while the database is away or refuses, try again.

    Raises:
        sqlalchemy.exc.SQLAlchemyError: it did so to the end.
    """
    give_up = time.monotonic() + RECORD_SECONDS
    while True:
        try:
            _record_once(sender, delivery, attempt)
        except SQLAlchemyError as error:
            if time.monotonic() > give_up:
                raise
            log.warning(
                "outcome_waits_for_the_database",
                delivery_id=str(delivery.id),
                error=describe_error(error),
            )
            threading.Event().wait(RECORD_PAUSE_SECONDS)
        else:
            return


def _record_once(sender: Sender, delivery: Delivery, attempt: Attempt) -> None:
    now = sender.clock.now()
    attempts = delivery.attempts + 1
    outcome = attempt.outcome
    if outcome.kind is OutcomeKind.ACCEPTED:
        # It was sent, whoever holds the lease by now: that one shall not send it again.
        sent = Sent(attempts, now, attempt.sent_to, attempt.copy)
        with sender.database.autocommit() as tx:
            held = stored_attempts.write_sent(
                tx, delivery.id, sent, attempt_id=attempt.id, began_at=attempt.began_at
            )
    else:
        held = _record_trouble(sender, delivery, attempt, now)
    MAIL_ATTEMPTS.labels(outcome.kind, outcome.reason or "").inc()
    log.info(
        "delivery_attempted",
        delivery_id=str(delivery.id),
        request_id=delivery.request_id,
        outcome=outcome.kind,
        reason=outcome.reason,
        status=outcome.status,
        attempts=attempts,
        lease_lost=not held,
    )


def _record_trouble(sender: Sender, delivery: Delivery, attempt: Attempt, now: datetime) -> bool:
    attempts, outcome = delivery.attempts + 1, attempt.outcome
    step = after_attempt(outcome, attempts=attempts, give_up_at=delivery.give_up_at, now=now)
    more: dict[str, Any] = {"attempts": attempts}
    if surely_not_taken(outcome):
        more["told_starts_at"] = None
    with sender.database.transaction() as tx:
        held = deliveries.write_step(tx, delivery.id, step, holder=sender.holder, **more)
        stored_attempts.write_attempt(
            tx, delivery.id, outcome, attempt_id=attempt.id, began_at=attempt.began_at
        )
    return held


def record_unexpected_error(sender: Sender, delivery: Delivery, began_at: datetime) -> None:
    """Write down that an attempt ended with an error that nobody expected."""
    attempts = delivery.attempts + 1
    outcome = temporary(Reason.INTERNAL_ERROR)
    now = sender.clock.now()
    step = after_attempt(outcome, attempts=attempts, give_up_at=delivery.give_up_at, now=now)
    with sender.database.transaction() as tx:
        deliveries.write_step(tx, delivery.id, step, holder=sender.holder, attempts=attempts)
        stored_attempts.write_attempt(
            tx, delivery.id, outcome, attempt_id=new_id(), began_at=began_at
        )
