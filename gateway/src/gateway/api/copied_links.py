"""A link to hand out by other means than mail: its token is made here and told once."""

from __future__ import annotations

from enum import StrEnum
from uuid import UUID

from msgspec import Struct

from gateway.api.api_request import ApiRequest
from gateway.web.tokens import derived_link_token, sha256
from portal_contracts.identity_links.rpc.links import CREATE_LINK, CreateLink
from portal_contracts.identity_links.rpc.targets import LinkCause, Target
from portal_contracts.instants import Instant


class HandedOutAs(StrEnum):
    """How the link is handed out; both are the same address."""

    COPIED = "copied"
    QR = "qr"


class CopyLink(Struct, frozen=True, kw_only=True):
    """A link for one client; `cause` is what the list of links will say."""

    client_id: UUID
    target: Target = Target()
    cause: HandedOutAs = HandedOutAs.COPIED


class CopiedLink(Struct, frozen=True, kw_only=True):
    """`url` is told only here: whoever has it enters."""

    link_id: UUID
    url: str
    expires_at: Instant


def copy_link(request: ApiRequest, arguments: CopyLink) -> CopiedLink:
    """Make a link and tell its address, the same one for the same bearer and key."""
    context = request.context
    token = derived_link_token(context.bearer_secret or "", f"link:{request.key}")
    created = context.backend.ask(
        CREATE_LINK,
        CreateLink(
            client_id=arguments.client_id,
            cause=LinkCause(arguments.cause),
            token_hash=sha256(token),
            target=arguments.target,
        ),
        idempotency_key=request.key,
    )
    return CopiedLink(
        link_id=created.link_id,
        url=f"{request.public_url}/p/{token}",
        expires_at=created.expires_at,
    )
