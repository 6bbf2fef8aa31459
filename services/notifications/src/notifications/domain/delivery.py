"""A delivery: one mail to one recipient for one cause, from waiting to its end.

waiting ──▶ sent
   │  ╲──▶ failed    tried, and will never pass, or 24 hours are over
   ▼   ╲─▶ closed    no longer wanted (link revoked, client archived …)
retrying ─▶ sent | failed | closed
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from notifications.domain.outcome import Outcome, OutcomeKind
from notifications.domain.reasons import Reason
from portal_contracts.identity_links.rpc.targets import LinkState
from portal_contracts.notifications.rpc import OPEN_STATES, DeliveryState, Recipient

KEEP_TRYING = timedelta(hours=24)
"""How long after its first trouble a delivery is tried again."""

PAUSES = tuple(
    timedelta(seconds=seconds) for seconds in (30, 60, 120, 300, 600, 1200, 1800, 3600, 7200)
)
"""Pause after the first, second … failed attempt; the last one repeats.

Short at first, because most trouble is a restart or greylisting, which asks
for minutes (RFC 6647, section 5).
"""

FACTS_PAUSE = timedelta(seconds=5)
"""Pause when the facts of the mail could not be read: nothing was tried at the mail server."""

ADDRESS_PAUSE = timedelta(minutes=15)
"""Pause while a new address waits to be confirmed: an event ends it, this only repairs."""

MAIL_SERVER_PAUSE = timedelta(minutes=10)
"""Pause while no mail server is set: setting one ends it."""

LATE = timedelta(minutes=1)
"""So long a mail may be due before something must be holding it up."""

FIRST_PAUSE = timedelta(seconds=30)
"""The first such pause: what is waited for may have come while that was written down."""

_LINK_REASONS = {
    LinkState.EXPIRED: Reason.LINK_EXPIRED,
    LinkState.REVOKED: Reason.LINK_REVOKED,
    LinkState.USED: Reason.LINK_USED,
    LinkState.UNKNOWN: Reason.LINK_UNKNOWN,
}


_UNSURE = frozenset({Reason.MAIL_SERVER_TIMEOUT, Reason.INTERNAL_ERROR})
"""Reasons that leave open whether the server took the mail (RFC 1047)."""


@dataclass(frozen=True, kw_only=True)
class NewDelivery:
    """A delivery that is planned.

    Attributes:
        cause_id: the event or what else led to it; with kind and recipient it is planned once.
        request_id: the request that led to it, for logs; empty for none.
        traceparent: the trace it belongs to; may be empty.
        reason: why it is closed from the beginning, and only stands in the log; empty for what is
            to be sent.
        told_starts_at: the time of an appointment that its recipient is told otherwise then.

    The others are those of `Delivery`.
    """

    cause_id: UUID
    practice_id: UUID
    client_id: UUID | None
    kind: str
    subject_id: UUID
    request_id: str = ""
    traceparent: str = ""
    recipient: Recipient
    practitioner_id: UUID | None = None
    planned_sequence: int | None = None
    planned_starts_at: datetime | None = None
    reason: str = ""
    told_starts_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """A delivery as it is stored.

    Attributes:
        id: of the delivery; also half of its mail's Message-ID.
        practice_id: who writes.
        client_id: whom the mail is about, and to unless it is to a practitioner; None for a
            mail about an account, which is no part of the mail log.
        kind: the kind of mail that was planned.
        subject_id: the thing it is about.
        request_id: the request that led to it, for logs.
        traceparent: the trace it belongs to; may be empty.
        state: where it stands.
        reason: why it waits, failed or was closed; may be empty.
        attempts: how many there were.
        sent_to: the address it went to; empty before that.
        subject_sealed: the copy of its subject, while one is kept.
        text_sealed: the copy of its text, while one is kept.
        created_at: aware UTC.
        next_attempt_at: when it is due; None at an end.
        give_up_at: see `Step`.
        sent_at: aware UTC; None before that.
        recipient: whom it is to.
        practitioner_id: the practitioner it is to; None for a client.
        planned_sequence: the invitation's sequence or the summary's version that the event
            told; None for other mails, and where it is sent again by hand.
        planned_starts_at: the time that a reminder was planned for; None likewise.
    """

    id: UUID
    practice_id: UUID
    client_id: UUID | None
    kind: str
    subject_id: UUID
    request_id: str
    traceparent: str
    state: DeliveryState
    reason: str
    attempts: int
    sent_to: str = field(repr=False)
    subject_sealed: bytes | None = field(repr=False)
    text_sealed: bytes | None = field(repr=False)
    created_at: datetime
    next_attempt_at: datetime | None
    give_up_at: datetime | None
    sent_at: datetime | None
    recipient: Recipient
    practitioner_id: UUID | None
    planned_sequence: int | None
    planned_starts_at: datetime | None

    @property
    def about(self) -> UUID:
        """The client whom it is about: every mail of the mail log has one.

        Raises:
            LookupError: it is about nobody.
        """
        if self.client_id is None:
            message = f"the mail {self.id} is about no client"
            raise LookupError(message)
        return self.client_id


@dataclass(frozen=True, kw_only=True)
class PastAttempt:
    """What came of an attempt; `status` is the mail server's code without its words."""

    began_at: datetime
    outcome: str
    reason: str
    status: str


