"""Portal sessions: a client's program enters by a portal link, and leaves.

The bearer is made here and told once; identity-links gets its hash, as it
gets that of a browser's cookie. With an ``Idempotency-Key`` the bearer is
derived from the link and the key, so that a repetition after a lost answer
opens the same session, and a link for one use is not spent on nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from http import HTTPStatus
from typing import Annotated, Final
from uuid import UUID

from msgspec import Meta, Struct

from gateway.api.api_request import ApiRequest
from gateway.api.bearers import PORTAL_BEARER_PREFIX
from gateway.api.refusal import ApiRefusal
from gateway.web.tokens import derived_secret, is_link_token, sha256
from portal_contracts.calls import Done, Nothing
from portal_contracts.errors import Conflict, Invalid, NotFound
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
from portal_contracts.identity_links.rpc.entry_codes import SEND_ENTRY_CODE, SendEntryCode
from portal_contracts.identity_links.rpc.targets import EntryCode, LinkState, Target, TypedEmail

WAIT_SECONDS = 60
"""When asking again makes sense where the service does not say, for ``Retry-After``."""


class OpenPortalSession(Struct, frozen=True, kw_only=True):
    """`link_token`: the last part of the link's address, ``lk_…``.

    Where the practice asks new devices for a second check, `date_of_birth` is needed, or the
    `code` that was mailed, with the `code_request` that asked for it.
    """

    link_token: Annotated[str, Meta(max_length=200)]
    date_of_birth: date | None = None
    code: EntryCode | None = None
    code_request: Annotated[str, Meta(max_length=200)] | None = None


class AskForCode(Struct, frozen=True, kw_only=True):
    """`link_token`: of the portal link that is to open a session."""

    link_token: Annotated[str, Meta(max_length=200)]


class CodeRequest(Struct, frozen=True, kw_only=True):
    """`code_request`: a secret, told only here; the code works with it alone.

    `retry_after_seconds`: when another code may be asked for.
    """

    code_request: str
    retry_after_seconds: int


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
        Invalid: the date of birth or the code is needed, or is another one.
        Conflict: ``check_impossible``: the practice can ask for neither.
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
            code=arguments.code,
            browser_hash=sha256(arguments.code_request) if arguments.code_request else None,
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


def send_entry_code(request: ApiRequest, arguments: AskForCode) -> CodeRequest:
    """Have the code mailed that the practice asks new devices for.

    Raises:
        NotFound: ``link_unknown``.
        ApiRefusal: 410 for a link that is expired, revoked or used; 429.
        Conflict: ``code_not_offered``, ``check_impossible``.
    """
    if not is_link_token(arguments.link_token):
        raise _link_unknown()
    code_request = derived_secret(arguments.link_token, f"entry-code:{request.key}")
    context = request.context
    entry = context.backend.ask(
        SEND_ENTRY_CODE,
        SendEntryCode(
            token_hash=sha256(arguments.link_token),
            browser_hash=sha256(code_request),
            address=context.address,
        ),
    )
    match entry.outcome:
        case EntryOutcome.CODE_SENT:
            seconds = entry.retry_after_seconds or 0
            return CodeRequest(code_request=code_request, retry_after_seconds=seconds)
        case EntryOutcome.NEEDS_CODE:
            raise _too_many(entry)
        case EntryOutcome.NEEDS_BUTTON | EntryOutcome.NEEDS_DATE_OF_BIRTH:
            raise Conflict("code_not_offered", "The client is asked for no code.")
    raise _refusal(entry)


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


_UNANSWERED: Final[Mapping[EntryOutcome, tuple[str, str, str, str]]] = {
    EntryOutcome.NEEDS_DATE_OF_BIRTH: (
        "date_of_birth_needed",
        "The practice asks new devices for it.",
        "date_of_birth",
        "missing",
    ),
    EntryOutcome.WRONG_DATE_OF_BIRTH: (
        "wrong_date_of_birth",
        "It is another one.",
        "date_of_birth",
        "wrong_date_of_birth",
    ),
    **dict.fromkeys(
        (EntryOutcome.NEEDS_CODE, EntryOutcome.CODE_SENT),
        ("code_needed", "The practice asks new devices for a code.", "code", "missing"),
    ),
    EntryOutcome.WRONG_CODE: ("wrong_code", "It is another one.", "code", "wrong_code"),
    EntryOutcome.CODE_ENDED: ("code_ended", "Ask for a new one.", "code", "code_ended"),
}
"""What the second check lacks: code, detail, and the place with a code of its own."""


def _refusal(entry: Entry) -> Exception:
    """Why the link does not open a session."""
    if entry.outcome in _UNANSWERED:
        code, detail, place, wrong = _UNANSWERED[entry.outcome]
        return Invalid(code, detail, fields={place: wrong})
    if entry.outcome is EntryOutcome.CANNOT_CHECK:
        return Conflict("check_impossible", "Nothing is on file to ask for.")
    if entry.outcome is EntryOutcome.TOO_MANY_TRIES:
        return _too_many(entry)
    if entry.standing.state in (LinkState.UNKNOWN, LinkState.LIVE):
        return _link_unknown()
    return ApiRefusal(f"link_{entry.standing.state}", "The link is dead.", status=HTTPStatus.GONE)


def _too_many(entry: Entry) -> ApiRefusal:
    return ApiRefusal(
        "too_many_tries",
        "Too many answers, or too many codes were asked for.",
        status=HTTPStatus.TOO_MANY_REQUESTS,
        headers={"Retry-After": str(entry.retry_after_seconds or WAIT_SECONDS)},
    )


def _link_unknown() -> NotFound:
    return NotFound("link_unknown", "There is no such link.")
