"""Practitioners' API tokens: what they are called, and what they may."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from portal_contracts.actor import Role
from portal_contracts.errors import Invalid
from portal_contracts.identity_links.rpc.api_tokens import LONGEST_TOKEN_NAME
from portal_contracts.permissions import ROLE_PERMISSIONS, Permission
from portal_contracts.text import line

MOST_LIVE_TOKENS = 20


@dataclass(frozen=True, kw_only=True)
class NewApiToken:
    """A token that is about to be made.

    Attributes:
        practitioner_id: whose it is.
        token_hash: SHA-256 of its value, hex.
        name: what the practitioner calls it, cleaned.
        scopes: what it may do, in the order of `Permission`; at least one.
        expires_at: aware UTC.
    """

    practitioner_id: UUID
    token_hash: str = field(repr=False)
    name: str = field(repr=False)
    scopes: tuple[Permission, ...]
    expires_at: datetime


@dataclass(frozen=True, kw_only=True)
class StoredToken:
    """A token on file, ended or not, with its owner's practice.

    Attributes:
        id: its id.
        practitioner_id: whose it is.
        practice_id: the owner's.
        name: what the practitioner calls it.
        scopes: what it may do; some may be unknown to this release.
        created_at: aware UTC.
        expires_at: aware UTC.
        last_used_at: its last use, as far as it was written down, aware UTC.
        owner: the practitioner's name.
    """

    id: UUID
    practitioner_id: UUID
    practice_id: UUID
    name: str = field(repr=False)
    scopes: Sequence[str]
    created_at: datetime
    expires_at: datetime
    last_used_at: datetime | None
    owner: str = field(repr=False)


def check_token(
    name: str, scopes: Sequence[Permission], role: Role
) -> tuple[str, tuple[Permission, ...]]:
    """The cleaned name, and the scopes each once.

    Raises:
        Invalid: ``api_token_fields``, with a code for each wrong field:
            ``scopes_missing``, ``scopes_not_granted`` for one beyond `role`.
    """
    errors: dict[str, str] = {}
    cleaned = line(name)
    if not cleaned:
        errors["name"] = "name_missing"
    elif len(cleaned) > LONGEST_TOKEN_NAME:
        errors["name"] = "name_too_long"
    if not scopes:
        errors["scopes"] = "scopes_missing"
    elif not ROLE_PERMISSIONS[role].issuperset(scopes):
        errors["scopes"] = "scopes_not_granted"
    if errors:
        raise Invalid("api_token_fields", "Some fields are not right.", fields=errors)
    return cleaned, tuple(one for one in Permission if one in scopes)


def expires_at(now: datetime, days: int) -> datetime:
    """When a token made at `now` for so many days ends."""
    return now + timedelta(days=days)
