"""How long a device stays signed in."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from portal_contracts.actor import Actor, ActorKind

SEEN_EVERY_SECONDS = 60
"""A device's last use is written down at most this often."""


BROWSER_KNOWN_DAYS = 400
"""A browser is known for this long after a practitioner's last sign-in on it: as long as it
keeps a cookie (RFC 6265bis, section 5.5)."""


class DeviceKind(StrEnum):
    """Whose device it is."""

    CLIENT = "client"
    PRACTITIONER = "practitioner"


@dataclass(frozen=True, kw_only=True)
class NewDevice:
    """A device that is about to sign in.

    Attributes:
        device_hash: SHA-256 of its cookie, hex.
        kind: whose it is.
        practice_id: in which practice.
        owner_id: the client's or practitioner's id.
        link_id: by which link a client's device came in.
        browser_hash: SHA-256 of the lasting cookie of the browser that a practitioner signs in
            on, hex; None where it keeps none.
        user_agent: the browser's own words, at most 300 characters.
        address: the IP address it came from, or "".
    """

    device_hash: str = field(repr=False)
    kind: DeviceKind
    practice_id: UUID
    owner_id: UUID
    user_agent: str = field(repr=False)
    address: str = field(repr=False)
    link_id: UUID | None = None
    browser_hash: str | None = field(default=None, repr=False)


@dataclass(frozen=True, kw_only=True)
class StoredDevice:
    """A device on file, signed in or not.

    Attributes:
        id: its id.
        kind: whose it is.
        practice_id: in which practice.
        owner_id: the client's or practitioner's id.
        user_agent: the browser's own words.
        address: the IP address it was last used from, or "".
        created_at: when it signed in, aware UTC.
        last_seen_at: its last use, as far as it was written down, aware UTC.
        revealed_link: the link that let it in, if the practice saw it.
        revealed_by: the name of whoever had it shown, or "".
    """

    id: UUID
    kind: DeviceKind
    practice_id: UUID
    owner_id: UUID
    user_agent: str = field(repr=False)
    address: str = field(repr=False)
    created_at: datetime
    last_seen_at: datetime
    revealed_link: UUID | None
    revealed_by: str = field(repr=False)

    @property
    def client_id(self) -> UUID | None:
        """Whose it is, if a client's."""
        return self.owner_id if self.kind is DeviceKind.CLIENT else None

    @property
    def owner(self) -> Actor:
        """Whose it is, as an actor without a role."""
        kind = ActorKind.CLIENT if self.kind is DeviceKind.CLIENT else ActorKind.PRACTITIONER
        return Actor(
            kind=kind,
            id=self.owner_id,
            practice_id=self.practice_id,
            revealed_link=self.revealed_link,
        )


@dataclass(frozen=True)
class Lifetime:
    """The limits of a device that signs in now; a later change of them spares it.

    Attributes:
        idle_minutes: it ends this long after its last use.
        absolute_minutes: it ends this long after signing in, used or not.
    """

    idle_minutes: int
    absolute_minutes: int

    @property
    def idle_seconds(self) -> int:
        """The idle limit in seconds."""
        return self.idle_minutes * 60

    def ends_at(self, now: datetime) -> datetime:
        """When a device that signs in at `now` ends anyway."""
        return now + timedelta(minutes=self.absolute_minutes)


def idle_ends_at(last_seen_at: datetime, idle_seconds: int, ends_at: datetime) -> datetime:
    """When a device ends unless it is used before; never after `ends_at`."""
    return min(last_seen_at + timedelta(seconds=idle_seconds), ends_at)


def is_due_to_be_seen(last_seen_at: datetime, now: datetime) -> bool:
    """Whether a use at `now` is to be written down."""
    return now - last_seen_at >= timedelta(seconds=SEEN_EVERY_SECONDS)
