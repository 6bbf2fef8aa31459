"""identity-links in memory: clients who may be the same person."""

from __future__ import annotations

from dataclasses import dataclass

from identity_links.domain.duplicates import alike
from portal_contracts.actor import Actor
from portal_contracts.identity_links.rpc.clients import ClientFields
from portal_contracts.identity_links.rpc.duplicates import (
    MOST_DUPLICATES,
    CheckDuplicates,
    ListDuplicates,
    PossibleDuplicate,
    PossibleDuplicates,
)
from portal_contracts.permissions import Permission, has_permission, require_permission
from tests.kit.gateway.fake_bearers import FakeBearers


@dataclass
class FakeDuplicates(FakeBearers):
    """Who is like whom."""

    def check_duplicates(self, command: CheckDuplicates, actor: Actor) -> PossibleDuplicates:
        """Who is like a client who is not added yet."""
        require_permission(actor, Permission.CLIENTS_READ)
        return PossibleDuplicates(items=self.like(command.fields, actor))

    def list_duplicates(self, command: ListDuplicates, actor: Actor) -> PossibleDuplicates:
        """Who is like a client."""
        require_permission(actor, Permission.CLIENTS_READ)
        client = self.client_of(command.client_id, actor)
        likely = self.like(client.fields, actor)
        return PossibleDuplicates(items=[one for one in likely if one.id != client.id])

    def like(self, fields: ClientFields, actor: Actor) -> list[PossibleDuplicate]:
        """Who of those whom the actor may see is like them."""
        if not has_permission(actor, Permission.CLIENTS_READ):
            return []
        own = [each for each in self.clients.values() if each.practice.id == actor.practice_id]
        found = [
            PossibleDuplicate(
                id=each.id,
                name=each.fields.name,
                email=each.fields.email,
                status=each.status,
                alike=alike(fields, each.fields),
            )
            for each in own
        ]
        likely = [one for one in found if one.alike]
        return sorted(likely, key=lambda one: -len(one.alike))[:MOST_DUPLICATES]
