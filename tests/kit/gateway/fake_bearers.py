"""identity-links in memory: API tokens, and who is behind a bearer."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

from msgspec.structs import replace

from identity_links.domain.access import Act
from identity_links.domain.api_tokens import MOST_LIVE_TOKENS, check_token, expires_at
from identity_links.domain.devices import is_due_to_be_seen
from identity_links.domain.networks import counted_network
from identity_links.domain.throttle import HOUR, MINUTE, Quota, Window
from portal_chassis.ids import new_id
from portal_contracts.actor import Actor, ActorKind
from portal_contracts.calls import Done, Nothing
from portal_contracts.errors import Conflict, Forbidden, NotFound
from portal_contracts.identity_links.rpc.api_tokens import (
    BEARER_REQUESTS_PER_MINUTE,
    ApiToken,
    ApiTokenCreated,
    ApiTokens,
    Bearer,
    CreateApiToken,
    ResolveBearer,
    RevokeApiToken,
)
from portal_contracts.permissions import (
    Permission,
    has_permission,
    require_kind,
    require_permission,
)
from tests.kit.gateway.fake_devices import FakeDevices
from tests.kit.gateway.state import FakePractitioner

REQUESTS = Quota(BEARER_REQUESTS_PER_MINUTE, MINUTE)
"""How many requests of one bearer are heard."""
FAILURES = Window(60, HOUR)
"""How many unknown bearers of one network are answered as such."""


@dataclass
class FakeApiToken:
    """A practitioner's API token that works, or worked."""

    owner: FakePractitioner
    hash: str
    shown: ApiToken


@dataclass
class FakeBearers(FakeDevices):
    """What concerns programs."""

    tokens: dict[UUID, FakeApiToken] = field(default_factory=dict)
    revoked_tokens: dict[UUID, FakeApiToken] = field(default_factory=dict)

    def create_api_token(self, command: CreateApiToken, actor: Actor) -> ApiTokenCreated:
        """Made, within the role."""
        owner = self.practitioners.get(self._in_person(actor))
        if owner is None:
            raise NotFound("not_found")
        name, scopes = check_token(command.name, command.scopes, owner.role)
        if len(self._live_of(owner.id)) >= MOST_LIVE_TOKENS:
            raise Conflict("token_limit_reached")
        hashes = [*self.tokens.values(), *self.revoked_tokens.values()]
        if command.token_hash in {each.hash for each in hashes}:
            raise Conflict("token_taken")
        now = self.clock.now()
        token = ApiToken(
            id=new_id(),
            name=name,
            scopes=list(scopes),
            created_at=now,
            expires_at=expires_at(now, command.days),
            last_used_at=None,
            owner=owner.name,
        )
        self.tokens[token.id] = FakeApiToken(owner, command.token_hash, token)
        self.note(actor, Act.API_TOKEN_CREATED)
        return ApiTokenCreated(token_id=token.id, expires_at=token.expires_at)

    def list_api_tokens(self, _command: Nothing, actor: Actor) -> ApiTokens:
        """One's own."""
        mine = self._live_of(self._in_person(actor))
        return ApiTokens(items=[each.shown for each in reversed(mine)])

    def list_practice_tokens(self, _command: Nothing, actor: Actor) -> ApiTokens:
        """Everybody's, for an owner."""
        self._in_person(actor)
        require_permission(actor, Permission.PRACTICE_WRITE)
        now = self.clock.now()
        live = [
            each.shown
            for each in self.tokens.values()
            if each.owner.practice.id == actor.practice_id and each.shown.expires_at > now
        ]
        return ApiTokens(items=live[::-1])

    def revoke_api_token(self, command: RevokeApiToken, actor: Actor) -> Done:
        """One of one's own, or for an owner of the practice; done also when it had ended."""
        owner_id = self._in_person(actor)
        token = self.tokens.get(command.token_id) or self.revoked_tokens.get(command.token_id)
        if token is None or token.owner.practice.id != actor.practice_id:
            raise NotFound("not_found")
        if token.owner.id != owner_id and not has_permission(actor, Permission.PRACTICE_WRITE):
            raise NotFound("not_found")
        if self.tokens.pop(command.token_id, None) is not None:
            self.revoked_tokens[command.token_id] = token
            self.note(actor, Act.API_TOKEN_REVOKED)
        return Done()

    def resolve_bearer(self, command: ResolveBearer, _actor: Actor) -> Bearer:
        """A token's practitioner, or a device's client."""
        now = self.clock.now()
        token = self._token(command.bearer_hash)
        device = self.device_of_client(command.bearer_hash)
        if device is not None and device[0].revealed_link is not None:
            device = None
        if token is None and device is None:
            network = f"failed_bearer {counted_network(command.address)}"
            self._hear(self.limits.count_use(network, FAILURES, now))
            raise NotFound("bearer_ended")
        known = token.shown.id if token else device[0].id if device else None
        allowance = self.limits.count_in_quota(f"bearer {known}", REQUESTS, now)
        if isinstance(allowance, int):
            raise Forbidden("too_many_requests", retry_after_seconds=allowance)
        if token is not None:
            last = token.shown.last_used_at
            if last is None or is_due_to_be_seen(last, now):
                token.shown = replace(token.shown, last_used_at=now)
            return replace(_bearer_of(token), allowance=allowance)
        assert device is not None
        self.mark_seen(device[0], command.address)
        client = device[1]
        return Bearer(
            actor=client.actor,
            id=device[0].id,
            practice=client.practice.card,
            language=client.fields.language,
            timezone=client.fields.timezone,
            allowance=allowance,
        )

    def token_name(self, token_id: UUID | None) -> str:
        """What its owner calls a token."""
        if token_id is None:
            return ""
        token = self.tokens.get(token_id) or self.revoked_tokens.get(token_id)
        return token.shown.name if token else ""

    def _token(self, bearer_hash: str) -> FakeApiToken | None:
        now = self.clock.now()
        live = (each for each in self.tokens.values() if each.shown.expires_at > now)
        return next((each for each in live if each.hash == bearer_hash), None)

    def _live_of(self, owner_id: UUID) -> list[FakeApiToken]:
        now = self.clock.now()
        return [
            each
            for each in self.tokens.values()
            if each.owner.id == owner_id and each.shown.expires_at > now
        ]

    @staticmethod
    def _in_person(actor: Actor) -> UUID:
        require_kind(actor, ActorKind.PRACTITIONER)
        if actor.scopes is not None or actor.id is None:
            raise Forbidden("not_allowed")
        return actor.id

    @staticmethod
    def _hear(wait: int) -> None:
        if wait:
            raise Forbidden("too_many_requests", retry_after_seconds=wait)


def _bearer_of(token: FakeApiToken) -> Bearer:
    owner = token.owner
    return Bearer(
        actor=Actor(
            kind=ActorKind.PRACTITIONER,
            id=owner.id,
            practice_id=owner.practice.id,
            role=owner.role,
            scopes=tuple(map(str, token.shown.scopes)),
            token_id=token.shown.id,
        ),
        id=token.shown.id,
        practice=owner.practice.card,
        language=owner.language,
        timezone=owner.practice.fields.timezone,
    )
