"""Portal sessions: a client's program enters by a portal link, and leaves.

The bearer is made here and told once; identity-links gets its hash, as it
gets that of a browser's cookie. With an ``Idempotency-Key`` the bearer is
derived from the link and the key, so that a repetition after a lost answer
opens the same session, and a link for one use is not spent on nothing.
"""

from __future__ import annotations

from datetime import date
from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from gateway.api.api_request import ApiRequest
from gateway.api.bearers import PORTAL_BEARER_PREFIX
from gateway.api.refusal import ApiRefusal
from gateway.web.tokens import derived_secret, is_link_token, sha256
from portal_contracts.calls import Done, Nothing
from portal_contracts.errors import Invalid, NotFound
from portal_contracts.identity_links.rpc.cards import PracticeCard
from portal_contracts.identity_links.rpc.devices import END_DEVICE, EndDevice
from portal_contracts.identity_links.rpc.entering import (
    REDEEM_LINK,
    REQUEST_LINK,
    Entry,
    EntryOutcome,
    LinkRequested,
    RedeemLink,
    RequestLink,
)
from portal_contracts.identity_links.rpc.targets import LinkState, Target, TypedEmail

WAIT_SECONDS = 60
"""When asking for a date of birth again makes sense, as said in ``Retry-After``."""


class OpenPortalSession(Struct, frozen=True, kw_only=True):
    """`link_token`: the last part of the link's address, ``lk_…``.

    `date_of_birth` is needed where the practice asks new devices for it.
    """

    link_token: Annotated[str, Meta(max_length=200)]
    date_of_birth: date | None = None


class PortalSession(Struct, frozen=True, kw_only=True):
    """`bearer` is told only here. `target`: what the link opens."""

    bearer: str
    client_id: UUID
    practice: PracticeCard
    target: Target


class AskForLink(Struct, frozen=True, kw_only=True):
    """`email`: an address that the practice may or may not know."""

    email: TypedEmail


def open_portal_session(request: ApiRequest, arguments: OpenPortalSession) -> PortalSession:
    """Enter by a portal link, whose holder pressed a button somewhere.

    Raises:
        NotFound: ``link_unknown``.
        Forbidden: ``mailed_link_needed``: the practice has seen the link.
        ApiRefusal: 410 for a link that is expired, revoked or used; 429.
        Invalid: the date of birth is needed, or is another one.
    """
    if not is_link_token(arguments.link_token):
        raise _link_unknown()
    bearer = PORTAL_BEARER_PREFIX + derived_secret(
        arguments.link_token, f"portal-session:{request.key}"
    )
    context = request.context
    entry = context.backend.ask(
        REDEEM_LINK,
        RedeemLink(
            token_hash=sha256(arguments.link_token),
            device_hash=sha256(bearer),
            user_agent=request.user_agent[:300],
            address=context.address,
            pressed=True,
            date_of_birth=arguments.date_of_birth,
            as_bearer=True,
        ),
    )
    standing = entry.standing
    if (
        entry.outcome is not EntryOutcome.ENTERED
        or standing.client_id is None
        or standing.practice is None
    ):
        raise _refusal(entry)
    return PortalSession(
        bearer=bearer,
        client_id=standing.client_id,
        practice=standing.practice,
        target=standing.target,
    )


def end_portal_session(request: ApiRequest, _arguments: Nothing) -> Done:
    """End the session of the bearer that asks."""
    secret = request.context.bearer_secret or ""
    return request.context.backend.ask(END_DEVICE, EndDevice(device_hash=sha256(secret)))


def request_link(request: ApiRequest, arguments: AskForLink) -> LinkRequested:
    """Have a new link mailed to whoever has this address; one answer for all."""
    context = request.context
    return context.backend.ask(
        REQUEST_LINK, RequestLink(email=arguments.email, address=context.address)
    )


def _refusal(entry: Entry) -> Exception:
    """Why the link does not open a session."""
    match entry.outcome:
        case EntryOutcome.NEEDS_DATE_OF_BIRTH:
            return Invalid(
                "date_of_birth_needed",
                "The practice asks new devices for it.",
                fields={"date_of_birth": "missing"},
            )
        case EntryOutcome.WRONG_DATE_OF_BIRTH:
            return Invalid(
                "wrong_date_of_birth",
                "It is another one.",
                fields={"date_of_birth": "wrong_date_of_birth"},
            )
        case EntryOutcome.TOO_MANY_TRIES:
            return ApiRefusal(
                "too_many_tries",
                "Too many dates of birth.",
                status=HTTPStatus.TOO_MANY_REQUESTS,
                headers={"Retry-After": str(WAIT_SECONDS)},
            )
    if entry.standing.state in (LinkState.UNKNOWN, LinkState.LIVE):
        return _link_unknown()
    return ApiRefusal(f"link_{entry.standing.state}", "The link is dead.", status=HTTPStatus.GONE)


def _link_unknown() -> NotFound:
    return NotFound("link_unknown", "There is no such link.")
