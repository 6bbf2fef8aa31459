"""What the services in memory know."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from portal_chassis.ids import new_id
from portal_contracts.actor import Actor, ActorKind, Role
from portal_contracts.identity_links.rpc.cards import PracticeCard
from portal_contracts.identity_links.rpc.clients import ClientFields, ClientStatus
from portal_contracts.identity_links.rpc.targets import EntryMode, LinkCause, LinkState, Target


@dataclass
class FakePractice:
    """A practice and how it lets clients in."""

    card: PracticeCard
    entry: EntryMode = EntryMode.ONE_CLICK
    asks_date_of_birth: bool = False
    single_use: bool = False


@dataclass
class FakePractitioner:
    """A practitioner's account."""

    practice: FakePractice
    name: str
    email: str
    password: str
    role: Role
    id: UUID = field(default_factory=new_id)

    @property
    def actor(self) -> Actor:
        """Who she is to the services."""
        return Actor(
            kind=ActorKind.PRACTITIONER,
            id=self.id,
            practice_id=self.practice.card.id,
            role=self.role,
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

    @property
    def actor(self) -> Actor:
        """Who she is to the services."""
        return Actor(kind=ActorKind.CLIENT, id=self.id, practice_id=self.practice.card.id)

    @property
    def born(self) -> date | None:
        """Her date of birth."""
        return self.fields.date_of_birth


@dataclass
class FakeLink:
    """A portal link with the hashes of its tokens."""

    client: FakeClient
    cause: LinkCause
    created_at: datetime
    expires_at: datetime
    hashes: set[str]
    target: Target = field(default_factory=Target)
    id: UUID = field(default_factory=new_id)
    state: LinkState = LinkState.LIVE
    opens: int = 0
    scans: int = 0


@dataclass
class FakeDevice:
    """A device that is signed in, of a client or a practitioner."""

    owner: FakeClient | FakePractitioner
    hash: str
    created_at: datetime
    user_agent: str = ""
    address: str = ""
    id: UUID = field(default_factory=new_id)
