"""identity-links in memory: who sees which clients, in a practice that shows everyone."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from identity_links.domain.access import Act
from portal_contracts.actor import Actor, Role
from portal_contracts.calls import Nothing
from portal_contracts.errors import Conflict, Forbidden, NotFound
from portal_contracts.identity_links.rpc.caseload import (
    CaseloadChanged,
    CaseloadKind,
    ClientCaseload,
    GetCaseload,
    HandOverClient,
    SeenBy,
    ShareClient,
    SightOf,
    Visibility,
    WithdrawClient,
)
from portal_contracts.identity_links.rpc.clients import AddClient
from portal_contracts.identity_links.rpc.targets import ClientVisibility
from portal_contracts.permissions import Permission, has_permission, require_permission
from tests.kit.gateway.fake_duplicates import FakeDuplicates
from tests.kit.gateway.state import FakeClient


@dataclass
class FakeSight:
    """How and since when a practitioner sees a client, and who did it."""

    kind: CaseloadKind
    since: datetime
    added_by: str


@dataclass
class FakeCaseloads(FakeDuplicates):
    """Shared, withdrawn, handed over; by client, then by practitioner."""

    caseloads: dict[UUID, dict[UUID, FakeSight]] = field(default_factory=dict)

    def get_caseload(self, command: GetCaseload, actor: Actor) -> ClientCaseload:
        """The main practitioner first."""
        require_permission(actor, Permission.CLIENTS_READ)
        client = self.client_of(command.client_id, actor)
        seen = sorted(self._seen(client).items(), key=lambda one: (one[1].kind, one[1].since))
        return ClientCaseload(
            client_id=client.id,
            items=[
                SeenBy(
                    practitioner_id=person,
                    name=self.practitioners[person].name,
                    role=self.practitioners[person].role,
                    kind=sight.kind,
                    since=sight.since,
                    added_by=sight.added_by,
                )
                for person, sight in seen
            ],
            everyone=True,
            may_change=has_permission(actor, Permission.CASELOAD_WRITE)
            and self._may_change(client, actor),
        )

    def share_client(self, command: ShareClient, actor: Actor) -> CaseloadChanged:
        """A colleague sees the client too."""
        client = self._to_change(command.client_id, actor)
        self._able(command.practitioner_id, actor)
        if command.practitioner_id not in self._seen(client):
            self.put(client, command.practitioner_id, actor)
            self.note(actor, Act.CASELOAD_SHARED, client)
        return CaseloadChanged(client_id=client.id, practitioner_id=command.practitioner_id)

    def withdraw_client(self, command: WithdrawClient, actor: Actor) -> CaseloadChanged:
        """A colleague sees the client no more."""
        who = command.practitioner_id
        client = self._to_change(command.client_id, actor, gives_up=who == actor.id)
        if who == self._main(client):
            raise Conflict("main_practitioner")
        if self._seen(client).pop(who, None):
            self.note(actor, Act.CASELOAD_WITHDRAWN, client)
        return CaseloadChanged(client_id=client.id, practitioner_id=who)

    def hand_over_client(self, command: HandOverClient, actor: Actor) -> CaseloadChanged:
        """Somebody else is the main practitioner."""
        to = command.practitioner_id
        client = self._to_change(command.client_id, actor)
        self._able(to, actor)
        main, seen = self._main(client), self._seen(client)
        if main != to:
            if main is not None and command.keep_shared:
                seen[main].kind = CaseloadKind.SHARED
            elif main is not None:
                del seen[main]
            seen.pop(to, None)
            self.put(client, to, actor)
            self.note(actor, Act.CASELOAD_HANDED_OVER, client)
        return CaseloadChanged(client_id=client.id, practitioner_id=to)

    def read_visibility(self, _command: Nothing, actor: Actor) -> Visibility:
        """Everyone; with the numbers of own clients."""
        require_permission(actor, Permission.PRACTICE_WRITE)
        own = [one for one in self.clients.values() if one.practice.card.id == actor.practice_id]
        people = [
            one for one in self.practitioners.values() if one.practice.card.id == actor.practice_id
        ]
        sizes = {one.id: sum(one.id in self._seen(client) for client in own) for one in people}
        return Visibility(
            visibility=ClientVisibility.EVERYONE,
            clients=len(own),
            unassigned=sum(not self._seen(client) for client in own),
            sights=[
                SightOf(
                    practitioner_id=one.id,
                    name=one.name,
                    role=one.role,
                    contacts=sizes[one.id] if one.role is Role.PRACTITIONER else len(own),
                    clinical=sizes[one.id],
                )
                for one in sorted(people, key=lambda one: (one.name.casefold(), one.id))
            ],
        )

    def put(self, client: FakeClient, practitioner_id: UUID, actor: Actor) -> None:
        """Into a caseload: as an own client unless there is a main practitioner."""
        kind = CaseloadKind.SHARED if self._main(client) else CaseloadKind.OWN
        by = self.practitioners[actor.id].name if actor.id in self.practitioners else ""
        self._seen(client)[practitioner_id] = FakeSight(kind, self.clock.now(), by)

    def whose(self, command: AddClient, actor: Actor) -> UUID | None:
        """The main practitioner of a new client."""
        if command.practitioner_id is not None or actor.role is not Role.ASSISTANT:
            return command.practitioner_id or actor.id
        able = [
            one.id
            for one in self.practitioners.values()
            if one.practice.card.id == actor.practice_id and one.role is not Role.ASSISTANT
        ]
        return able[0] if len(able) == 1 else None

    def _to_change(self, client_id: UUID, actor: Actor, *, gives_up: bool = False) -> FakeClient:
        require_permission(actor, Permission.CASELOAD_WRITE)
        client = self.client_of(client_id, actor)
        if not self._may_change(client, actor) and not gives_up:
            raise Forbidden("not_main_practitioner")
        return client

    def _may_change(self, client: FakeClient, actor: Actor) -> bool:
        return actor.role is Role.OWNER or self._main(client) == actor.id or not self._seen(client)

    def _able(self, practitioner_id: UUID, actor: Actor) -> None:
        person = self.practitioners.get(practitioner_id)
        here = person is not None and person.practice.card.id == actor.practice_id
        if person is None or not here or person.role is Role.ASSISTANT:
            raise NotFound("practitioner_not_found")

    def _seen(self, client: FakeClient) -> dict[UUID, FakeSight]:
        return self.caseloads.setdefault(client.id, {})

    def _main(self, client: FakeClient) -> UUID | None:
        own = (who for who, one in self._seen(client).items() if one.kind is CaseloadKind.OWN)
        return next(own, None)
