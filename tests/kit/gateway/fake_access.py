"""identity-links in memory: whom it knows, what they did, and who may do what to whom."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from identity_links.domain.access import FOLDED_ACTS, Act
from identity_links.domain.networks import normalise_address
from identity_links.domain.visits import by_day
from identity_links.storage.cursors import decode_seq, encode_seq
from portal_chassis.clock import Clock
from portal_contracts.actor import Actor, ActorKind
from portal_contracts.calls import Done, Nothing
from portal_contracts.errors import NotFound
from portal_contracts.identity_links.rpc.access import (
    FOLDED_MINUTES,
    AccessPage,
    AccessRow,
    ListAccess,
    ListOwnVisits,
    PractitionerCard,
    Practitioners,
    RecordRefusal,
    Visit,
    Visits,
)
from portal_contracts.permissions import Permission, require_kind, require_permission
from tests.kit.gateway.fake_limits import FakeLimits
from tests.kit.gateway.state import (
    FakeAccess,
    FakeClient,
    FakeDevice,
    FakeLink,
    FakePractice,
    FakePractitioner,
)


@dataclass
class FakeAccessLog:
    """All that the service keeps, and the log of what was done.

    Attributes:
        address: where the present call's person came from.
        refusals: what the gateway has reported.
        log: what was done, the oldest first. The real one holds refusals too.
        requested: addresses to which a new link was mailed on request.
        mail: tells notifications of a mail: client, what it is about, and its kind.
    """

    clock: Clock
    refusals: list[tuple[Actor, RecordRefusal]]
    practices: dict[UUID, FakePractice] = field(default_factory=dict)
    practitioners: dict[UUID, FakePractitioner] = field(default_factory=dict)
    clients: dict[UUID, FakeClient] = field(default_factory=dict)
    links: dict[UUID, FakeLink] = field(default_factory=dict)
    devices: dict[str, FakeDevice] = field(default_factory=dict)
    ended: dict[str, FakeDevice] = field(default_factory=dict)
    limits: FakeLimits = field(default_factory=FakeLimits)
    log: list[FakeAccess] = field(default_factory=list)
    requested: list[str] = field(default_factory=list)
    mail: Callable[[FakeClient, UUID, str], Any] = lambda *_: None
    address: str = ""

    def record_refusal(self, command: RecordRefusal, actor: Actor) -> Done:
        """Written down."""
        self.refusals.append((actor, command))
        return Done()

    def list_access(self, command: ListAccess, actor: Actor) -> AccessPage:
        """Newest first: a practice's, or one client's, or what concerns the client who asks."""
        require_kind(actor, ActorKind.CLIENT, ActorKind.PRACTITIONER)
        concerned = command.client_id
        if actor.kind is ActorKind.CLIENT:
            if command.client_id not in {None, actor.id}:
                raise NotFound("not_found")
            concerned = actor.id
        else:
            require_permission(actor, Permission.ACCESS_LOG_READ)
            if command.client_id is not None:
                self.client_of(command.client_id, actor)
        before = decode_seq(command.cursor) if command.cursor else len(self.log) + 1
        rows = [
            self._row(seq, access, actor)
            for seq, access in reversed([*enumerate(self.log, start=1)])
            if seq < before
            and access.practice_id == actor.practice_id
            and concerned in (None, access.client_id)
            and not (command.others and _is_own(access))
            and not any(_is_again(access, later) for later in self.log[seq:])
        ]
        shown = rows[: command.limit]
        more = len(rows) > command.limit
        return AccessPage(items=shown, next_cursor=encode_seq(shown[-1].seq) if more else None)

    def list_own_visits(self, command: ListOwnVisits, actor: Actor) -> Visits:
        """By the day, the latest first."""
        require_kind(actor, ActorKind.CLIENT)
        zone = self.clients[actor.id].fields.timezone if actor.id in self.clients else "UTC"
        before = decode_seq(command.cursor) if command.cursor else len(self.log) + 1
        acts = [
            (seq, access.occurred_at)
            for seq, access in reversed([*enumerate(self.log, start=1)])
            if seq < before and access.client_id == actor.id and _is_own(access)
        ]
        days = by_day(acts, ZoneInfo(zone))
        shown = days[: command.limit]
        return Visits(
            items=[
                Visit(on=day.on, first_at=day.first_at, last_at=day.last_at, acts=day.acts)
                for day in shown
            ],
            next_cursor=encode_seq(shown[-1].last_seq) if len(days) > command.limit else None,
        )

    def list_practitioners(self, _command: Nothing, actor: Actor) -> Practitioners:
        """Who works in the actor's practice, in order of their names."""
        require_kind(actor, ActorKind.CLIENT, ActorKind.PRACTITIONER)
        cards = [
            PractitionerCard(
                id=person.id, name=person.name, role=person.role, picture=person.picture
            )
            for person in self.practitioners.values()
            if person.practice.id == actor.practice_id
        ]
        return Practitioners(items=sorted(cards, key=lambda one: (one.name.casefold(), one.id)))

    def client_of(self, client_id: UUID, actor: Actor) -> FakeClient:
        """A client of the actor's practice."""
        client = self.clients.get(client_id)
        if client is None or client.practice.id != actor.practice_id:
            raise NotFound("not_found")
        return client

    def require_authority(self, actor: Actor, permission: Permission, client_id: UUID) -> None:
        """Refuse a practitioner who may not do this to a client; other services ask it."""
        require_permission(actor, permission)
        self.client_of(client_id, actor)

    def note(self, actor: Actor, act: Act, client: FakeClient | None = None) -> None:
        """Write down what an actor has done, and to whom."""
        if actor.practice_id is not None:
            address = normalise_address(self.address)
            self.log.append(
                FakeAccess(
                    actor.practice_id,
                    actor,
                    act,
                    self.clock.now(),
                    address,
                    client.id if client else None,
                )
            )

    def note_by_nobody(self, act: Act, client: FakeClient) -> None:
        """Write down what somebody unknown has done to a client."""
        nobody = Actor(kind=ActorKind.NOBODY, practice_id=client.practice.id)
        self.note(nobody, act, client)

    def come_from(self, address: str) -> None:
        """Somebody unknown came from `address`, if the call says so."""
        self.address = address or self.address

    def end(self, device: FakeDevice) -> None:
        """Sign a device out."""
        self.devices.pop(device.hash, None)
        self.ended[device.hash] = device

    def _row(self, seq: int, access: FakeAccess, reader: Actor) -> AccessRow:
        client = self.clients.get(access.client_id) if access.client_id else None
        shown = self.links.get(access.actor.revealed_link) if access.actor.revealed_link else None
        by_practice = reader.kind is ActorKind.PRACTITIONER
        own = by_practice or access.actor.id == reader.id
        return AccessRow(
            seq=seq,
            occurred_at=access.occurred_at,
            actor_kind=access.actor.kind,
            actor_name=self.name_of(access.actor),
            act=access.act,
            outcome="done",
            thing=access.thing,
            client_id=access.client_id,
            client_name=client.fields.name if client else "",
            address=access.address if own else "",
            revealed=access.actor.revealed,
            revealed_by=shown.made_by if shown else "",
            token_id=access.actor.token_id,
            token_name=self.token_name(access.actor.token_id) if by_practice else "",
        )

    def token_name(self, _token_id: UUID | None) -> str:
        """What its owner calls a token; see `FakeBearers`."""
        return ""

    def name_of(self, actor: Actor) -> str:
        """What an actor is called, or ""."""
        if actor.id in self.practitioners:
            return self.practitioners[actor.id].name
        return self.clients[actor.id].fields.name if actor.id in self.clients else ""


def _is_own(access: FakeAccess) -> bool:
    actor = access.actor
    return actor.kind is ActorKind.CLIENT and actor.id == access.client_id and not actor.revealed


def _is_again(access: FakeAccess, later: FakeAccess) -> bool:
    """Whether `later` is the same, done again soon."""
    if not access.act.endswith(FOLDED_ACTS):
        return False
    soon = later.occurred_at - access.occurred_at <= timedelta(minutes=FOLDED_MINUTES)
    same_time = replace(later, occurred_at=access.occurred_at, thing=access.thing)
    return soon and same_time == access
