"""What the access log says: who did what on whom, when, from where.

Rows hold ids, codes, an address, and what a form or a service was called, never
the name of a person: names are looked up when the log is read, so the rows of an
erased client stand without one.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from identity_links.domain.networks import normalise_address
from portal_contracts.accesses import Thing
from portal_contracts.actor import Actor, ActorKind, Caller
from portal_contracts.text import cut_line

NOBODYS_CHAIN = UUID(int=0)
"""The chain of rows whose practice is unknown."""

MAX_CODE = 60
MAX_DETAIL = 200
MAX_REQUEST_ID = 100


class Act(StrEnum):
    """What was done here. Other services' acts come as they are."""

    CLIENT_ADDED = "client.added"
    CLIENT_EDITED = "client.edited"
    CLIENT_ARCHIVED = "client.archived"
    CLIENT_ACTIVATED = "client.activated"
    CLIENT_ERASED = "client.erased"
    CLIENT_OPENED = "client.opened"
    ADDRESS_CHANGED = "client.address_changed"
    ADDRESS_CONFIRMED = "client.address_confirmed"
    ADDRESS_RESTORED = "client.address_restored"
    LINK_SHARED = "link.shared"
    LINK_CREATED = "link.created"
    LINK_REQUESTED = "link.requested"
    LINK_REVOKED = "link.revoked"
    CODE_REQUESTED = "entry_code.requested"
    SECOND_CHECK_LOCKED = "second_check.locked"
    DEVICE_ENTERED = "device.entered"
    DEVICE_ENDED = "device.ended"
    DEVICE_REVOKED = "device.revoked"
    API_TOKEN_CREATED = "api_token.created"  # noqa: S105 - the name of an act
    API_TOKEN_REVOKED = "api_token.revoked"  # noqa: S105
    SIGN_IN = "sign_in"
    SIGN_IN_FAILED = "sign_in.failed"
    PASSWORD_CHANGED = "password.changed"  # noqa: S105 - the name of an act
    EMERGENCY_OPENED = "emergency.opened"
    EMERGENCY_CLOSED = "emergency.closed"
    PASSWORD_RESET_REQUESTED = "password.reset_requested"  # noqa: S105
    SECOND_FACTOR_ON = "second_factor.on"
    SECOND_FACTOR_OFF = "second_factor.off"
    SECOND_FACTOR_RESET = "second_factor.reset"
    RECOVERY_CODES_RENEWED = "recovery_codes.renewed"
    RECOVERY_CODE_USED = "recovery_code.used"
    CASELOAD_SHARED = "caseload.shared"
    CASELOAD_WITHDRAWN = "caseload.withdrawn"
    CASELOAD_HANDED_OVER = "caseload.handed_over"
    PRACTICE_ADDED = "practice.added"
    PRACTICE_CHANGED = "practice.changed"
    PRACTITIONER_ADDED = "practitioner.added"
    PRACTITIONER_CHANGED = "practitioner.changed"
    PRACTITIONER_DEACTIVATED = "practitioner.deactivated"
    PRACTITIONER_REACTIVATED = "practitioner.reactivated"
    PRACTITIONER_INVITED = "practitioner.invited"
    PRACTITIONER_HANDED_OVER = "practitioner.handed_over"
    INVITATION_WITHDRAWN = "invitation.withdrawn"
    REQUEST_REFUSED = "request.refused"


HIDDEN_FROM_CLIENTS = "note"
"""Acts on private notes: a client who read of them in the log would know that notes exist."""


FOLDED_ACTS = (".opened", ".saved")
"""Ends of acts that are one row when they are done again soon: looks, and saves while writing."""


class Outcome(StrEnum):
    """Whether it was done."""

    DONE = "done"
    DENIED = "denied"


MOST_ROWS_AN_HOUR = {Outcome.DONE: 60, Outcome.DENIED: 20}
"""Rows of one act in an hour by whoever could go on for ever; further ones are counted.

Nothing is ever taken out of the log, so nobody may fill it: more than a person does by hand
says no more than its number.
"""