@dataclass(frozen=True)
class Step:
    """How a delivery goes on.

    Attributes:
        state: its state from now on.
        reason: why it waits, failed or was closed; None once sent.
        next_attempt_at: when it is due again; None at an end.
        give_up_at: after this instant a failed attempt is the last one; None
            while there was no trouble.
    """

    state: DeliveryState
    reason: Reason | None = None
    next_attempt_at: datetime | None = None
    give_up_at: datetime | None = None


def after_attempt(
    outcome: Outcome, *, attempts: int, give_up_at: datetime | None, now: datetime
) -> Step:
    """How a delivery goes on after an attempt.

    Args:
        outcome: of the attempt.
        attempts: how many there were, this one included.
        give_up_at: as the earlier step left it.
        now: aware UTC.
    """
    if outcome.kind is OutcomeKind.ACCEPTED:
        return Step(DeliveryState.SENT)
    reason = outcome.reason or Reason.INTERNAL_ERROR
    if outcome.kind is OutcomeKind.PERMANENT:
        return Step(DeliveryState.FAILED, reason)
    return _again(reason, PAUSES[min(attempts, len(PAUSES)) - 1], give_up_at, now)


def after_missing_facts(*, give_up_at: datetime | None, now: datetime) -> Step:
    """How a delivery goes on when the service that knows its facts does not answer."""
    return _again(Reason.SERVICE_UNAVAILABLE, FACTS_PAUSE, give_up_at, now)


def after_an_earlier_one(*, give_up_at: datetime | None, now: datetime) -> Step:
    """How a delivery goes on while an earlier mail about the same thing is being handed in."""
    return Step(DeliveryState.WAITING, Reason.IN_LINE, now + FACTS_PAUSE, give_up_at)


def until_address_is_settled(delivery: Delivery, *, now: datetime) -> Step:
    """How a delivery goes on while its client's new address waits to be confirmed: no trouble."""
    again = delivery.reason == Reason.ADDRESS_WAITS
    pause = ADDRESS_PAUSE if again else FIRST_PAUSE
    return Step(DeliveryState.WAITING, Reason.ADDRESS_WAITS, now + pause)


def until_mail_server_is_set(delivery: Delivery, *, now: datetime) -> Step:
    """How a delivery goes on while its practice has set no mail server: no trouble, no end.

    Setting one makes it due; until then it is only looked at again, whether it is still wanted.
    """
    again = delivery.reason == Reason.MAIL_SERVER_MISSING
    pause = MAIL_SERVER_PAUSE if again else FIRST_PAUSE
    return Step(DeliveryState.WAITING, Reason.MAIL_SERVER_MISSING, now + pause)


def why_not_sent(delivery: Delivery, now: datetime) -> Reason | None:
    """Why nobody has the mail yet, or ever will; None for one that was sent.

    What is stored says it where something happened. A mail that nothing has happened to yet
    waits on purpose, is next, or should have been taken up by now.
    """
    if delivery.reason:
        return Reason(delivery.reason)
    if delivery.state not in OPEN_STATES or delivery.next_attempt_at is None:
        return None
    if delivery.next_attempt_at > now:
        return Reason.UNDO_TIME
    return Reason.HELD_UP if now - delivery.next_attempt_at > LATE else Reason.IN_LINE


def surely_not_taken(outcome: Outcome) -> bool:
    """Whether no mail server can have taken the mail of this attempt."""
    return outcome.kind is not OutcomeKind.ACCEPTED and outcome.reason not in _UNSURE


def closed(reason: Reason) -> Step:
    """The end of a delivery that is no longer wanted."""
    return Step(DeliveryState.CLOSED, reason)


def failed(reason: Reason) -> Step:
    """The end of a delivery that cannot be made."""
    return Step(DeliveryState.FAILED, reason)


def why_unwanted(link: LinkState, *, client_active: bool, address_changed: bool) -> Reason | None:
    """Why a link's mail is no longer wanted, or None when it is.

    `address_changed`: the link was made for a former address of the client's.
    """
    if not client_active:
        return Reason.CLIENT_ARCHIVED
    if address_changed:
        return Reason.ADDRESS_CHANGED
    return _LINK_REASONS.get(link)


def _again(reason: Reason, pause: timedelta, give_up_at: datetime | None, now: datetime) -> Step:
    # Counted from the first trouble and not from the delivery's birth: after a weekend
    # without power the first mail that meets a greylist would otherwise be lost at once.
    last = give_up_at or now + KEEP_TRYING
    if now >= last:
        return Step(DeliveryState.FAILED, reason, give_up_at=last)
    return Step(DeliveryState.RETRYING, reason, min(now + pause, last), last)
