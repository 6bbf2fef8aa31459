"""The API's bearers: a practitioner's API tokens, and who is behind a bearer."""

from __future__ import annotations

from typing import Annotated, Final
from uuid import UUID

from msgspec import Meta, Struct

from portal_contracts.actor import Actor
from portal_contracts.calls import Done, Method, Nothing
from portal_contracts.identity_links.rpc.cards import PracticeCard
from portal_contracts.identity_links.rpc.targets import SERVICE, Sha256
from portal_contracts.instants import Instant
from portal_contracts.permissions import Permission
from portal_contracts.text import Line

LONGEST_TOKEN_NAME: Final = 100
BEARER_REQUESTS_PER_MINUTE: Final = 300
"""So many requests one bearer may make in any minute, unless a portal is set otherwise."""


class CreateApiToken(Struct, frozen=True, kw_only=True):
    """A practitioner makes a token for a program; the gateway has made its value.

    Attributes:
        name: what it is called, 1 to 100 characters.
        token_hash: of the value, which is shown once and kept nowhere.
        scopes: what the program may do, out of what the role may; at least one.
        days: how long it lives.
    """

    name: Line
    token_hash: Sha256
    scopes: list[Permission]
    days: Annotated[int, Meta(ge=1, le=366)] = 90


class ApiTokenCreated(Struct, frozen=True, kw_only=True):
    """The token, and when it expires (aware UTC)."""

    token_id: UUID
    expires_at: Instant


class ApiToken(Struct, frozen=True, kw_only=True):
    """One token in a list; of its value nothing is known but that it fits.

    `owner` is the name of the practitioner in whose name it works.
    """

    id: UUID
    name: str
    scopes: list[Permission]
    created_at: Instant
    expires_at: Instant
    last_used_at: Instant | None
    owner: str = ""


class ApiTokens(Struct, frozen=True, kw_only=True):
    """The tokens that are neither revoked nor expired, newest first."""

    items: list[ApiToken]


class RevokeApiToken(Struct, frozen=True, kw_only=True):
    """End a token of one's own."""

    token_id: UUID


class ResolveBearer(Struct, frozen=True, kw_only=True):
    """`bearer_hash`: of what came in the Authorization header; `address`: where from."""

    bearer_hash: Sha256
    address: str = ""


class RequestAllowance(Struct, frozen=True, kw_only=True):
    """How often a bearer may ask.

    Attributes:
        limit: so many requests in any stretch of `seconds`.
        seconds: how long that is.
        left: how many more are heard now.
        more_in_seconds: when the oldest that count will no longer count.
    """

    limit: int
    seconds: int
    left: int
    more_in_seconds: int


class Bearer(Struct, frozen=True, kw_only=True):
    """Who is behind a bearer: a practitioner's program, or a client.

    `id` is the API token's or the device's. A practitioner's `actor` carries
    the token's scopes. `language` is ``en`` or ``de``, `timezone` IANA. `allowance`:
    how much more it may ask.
    """

    actor: Actor
    id: UUID
    practice: PracticeCard
    language: str
    timezone: str
    allowance: RequestAllowance | None = None


CREATE_API_TOKEN = Method(
    SERVICE,
    "create_api_token",
    CreateApiToken,
    ApiTokenCreated,
    "Make an API token; only from the console, never by a token.",
    mutates=True,
)
LIST_API_TOKENS = Method(
    SERVICE,
    "list_api_tokens",
    Nothing,
    ApiTokens,
    "The API tokens of the practitioner who asks.",
)
LIST_PRACTICE_TOKENS = Method(
    SERVICE,
    "list_practice_tokens",
    Nothing,
    ApiTokens,
    "The API tokens of everybody in the practice, for its owners in person.",
)
REVOKE_API_TOKEN = Method(
    SERVICE,
    "revoke_api_token",
    RevokeApiToken,
    Done,
    "End an API token; done also when it had ended.",
    mutates=True,
)
RESOLVE_BEARER = Method(
    SERVICE,
    "resolve_bearer",
    ResolveBearer,
    Bearer,
    "Who is behind an API bearer, counting the request; NotFound bearer_ended for none, "
    "Forbidden too_many_requests beyond the limit per minute.",
)

METHODS = (
    CREATE_API_TOKEN,
    LIST_API_TOKENS,
    LIST_PRACTICE_TOKENS,
    REVOKE_API_TOKEN,
    RESOLVE_BEARER,
)
