"""What the services in memory know."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
from msgspec.structs import replace

from identity_links.domain.address_changes import WaitingAddress
from identity_links.domain.devices import Lifetime, idle_ends_at
from identity_links.domain.email_addresses import mask_email
from identity_links.domain.links import LinkPolicy, is_of_another_address
from identity_links.domain.people import Practice
from identity_links.messages import practice_card
from portal_chassis.ids import new_id
from portal_contracts.accesses import Thing
from portal_contracts.actor import Actor, ActorKind, Role
from portal_contracts.greeting_names import greeting_name
from portal_contracts.identity_links.rpc.cards import PracticeCard
from portal_contracts.identity_links.rpc.clients import ClientFields, ClientStatus
from portal_contracts.identity_links.rpc.practice import PracticeFields
from portal_contracts.identity_links.rpc.targets import (
    REVEALED,
    LinkCause,
    LinkState,
    Target,
)

CONTACT: dict[str, Any] = {
    "contact_email": "desk@practice.example",
    "contact_phone": "+49 30 1234",
    "language": "en",
    "timezone": "Europe/Berlin",
    "accent": "#2f6f5e",
}
"""How a practice is reached, and how it looks."""
DEFAULTS = PracticeFields(name="A practice that has set nothing")
LINK_LIFETIME = timedelta(days=DEFAULTS.link_days)
CONSOLE = Lifetime(idle_minutes=2 * 60, absolute_minutes=12 * 60)
"""The limits of practitioners' devices."""


@dataclass
class FakePractice:
    """A practice, and all that is set of it."""

    fields: PracticeFields
    id: UUID = field(default_factory=new_id)
    version: int = 1
    logo: str = ""

    @property
    def stored(self) -> Practice:
        """As the service's domain has it."""
        return Practice(self.id, self.fields, self.version, self.logo)

    @property
    def card(self) -> PracticeCard:
        """What anyone with a link may see of it."""
        return practice_card(self.stored)

    @property
    def policy(self) -> LinkPolicy:
        """Its rules for links."""
        return self.stored.link_policy

    def set(self, **fields: Any) -> None:
        """Set some fields, which nobody has asked for."""
        self.fields = msgspec.convert(msgspec.to_builtins(self.fields) | fields, PracticeFields)


@dataclass
class FakePractitioner:
    """A practitioner's account."""

    practice: FakePractice
    name: str
    email: str
    password: str
    role: Role
    language: str = "en"
    picture: str = ""
    id: UUID = field(default_factory=new_id)
    works_for: tuple[UUID, ...] | None = None

    @property
    def actor(self) -> Actor:
        """Who it is to the services."""
        return Actor(
            kind=ActorKind.PRACTITIONER,
            id=self.id,
            practice_id=self.practice.id,
            role=self.role,
            works_for=self.works_for,
        )


@dataclass
class FakeClient:
    """A client."""

    practice: FakePractice
    fields: ClientFields
    created_at: datetime
    id: UUID = field(default_factory=new_id)
    version: int = 1
    status: ClientStatus = ClientStatus.ACTIVE
    last_visit_at: datetime | None = None
    waiting: WaitingAddress | None = None

    @property
    def actor(self) -> Actor:
        """Who it is to the services."""
        return Actor(kind=ActorKind.CLIENT, id=self.id, practice_id=self.practice.id)

    @property
    def born(self) -> date | None:
        """The date of birth on file."""
        return self.fields.date_of_birth

    @property
    def active(self) -> bool:
        """Not archived."""
        return self.status is ClientStatus.ACTIVE

    @property
    def greeting_name(self) -> str:
        """What *Hello* is followed by."""
        return greeting_name(self.fields.name, self.fields.preferred_name)

    @property
    def email_masked(self) -> str:
        """The address as strangers may see it; "" while a new one waits."""
        return "" if self.waiting else mask_email(self.fields.email)


@dataclass
class FakeLink:
    """A portal link with the hashes of its tokens; `made_by` is whom it was shown to."""

    client: FakeClient
    cause: LinkCause
    created_at: datetime
    expires_at: datetime
    hashes: set[str]
    target: Target = field(default_factory=Target)
    id: UUID = field(default_factory=new_id)
    state: LinkState = LinkState.LIVE
    last_used_at: datetime | None = None
    opens: int = 0
    scans: int = 0
    made_by: str = ""
    delivery_id: UUID | None = None
    mailed_to: str | None = field(init=False)

    def __post_init__(self) -> None:
        """It is mailed to the client's address, unless it is shown."""
        self.mailed_to = None if self.revealed else self.client.fields.email

    @property
    def revealed(self) -> bool:
        """Whether the practice saw it."""
        return self.cause in REVEALED

    @property
    def of_another_address(self) -> bool:
        """Whether it was made to be mailed to another address than the client's present one."""
        return is_of_another_address(self.mailed_to, self.client.fields.email)

    def standing(self, now: datetime) -> LinkState:
        """How it stands at `now`: an archived client's, or of another address, is revoked."""
        if not self.client.active or self.of_another_address:
            return LinkState.REVOKED
        is_over = self.state is LinkState.LIVE and self.expires_at <= now
        return LinkState.EXPIRED if is_over else self.state


@dataclass
class FakeDevice:
    """A device that is signed in, of a client or a practitioner; `link` is how a client came in."""

    owner: FakeClient | FakePractitioner
    hash: str
    created_at: datetime
    user_agent: str = ""
    address: str = ""
    link: FakeLink | None = None
    id: UUID = field(default_factory=new_id)
    last_seen_at: datetime = field(init=False)

    def __post_init__(self) -> None:
        """It was used when it came in."""
        self.last_seen_at = self.created_at

    @property
    def revealed_link(self) -> FakeLink | None:
        """The link that let it in, if the practice saw it."""
        return self.link if self.link is not None and self.link.revealed else None

    @property
    def actor(self) -> Actor:
        """Who acts on it."""
        shown = self.revealed_link
        return replace(self.owner.actor, revealed_link=shown.id if shown else None)

    @property
    def lifetime(self) -> Lifetime:
        """Its limits."""
        if isinstance(self.owner, FakeClient):
            return self.owner.practice.stored.device_lifetime
        return CONSOLE

    @property
    def ends_at(self) -> datetime:
        """When it ends anyway."""
        return self.lifetime.ends_at(self.created_at)

    @property
    def idle_ends_at(self) -> datetime:
        """When it ends unless it is used before."""
        return idle_ends_at(self.last_seen_at, self.lifetime.idle_seconds, self.ends_at)

    def works(self, now: datetime) -> bool:
        """Whether it is signed in at `now`: an archived client's is not."""
        archived = isinstance(self.owner, FakeClient) and not self.owner.active
        return not archived and now < self.idle_ends_at


@dataclass
class FakeAccess:
    """One thing that was done, in the access log of a practice."""

    practice_id: UUID
    actor: Actor
    act: str
    occurred_at: datetime
    address: str
    client_id: UUID | None
    thing: Thing | None = None
    detail: str = ""
