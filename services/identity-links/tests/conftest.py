"""A small world for the tests: practices, people and links in a real database."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID

import msgspec
import pytest
from sqlalchemy import select

from identity_links.domain.attribution import Attribution
from identity_links.domain.practice_fields import PractitionerFields
from identity_links.operations import (
    api_tokens,
    clients,
    entering,
    links,
    mailing,
    practices,
    second_check,
)
from identity_links.storage.tables import access_log, chassis, entry_code
from portal_chassis.database.sealed import Sealer
from portal_chassis.database.transactions import Database
from portal_contracts.actor import NOBODY, Actor, ActorKind, Role, service_actor
from portal_contracts.envelope import Event, EventData
from portal_contracts.identity_links.rpc.api_tokens import CreateApiToken
from portal_contracts.identity_links.rpc.clients import AddClient, ClientFields
from portal_contracts.identity_links.rpc.entering import Entry, EntryOutcome, RedeemLink
from portal_contracts.identity_links.rpc.entry_codes import (
    EntryCodeFacts,
    PrepareEntryCode,
    SendEntryCode,
)
from portal_contracts.identity_links.rpc.links import CreateLink, PrepareLink, ShareLink
from portal_contracts.identity_links.rpc.practice import PracticeFields
from portal_contracts.identity_links.rpc.targets import LinkCause
from portal_contracts.permissions import Permission
from tests.kit.databases import MigratedDatabase

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
ADDRESS = "192.0.2.7"

D = TypeVar("D", bound=EventData)


def a_hash() -> str:
    """The SHA-256 of a fresh token or cookie."""
    return hashlib.sha256(secrets.token_bytes(32)).hexdigest()


@dataclass(frozen=True)
class MadeLink:
    """A link with the hash of its one token."""

    id: UUID
    token_hash: str


@dataclass(frozen=True)
class MadeToken:
    """An API token with the hash of its value, and its end."""

    id: UUID
    token_hash: str
    expires_at: datetime


@dataclass
class World:
    """What the tests do again and again."""

    database: Database
    sealer: Sealer
    now: datetime = NOW
    emails: int = field(default=0)

    def later(self, **by: float) -> None:
        self.now += timedelta(**by)

    def run(self, operation: Callable[..., Any], *arguments: Any, **options: Any) -> Any:
        """Run an operation in a transaction of its own."""
        with self.database.transaction() as tx:
            return operation(tx, *arguments, **options)

    def ask(
        self, operation: Callable[..., Any], command: Any, actor: Actor = NOBODY, **options: Any
    ) -> Any:
        """Run an operation as `actor`, now, from the usual address."""
        caller = Attribution(actor, "req-1", ADDRESS)
        return self.run(operation, command, caller, **({"now": self.now} | options))

    def practice(self, **fields: Any) -> UUID:
        given = PracticeFields(**({"name": "Practice Rivera"} | fields))
        made: UUID = self.run(practices.add_practice, given, now=self.now)
        return made

    def practitioner(
        self, practice_id: UUID, role: Role = Role.OWNER, password_hash: str = "-", email: str = ""
    ) -> Actor:
        self.emails += 1
        fields = PractitionerFields(
            name="Dr Rivera", email=email or f"dr{self.emails}@practice.example", role=role
        )
        made = self.run(
            practices.add_practitioner,
            practice_id,
            fields,
            password_hash=password_hash,
            now=self.now,
        )
        return Actor(kind=ActorKind.PRACTITIONER, id=made, practice_id=practice_id, role=role)

    def owner(self, **fields: Any) -> Actor:
        """An owner with a practice of their own."""
        return self.practitioner(self.practice(**fields))

    def client(self, actor: Actor, **fields: Any) -> UUID:
        given = ClientFields(**({"name": "Anna Schmidt", "email": "anna@example.org"} | fields))
        changed = self.ask(clients.add_client, AddClient(fields=given), actor, sealer=self.sealer)
        added: UUID = changed.client_id
        return added

    def token(self, actor: Actor, **fields: Any) -> MadeToken:
        """An API token that may read clients, or what `fields` say."""
        given = {"name": "Backup", "token_hash": a_hash(), "scopes": [Permission.CLIENTS_READ]}
        command = CreateApiToken(**(given | fields))
        made = self.ask(api_tokens.create_api_token, command, actor)
        return MadeToken(made.token_id, command.token_hash, made.expires_at)

    def link(self, actor: Actor, client_id: UUID) -> MadeLink:
        """A copied link: its token is registered at once."""
        command = CreateLink(client_id=client_id, cause=LinkCause.COPIED, token_hash=a_hash())
        made = self.ask(links.create_link, command, actor)
        return MadeLink(made.link_id, command.token_hash)

    def mailed_link(self, actor: Actor, client_id: UUID) -> MadeLink:
        """A shared link whose mail is written: its token is registered."""
        shared = self.ask(links.share_link, ShareLink(client_id=client_id), actor)
        made = MadeLink(shared.link_id, a_hash())
        prepare = PrepareLink(link_id=made.id, token_hash=made.token_hash)
        self.ask(mailing.prepare_link, prepare, service_actor("notifications"))
        return made

    def redeem(self, token_hash: str, **options: Any) -> Entry:
        command = RedeemLink(**({"token_hash": token_hash, "device_hash": a_hash()} | options))
        entry: Entry = self.ask(entering.redeem_link, command, sealer=self.sealer)
        return entry

    def send_code(self, token_hash: str, browser_hash: str) -> Entry:
        command = SendEntryCode(token_hash=token_hash, browser_hash=browser_hash)
        entry: Entry = self.ask(second_check.send_entry_code, command)
        return entry

    def mailed_code(self) -> EntryCodeFacts:
        """What the mail is written from that was asked for last, as notifications asks."""
        with self.database.transaction() as tx:
            newest = select(entry_code.c.id).order_by(entry_code.c.id.desc()).limit(1)
            command = PrepareEntryCode(code_id=tx.execute(newest).scalar_one())
        facts: EntryCodeFacts = self.ask(
            second_check.prepare_entry_code,
            command,
            service_actor("notifications"),
            sealer=self.sealer,
        )
        return facts

    def enter(self, actor: Actor, client_id: UUID, *, revealed: bool = False) -> str:
        """Let a client in by a new mailed link, or a copied one; the hash of the cookie."""
        device_hash = a_hash()
        link = self.link(actor, client_id) if revealed else self.mailed_link(actor, client_id)
        entry = self.redeem(link.token_hash, device_hash=device_hash, pressed=True)
        assert entry.outcome is EntryOutcome.ENTERED
        return device_hash

    def events(self, event: type[D]) -> list[Event[D]]:
        """What is in the outbox of one type, the oldest first."""
        outbox = chassis.outbox
        query = select(outbox.c.body).where(outbox.c.type == event.TYPE).order_by(outbox.c.id)
        with self.database.transaction() as tx:
            bodies = tx.execute(query).scalars().all()
        return [msgspec.json.decode(body, type=Event[event]) for body in bodies]

    def log(self, practice_id: UUID | None) -> Sequence[Any]:
        """The rows of a practice's access log, or of nobody's, oldest first."""
        query = (
            select(access_log)
            .where(access_log.c.chain_id == (practice_id or UUID(int=0)))
            .order_by(access_log.c.seq)
        )
        with self.database.transaction() as tx:
            return tx.execute(query).all()

    def acts(self, practice_id: UUID | None) -> list[tuple[str, str]]:
        """Act and outcome of each row."""
        return [(row.act, row.outcome) for row in self.log(practice_id)]


def client_actor(client_id: UUID, practice_id: UUID) -> Actor:
    """The actor a client is."""
    return Actor(kind=ActorKind.CLIENT, id=client_id, practice_id=practice_id)


@pytest.fixture
def database(migrated_database: Callable[[str], MigratedDatabase]) -> MigratedDatabase:
    """A fresh database of the service."""
    return migrated_database("identity_links")


@pytest.fixture
def sealer() -> Sealer:
    """A sealer with a made-up master key."""
    return Sealer(bytes(range(32)))


@pytest.fixture
def world(database: MigratedDatabase, sealer: Sealer) -> World:
    """An empty world at NOW."""
    return World(database, sealer)


@pytest.fixture
def fresh_hash() -> Callable[[], str]:
    """Makes hashes of tokens and cookies."""
    return a_hash


@pytest.fixture
def as_client() -> Callable[[UUID, UUID], Actor]:
    """Makes the actor a client is, from two ids: the client's and the practice's."""
    return client_actor
