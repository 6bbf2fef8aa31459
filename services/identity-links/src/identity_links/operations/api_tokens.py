"""API tokens, which each practitioner makes, lists and revokes in person."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from identity_links.domain.access import Act, note
from identity_links.domain.api_tokens import (
    MOST_LIVE_TOKENS,
    NewApiToken,
    check_token,
    expires_at,
)
from identity_links.messages import api_token
from identity_links.operations.authority import not_found, require_in_person, require_practice
from identity_links.storage import access_log, api_tokens, practices
from portal_chassis.authority.ownership import own_practice
from portal_chassis.database.transactions import Transaction
from portal_chassis.ids import new_id
from portal_contracts.actor import Caller
from portal_contracts.calls import Done
from portal_contracts.errors import Conflict
from portal_contracts.identity_links.rpc.api_tokens import (
    ApiTokenCreated,
    ApiTokens,
    CreateApiToken,
    RevokeApiToken,
)
from portal_contracts.permissions import Permission, has_permission


def create_api_token(
    tx: Transaction, command: CreateApiToken, caller: Caller, *, now: datetime
) -> ApiTokenCreated:
    """Make a token of the practitioner who asks, by the role as it is now.

    The practitioner's row is locked meanwhile, so that of two tokens made at once neither is
    one too many. Logged as ``api_token.created``.

    Raises:
        Forbidden: ``not_allowed``: for anyone but a practitioner in person.
        NotFound: ``not_found``: the account is gone.
        Invalid: ``api_token_fields``, by field.
        Conflict: ``token_limit_reached``; ``token_taken``: the hash is another token's.
    """
    practitioner_id = require_in_person(caller.actor)
    owner = practices.practitioner_by_id(tx, practitioner_id)
    if owner is None:
        raise not_found()
    name, scopes = check_token(command.name, command.scopes, owner.role)
    if api_tokens.count_live(tx, owner.id, now) >= MOST_LIVE_TOKENS:
        detail = f"Revoke one: {MOST_LIVE_TOKENS} tokens are as many as there can be."
        raise Conflict("token_limit_reached", detail)
    token_id = new_id()
    new = NewApiToken(
        practitioner_id=owner.id,
        token_hash=command.token_hash,
        name=name,
        scopes=scopes,
        expires_at=expires_at(now, command.days),
    )
    if not api_tokens.insert_token(tx, token_id, new, now):
        raise Conflict("token_taken", "Make a new token and try again.")
    created = note(caller, Act.API_TOKEN_CREATED, owner.practice_id, now, subject_id=token_id)
    access_log.append(tx, created)
    return ApiTokenCreated(token_id=token_id, expires_at=new.expires_at)


def list_api_tokens(tx: Transaction, caller: Caller, *, now: datetime) -> ApiTokens:
    """The live tokens of the practitioner who asks, newest first.

    Raises:
        Forbidden: ``not_allowed``: for anyone but a practitioner in person.
    """
    rows = api_tokens.live_of(tx, require_in_person(caller.actor), now)
    return ApiTokens(items=[api_token(row) for row in rows])


def list_practice_tokens(tx: Transaction, caller: Caller, *, now: datetime) -> ApiTokens:
    """The live tokens of everybody in the practice, newest first, with whose they are.

    Raises:
        Forbidden: ``not_allowed``: for anyone but an owner in person.
    """
    require_in_person(caller.actor)
    practice_id = require_practice(caller.actor, Permission.PRACTICE_WRITE)
    rows = api_tokens.live_of_practice(tx, practice_id, now)
    return ApiTokens(items=[api_token(row) for row in rows])


def revoke_api_token(
    tx: Transaction, command: RevokeApiToken, caller: Caller, *, now: datetime
) -> Done:
    """End a token of one's own, or as an owner anybody's in the practice; done also when it had.

    Logged as ``api_token.revoked``.

    Raises:
        Forbidden: ``not_allowed``: for anyone but a practitioner in person.
        NotFound: ``not_found``: unknown, or not one's own to end.
    """
    practitioner_id = require_in_person(caller.actor)
    row = api_tokens.find(tx, command.token_id)
    if row is None or row.practice_id != own_practice(caller.actor):
        raise not_found()
    is_own = row.practitioner_id == practitioner_id
    if not is_own and not has_permission(caller.actor, Permission.PRACTICE_WRITE):
        raise not_found()
    end_token(tx, row.id, row.practice_id, caller, now=now)
    return Done()


def end_token(
    tx: Transaction, token_id: UUID, practice_id: UUID, caller: Caller, *, now: datetime
) -> None:
    """End a token that exists, and write it down unless it had ended before."""
    if api_tokens.revoke(tx, token_id, now):
        ended = note(caller, Act.API_TOKEN_REVOKED, practice_id, now, subject_id=token_id)
        access_log.append(tx, ended)
