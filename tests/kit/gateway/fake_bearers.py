"""identity-links in memory: API tokens, and who is behind a bearer."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from portal_chassis.ids import new_id
from portal_contracts.actor import Actor, ActorKind, Role
from portal_contracts.calls import Done, Nothing
from portal_contracts.errors import Forbidden, Invalid, NotFound
from portal_contracts.identity_links.rpc.api_tokens import (
    ApiToken,
    ApiTokenCreated,
    ApiTokens,
    Bearer,
    CreateApiToken,
    ResolveBearer,
    RevokeApiToken,
)
from portal_contracts.permissions import ROLE_PERMISSIONS, require_kind
from tests.kit.gateway.fake_entering import FakeEntering
from tests.kit.gateway.state import FakeClient, FakePractitioner


@dataclass
class FakeApiToken:
    """A practitioner's API token that works."""

    owner: FakePractitioner
    hash: str
    shown: ApiToken


@dataclass
class FakeBearers(FakeEntering):
    """What concerns programs."""

    tokens: dict[UUID, FakeApiToken] = field(default_factory=dict)

    def create_api_token(self, command: CreateApiToken, actor: Actor) -> ApiTokenCreated:
        """Made, within her role."""
        owner = self._herself(actor)
        granted = ROLE_PERMISSIONS[actor.role or Role.ASSISTANT]
        wrong = {}
        if not command.name:
            wrong["name"] = "name_missing"
        if not command.scopes:
            wrong["scopes"] = "scopes_missing"
        elif not granted.issuperset(command.scopes):
            wrong["scopes"] = "scopes_not_granted"
        if wrong:
            raise Invalid("api_token_fields", fields=wrong)
        token = ApiToken(
            id=new_id(),
            name=command.name,
            scopes=command.scopes,
            created_at=self.clock.now(),
            expires_at=self._ends_at(command.days),
            last_used_at=None,
        )
        self.tokens[token.id] = FakeApiToken(owner, command.token_hash, token)
        return ApiTokenCreated(token_id=token.id, expires_at=token.expires_at)

    def list_api_tokens(self, _command: Nothing, actor: Actor) -> ApiTokens:
        """Her own."""
        owner = self._herself(actor)
        mine = [token.shown for token in self.tokens.values() if token.owner is owner]
        return ApiTokens(items=mine[::-1])

    def revoke_api_token(self, command: RevokeApiToken, actor: Actor) -> Done:
        """One of her own."""
        token = self.tokens.get(command.token_id)
        if token is None or token.owner is not self._herself(actor):
            raise NotFound("not_found")
        del self.tokens[command.token_id]
        return Done()

    def resolve_bearer(self, command: ResolveBearer, _actor: Actor) -> Bearer:
        """A token's practitioner, or a device's client."""
        for token in self.tokens.values():
            if token.hash == command.bearer_hash:
                return _bearer_of(token)
        device = self.devices.get(command.bearer_hash)
        if device is None or not isinstance(device.owner, FakeClient):
            raise NotFound("bearer_ended")
        client = device.owner
        return Bearer(
            actor=client.actor,
            id=device.id,
            practice=client.practice.card,
            language=client.fields.language,
            timezone=client.fields.timezone,
        )

    def _herself(self, actor: Actor) -> FakePractitioner:
        require_kind(actor, ActorKind.PRACTITIONER)
        if actor.scopes is not None:
            raise Forbidden("not_allowed")
        return self.practitioners[actor.id or new_id()]

    def _ends_at(self, days: int) -> datetime:
        return self.clock.now() + timedelta(days=days)


def _bearer_of(token: FakeApiToken) -> Bearer:
    owner = token.owner
    return Bearer(
        actor=Actor(
            kind=ActorKind.PRACTITIONER,
            id=owner.id,
            practice_id=owner.practice.card.id,
            role=owner.role,
            scopes=tuple(map(str, token.shown.scopes)),
        ),
        id=token.shown.id,
        practice=owner.practice.card,
        language=owner.practice.card.language,
        timezone=owner.practice.card.timezone,
    )
