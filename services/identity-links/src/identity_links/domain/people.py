"""A practice and a client as links and devices lead to them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from identity_links.domain import devices, links
from identity_links.domain.address_changes import WaitingAddress
from identity_links.domain.second_check import Check, check_of
from portal_contracts.actor import Actor, ActorKind, Role
from portal_contracts.greeting_names import greeting_name
from portal_contracts.identity_links.rpc.clients import ClientFields, ClientStatus
from portal_contracts.identity_links.rpc.practice import PracticeFields
from portal_contracts.identity_links.rpc.targets import (
    REVEALED,
    LinkCause,
    LinkState,
    Target,
)


@dataclass(frozen=True)
class Practice:
    """A practice and all that is set of it; `version` counts the changes.

    `logo` is the name of a picture, or empty.
    """

    id: UUID
    fields: PracticeFields
    version: int = 1
    logo: str = ""

    @property
    def link_policy(self) -> links.LinkPolicy:
        """Its rules for links."""
        given = self.fields
        return links.LinkPolicy(given.entry, given.single_use, given.second_check)

    @property
    def device_lifetime(self) -> devices.Lifetime:
        """Its limits for clients' devices."""
        given = self.fields
        return devices.Lifetime(given.device_idle_minutes, given.device_absolute_minutes)


@dataclass(frozen=True)
class CountedPractice:
    """A practice with its numbers of practitioners and of clients, archived ones too."""

    practice: Practice
    practitioners: int
    clients: int


@dataclass(frozen=True, kw_only=True)
class Client:
    """Of a client, what entering and mailing need."""

    id: UUID
    name: str = field(repr=False)
    preferred_name: str = field(repr=False)
    email: str = field(repr=False)
    language: str
    timezone: str
    date_of_birth: date | None = field(repr=False)
    active: bool
    address_confirmed: bool

    @property
    def greeting_name(self) -> str:
        """What *Hello* is followed by."""
        return greeting_name(self.name, self.preferred_name)


@dataclass(frozen=True, kw_only=True)
class ClientRecord:
    """All that is kept of a client.

    Attributes:
        id: its id.
        practice_id: in which practice.
        version: counts its changes, from 1.
        status: whether it may enter.
        fields: all that is said of it but the remark.
        sealed_remark: None where there is none.
        sort_name: the key by which clients are ordered.
        created_at: when it was added.
        last_visit_at: last use of the portal.
        waiting: that the address waits to be confirmed; None for one that is.
    """

    id: UUID
    practice_id: UUID
    version: int
    status: ClientStatus
    fields: ClientFields = field(repr=False)
    sealed_remark: bytes | None = field(repr=False)
    sort_name: str = field(repr=False)
    created_at: datetime
    last_visit_at: datetime | None
    waiting: WaitingAddress | None

    @property
    def active(self) -> bool:
        """Whether the client may enter."""
        return self.status is ClientStatus.ACTIVE


@dataclass(frozen=True)
class SaidOfMember:
    """What an owner says of an account; `works_for` as of an `Actor`."""

    name: str = field(repr=False)
    role: Role
    works_for: tuple[UUID, ...] | None


@dataclass(frozen=True, kw_only=True)
class Practitioner:
    """A practitioner's account, without its password."""

    id: UUID
    practice_id: UUID
    name: str = field(repr=False)
    email: str = field(repr=False)
    language: str
    role: Role
    created_at: datetime
    version: int
    deactivated_at: datetime | None
    works_for: tuple[UUID, ...] | None
    second_factor_at: datetime | None
    picture: str = ""

    @property
    def said(self) -> SaidOfMember:
        """What an owner says of it."""
        return SaidOfMember(self.name, self.role, self.works_for)

    @property
    def active(self) -> bool:
        """Whether the account lets its practitioner in."""
        return self.deactivated_at is None

    @property
    def actor(self) -> Actor:
        """The practitioner as an actor."""
        return Actor(
            kind=ActorKind.PRACTITIONER,
            id=self.id,
            practice_id=self.practice_id,
            role=self.role,
            works_for=self.works_for,
        )


@dataclass(frozen=True)
class SeenPractitioner:
    """An account, and the last use of a device of its owner's that is still known."""

    practitioner: Practitioner
    last_seen_at: datetime | None


@dataclass(frozen=True)
class Account:
    """A practitioner's account with what a password is checked against."""

    practitioner: Practitioner
    password_hash: str = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class PortalLink:
    """A portal link with the client it lets in and their practice."""

    id: UUID
    cause: LinkCause
    target: Target
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None
    used_at: datetime | None
    mailed_to: str | None = field(repr=False)
    client: Client
    practice: Practice

    @property
    def revealed(self) -> bool:
        """Whether the practice saw it when it was made."""
        return self.cause in REVEALED

    @property
    def of_another_address(self) -> bool:
        """Whether it was made to be mailed to another address than the client's present one."""
        return links.is_of_another_address(self.mailed_to, self.client.email)

    @property
    def check(self) -> Check:
        """What a new device is asked for that comes in by it.

        No code goes to a new address that waits to be confirmed.
        """
        client = self.client
        email = client.email if client.address_confirmed else ""
        return check_of(self.practice.fields.second_check, client.date_of_birth, email)

    def state(self, now: datetime) -> LinkState:
        """How it stands at `now`."""
        return links.link_state(
            now=now,
            expires_at=self.expires_at,
            revoked_at=self.revoked_at,
            used_at=self.used_at,
            client_active=self.client.active,
            mailed_to=self.mailed_to,
            email=self.client.email,
        )


@dataclass(frozen=True, kw_only=True)
class SignedIn:
    """A device that is signed in."""

    id: UUID
    practice: Practice
    link_id: UUID | None
    last_seen_at: datetime
    idle_seconds: int
    ends_at: datetime

    @property
    def idle_ends_at(self) -> datetime:
        """When it ends unless used before."""
        return devices.idle_ends_at(self.last_seen_at, self.idle_seconds, self.ends_at)


@dataclass(frozen=True, kw_only=True)
class ClientsDevice(SignedIn):
    """A client's device that is signed in; `revealed_link` let it in if the practice saw it."""

    client: Client
    revealed_link: UUID | None


@dataclass(frozen=True, kw_only=True)
class PractitionersDevice(SignedIn):
    """A practitioner's device that is signed in.

    `has_colleagues`: another practitioner is or was in the practice; assistants do not count.
    """

    practitioner: Practitioner
    has_colleagues: bool


@dataclass(frozen=True, kw_only=True)
class KnownBearer:
    """A bearer that works: a practitioner's API token, or a client's device.

    Attributes:
        id: the token's or the device's.
        actor: who is behind it; a practitioner with the token's scopes.
        practice: the actor's.
        language: the actor's.
        timezone: the actor's, IANA.
        used_at: its last use, as far as it was written down.
        second_factor_at: since when the practitioner has a second factor; None also for clients.
    """

    id: UUID
    actor: Actor
    practice: Practice
    language: str
    timezone: str
    used_at: datetime | None
    second_factor_at: datetime | None = None

    @property
    def counted_for(self) -> UUID:
        """Whose requests are counted together: a token's, or those of all of a client's bearers.

        A client gets another bearer whenever a link is opened, and no more requests by it.
        """
        return self.id if self.is_token or self.actor.id is None else self.actor.id

    @property
    def is_token(self) -> bool:
        """Whether it is an API token; else a client's device."""
        return self.actor.scopes is not None
