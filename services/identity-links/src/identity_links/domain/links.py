"""How a portal link stands, and what comes of opening it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from portal_contracts.identity_links.rpc.entering import EntryOutcome
from portal_contracts.identity_links.rpc.targets import (
    EntryMode,
    LinkCause,
    LinkState,
    SecondCheck,
    Target,
    TargetKind,
)


@dataclass(frozen=True)
class LinkPolicy:
    """A practice's rules for its links, as they are at the moment of opening."""

    entry: EntryMode
    single_use: bool
    second_check: SecondCheck

    @property
    def wants_press(self) -> bool:
        """Whether following the link is not enough: a button has to be pressed.

        A single-use link is consumed by a POST only, or a mail scanner would burn it.
        """
        return self.single_use or self.entry is EntryMode.BUTTON


@dataclass(frozen=True)
class Visit:
    """One opening of a link.

    Attributes:
        pressed: the button was pressed.
        switch: the person agreed to leave another client's portal on this device.
        current_client_id: whose the browser's present device is, if it is signed in.
    """

    pressed: bool
    switch: bool
    current_client_id: UUID | None


@dataclass(frozen=True, kw_only=True)
class NewLink:
    """A portal link that is about to be made; see `StoredLink`.

    Attributes:
        made_by: the practitioner it is shown to; None for one that is mailed.
    """

    id: UUID
    practice_id: UUID
    client_id: UUID
    cause: LinkCause
    target: Target
    created_at: datetime
    expires_at: datetime
    mailed_to: str | None = field(default=None, repr=False)
    made_by: UUID | None = None


@dataclass(frozen=True, kw_only=True)
class StoredLink:
    """A portal link on file, whether it works or not.

    Attributes:
        id: its id.
        cause: why it was made.
        target: where it leads.
        created_at: aware UTC.
        expires_at: aware UTC.
        revoked_at: aware UTC, None while it is not.
        used_at: when a single-use link let somebody in, aware UTC.
        last_used_at: when it last let somebody in, aware UTC.
        opens: how often it let somebody in.
        scans: how often it was only looked at.
        mailed_to: the address it was made to be mailed to; None for one that was shown.
        delivery_id: the mail of notifications that it came with; None for one of its own.
    """

    id: UUID
    cause: LinkCause
    target: Target
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None
    used_at: datetime | None
    last_used_at: datetime | None
    opens: int
    scans: int
    mailed_to: str | None = field(repr=False)
    delivery_id: UUID | None = None


def expires_at(created_at: datetime, link_days: int) -> datetime:
    """When a link made at `created_at` stops working."""
    return created_at + timedelta(days=link_days)


def link_state(
    *,
    now: datetime,
    expires_at: datetime,
    revoked_at: datetime | None,
    used_at: datetime | None,
    client_active: bool,
    mailed_to: str | None,
    email: str,
) -> LinkState:
    """How a link stands at `now`.

    An archived client's links count as revoked, and so do those that were mailed to
    another address than the client's present one, `email`.
    """
    if revoked_at is not None or not client_active or is_of_another_address(mailed_to, email):
        return LinkState.REVOKED
    if used_at is not None:
        return LinkState.USED
    if expires_at <= now:
        return LinkState.EXPIRED
    return LinkState.LIVE


def is_of_another_address(mailed_to: str | None, email: str) -> bool:
    """Whether a link was made to be mailed to another address than `email`."""
    return mailed_to is not None and mailed_to != email


def decide_entry(
    state: LinkState, policy: LinkPolicy, client_id: UUID, visit: Visit
) -> EntryOutcome:
    """What comes of opening a link, in this order, but for the second check.

    A dead link stays dead; then the button; then the device that is signed in already, as this
    client or another. Who would enter after these is a new device, and may be asked for more
    (`domain.second_check`).
    """
    if state is not LinkState.LIVE:
        return EntryOutcome.DEAD
    if policy.wants_press and not visit.pressed:
        return EntryOutcome.NEEDS_BUTTON
    if visit.current_client_id == client_id:
        return EntryOutcome.ALREADY_IN
    if visit.current_client_id is not None and not visit.switch:
        return EntryOutcome.OTHER_CLIENT
    return EntryOutcome.ENTERED


def is_complete_target(target: Target) -> bool:
    """Home has no id, everything else has one."""
    return (target.kind is TargetKind.HOME) == (target.id is None)