@dataclass(frozen=True, kw_only=True)
class Access:
    """One thing that happened, before it has its place in the chain.

    Attributes:
        practice_id: in which practice; None when it is unknown.
        actor: who did it.
        act: a code (`Act`, or another service's).
        occurred_at: aware UTC.
        outcome: ``done`` or ``denied``.
        client_id: whom it concerns, if anyone.
        subject_id: the thing itself (a link, a device), if any.
        reason: why it was denied, a code.
        detail: what was asked for or done, where the act does not say it: a route's pattern,
            the section and members of a practice that was changed.
        address: the IP address it came from, or "".
        request_id: of the request that led to it.
        thing: what it was done to, as that was called then; None where the act says it.
    """

    practice_id: UUID | None
    actor: Actor
    act: str
    occurred_at: datetime
    outcome: str = Outcome.DONE
    client_id: UUID | None = None
    subject_id: UUID | None = None
    reason: str = ""
    detail: str = ""
    address: str = ""
    request_id: str = ""
    thing: Thing | None = None

    @property
    def chain_id(self) -> UUID:
        """The chain it belongs to: its practice's, or nobody's."""
        return self.practice_id or NOBODYS_CHAIN

    @property
    def counted_for(self) -> str | None:
        """Under whom its like are counted in the hour; None for what is a row each time.

        That is what a practitioner has done, who answers for it, and what services do. A
        client's acts, what a practitioner is refused, and what strangers do to somebody could
        go on for ever. What is done on devices of a link that the practice saw is counted for
        that link: however much the client does, it shows.
        """
        kind = self.actor.kind
        done = self.outcome == Outcome.DONE
        if kind is ActorKind.SERVICE or (kind is ActorKind.PRACTITIONER and done):
            return None
        whom = self.actor.token_id or self.actor.revealed_link or self.actor.id
        return f"{kind}:{whom or self.client_id or self.subject_id or self.practice_id}"


def note(
    caller: Caller,
    act: str,
    practice_id: UUID | None,
    now: datetime,
    *,
    client_id: UUID | None = None,
    subject_id: UUID | None = None,
    thing: Thing | None = None,
) -> Access:
    """What is to be logged of an act that whoever asks has done."""
    return Access(
        practice_id=practice_id,
        actor=caller.actor,
        act=cut_line(act, MAX_CODE),
        occurred_at=now,
        client_id=client_id,
        subject_id=subject_id,
        address=normalise_address(caller.address),
        request_id=cut_line(caller.request_id, MAX_REQUEST_ID),
        thing=thing,
    )


def refused(access: Access, reason: str, detail: str = "") -> Access:
    """The same act, asked for in vain: `reason` is a code, `detail` says what was asked."""
    return replace(
        access,
        outcome=Outcome.DENIED,
        reason=cut_line(reason, MAX_CODE),
        detail=cut_line(detail, MAX_DETAIL),
    )


def detailed(access: Access, detail: str) -> Access:
    """The same act; `detail` says in codes what it was."""
    return replace(access, detail=cut_line(detail, MAX_DETAIL))


def done_by(access: Access, actor: Actor) -> Access:
    """The same act, done by `actor`: who asked was nobody before it."""
    return replace(access, actor=actor)


@dataclass(frozen=True, kw_only=True)
class NamedRow:
    """One row of the log as it is read, with the names that its ids have in the practice.

    A name is "" where there is none to be known.
    """

    seq: int
    occurred_at: datetime
    actor_kind: str
    actor_id: UUID | None
    actor_token_id: UUID | None
    act: str
    outcome: str
    address: str = field(repr=False)
    actor_name: str = field(repr=False)
    token_name: str = field(repr=False)
    client_id: UUID | None
    client_name: str = field(repr=False)
    revealed_link: UUID | None
    revealed_by: str = field(repr=False)
    thing_kind: str | None
    thing_title: str | None
    thing_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class DetailedRow:
    """One row of the log that tells more of what was done; `actor_name` is "" for nobody known."""

    occurred_at: datetime
    detail: str
    actor_name: str = field(repr=False)
