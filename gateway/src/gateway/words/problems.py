"""What each problem means and what to do about it, in words: the pages behind `type`.

A status says what kind of problem it is; a code what exactly. The codes of
services are the contracts'; the gateway's own stand here.
"""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Final, NamedTuple

from gateway.words.errors import ERRORS
from gateway.words.extraction import _
from portal_contracts.codes import CODES as SERVICE_CODES
from portal_contracts.errors import (
    Conflict,
    Forbidden,
    Invalid,
    NotFound,
    PortalError,
    Unavailable,
)


class ProblemKind(NamedTuple):
    """What a status says: a title, what happened, what to do."""

    title: str
    means: str
    act: str


KINDS: Final[Mapping[int, ProblemKind]] = {
    400: ProblemKind(
        _("The request cannot be read"),
        _("A header, the address or the body is not written as it should be."),
        _("Correct the request. Sending the same one again does not help."),
    ),
    401: ProblemKind(
        _("No bearer, or one that has ended"),
        _("The request came without an API token or portal session that is valid now."),
        _("Send “Authorization: Bearer …” with a token that lives, or get a new one."),
    ),
    403: ProblemKind(
        _("The bearer does not allow this"),
        _("It is known who asks, and it is not for them or not within the token’s scopes."),
        _("Use a token with the scope that the documentation names, or ask the practice."),
    ),
    404: ProblemKind(
        _("There is nothing here"),
        _("The address or the thing does not exist, no longer exists, or belongs to others."),
        _("Check the address and the id."),
    ),
    405: ProblemKind(
        _("Not by this method"),
        _("The address exists, but not for this HTTP method."),
        _("Use one of the methods in the “Allow” header."),
    ),
    409: ProblemKind(
        _("The state of things does not allow it"),
        _("The request is right, but something has happened that stands against it."),
        _("Read the thing again, then decide anew."),
    ),
    410: ProblemKind(
        _("The link no longer opens"),
        _("The portal link was valid once."),
        _("Ask for a new link with “POST /api/v1/link-requests”, or at the practice."),
    ),
    412: ProblemKind(
        _("Changed in the meantime"),
        _("What was read is no longer how it stands, so nothing was overwritten."),
        _("Read it again, apply the change to that, and send its new ETag as “If-Match”."),
    ),
    413: ProblemKind(
        _("Too large"),
        _("The body is larger than this portal reads."),
        _("Send less at once."),
    ),
    415: ProblemKind(
        _("Not a type that is read here"),
        _("The body is of another type than this address reads."),
        _("Send JSON with “Content-Type: application/json”."),
    ),
    422: ProblemKind(
        _("Something does not fit"),
        _("The request can be read, but values in it do not fit. “fields” names each place."),
        _("Correct those places and send it again."),
    ),
    428: ProblemKind(
        _("If-Match is needed"),
        _("This edit could overwrite a change of somebody else, so it says what it is based on."),
        _("Read the thing, and send the ETag of that answer as “If-Match”."),
    ),
    429: ProblemKind(
        _("Too many requests"),
        _("There were too many requests or tries in a short time."),
        _("Wait for as many seconds as “Retry-After” says."),
    ),
    500: ProblemKind(
        _("Something went wrong on our side"),
        _("This is a fault of the portal. The request’s id is in the answer and in the logs."),
        _("Report it to whoever runs the portal, with the request’s id."),
    ),
    503: ProblemKind(
        _("Not available right now"),
        _("Something the portal depends on does not answer."),
        _("Send the same request again after “Retry-After”, with the same “Idempotency-Key”."),
    ),
}
"""By HTTP status."""

OWN_CODES: Final[Mapping[int, tuple[str, ...]]] = {
    400: (
        "bad_request",
        "body_missing",
        "duplicate_member",
        "idempotency_key_invalid",
        "if_match_invalid",
        "malformed_json",
    ),
    401: ("bearer_missing", "not_signed_in"),
    403: ("csrf_failed", "form_expired", "form_of_another", "scope_missing", "wrong_bearer"),
    404: ("link_unknown",),
    405: ("method_not_allowed",),
    409: ("appointments_to_come", "check_impossible", "code_not_offered"),
    410: ("link_expired", "link_revoked", "link_used"),
    412: ("etag_unknown",),
    413: ("too_large",),
    415: ("wrong_type",),
    422: (
        "code_ended",
        "code_needed",
        "date_of_birth_needed",
        "invalid",
        "invalid_fields",
        "invalid_input",
        "invalid_request",
        "theme_unknown",
        "wrong_code",
        "wrong_date_of_birth",
    ),
    428: ("if_match_missing",),
    500: ("failed",),
}
"""What the gateway refuses by itself, by the status that the API answers it with."""

IN_THE_CONSOLE_ALONE: Final = frozenset(
    {
        "already_shown",
        "api_token_fields",
        "emergency_fields",
        "no_second_factor",
        "not_confirmed",
        "password",
        "practitioner_fields",
        "reset_ended",
        "second_factor_on",
        "second_step_failed",
        "second_step_needed",
        "sign_in_busy",
        "sign_in_ended",
        "token_limit_reached",
    }
)
"""Codes of services that no answer of the API carries."""

STALE_CODES: Final = ("stale_revision", "stale_version")
"""Conflicts that the API answers with 412 where the edit said what it was based on."""

_BEARER_CODES: Final = ("bearer_ended", "device_ended")

_STATUSES: Final[Mapping[type[PortalError], HTTPStatus]] = {
    NotFound: HTTPStatus.NOT_FOUND,
    Conflict: HTTPStatus.CONFLICT,
    Invalid: HTTPStatus.UNPROCESSABLE_ENTITY,
    Forbidden: HTTPStatus.FORBIDDEN,
    Unavailable: HTTPStatus.SERVICE_UNAVAILABLE,
}


def usual_status(code: str, kind: type[PortalError]) -> HTTPStatus:
    """The HTTP status of a refusal; too many tries are 429 whoever says so."""
    if code.startswith("too_many_"):
        return HTTPStatus.TOO_MANY_REQUESTS
    return _STATUSES.get(kind, HTTPStatus.INTERNAL_SERVER_ERROR)


STATUS_OF: Final[Mapping[str, int]] = {
    **{
        code: usual_status(code, kind).value
        for code, kind in SERVICE_CODES.items()
        if code not in IN_THE_CONSOLE_ALONE
    },
    **dict.fromkeys(_BEARER_CODES, HTTPStatus.UNAUTHORIZED.value),
    **dict.fromkeys(STALE_CODES, HTTPStatus.PRECONDITION_FAILED.value),
    **{code: status for status, own in OWN_CODES.items() for code in own},
}
"""Every code that an answer of the API can carry, to its status."""

CODES: Final[Mapping[int, tuple[str, ...]]] = {
    status: tuple(sorted(code for code, its in STATUS_OF.items() if its == status))
    for status in KINDS
}
"""The same by status."""

SENTENCES: Final[Mapping[str, str]] = {
    "body_missing": _("This operation needs a JSON body, sent with its Content-Length."),
    "duplicate_member": _(
        "The body names a member twice, so that it is unclear which counts. “fields” names it."
    ),
    "malformed_json": _("The body is not JSON, is nested too deeply, or ends early."),
    "idempotency_key_invalid": _(
        "An Idempotency-Key has 16 to 64 letters, digits, hyphens or underscores."
    ),
    "idempotency_key_reused": _("This Idempotency-Key was already used for another request."),
    "if_match_invalid": _("If-Match holds exactly one ETag, in quotes."),
    "if_match_missing": _("Send the ETag of what you read as If-Match."),
    "etag_unknown": _("No version of this thing has the ETag in If-Match."),
    "stale_version": _("Somebody else changed it after you read it."),
    "stale_revision": _("It was saved elsewhere after you read it."),
    "bearer_missing": _("Send an API token or a portal session’s bearer."),
    "bearer_ended": _("This bearer is unknown, expired or revoked."),
    "wrong_bearer": _("This is for the other kind of bearer."),
    "scope_missing": _("The token’s scopes, or its owner’s role, do not include this."),
    "not_allowed": _("The one who asks is not allowed to do this."),
    "reveal_not_allowed": _(
        "Whoever sees a link can enter by it, so this needs every permission for what a portal "
        "shows. “fields” names each one that is missing."
    ),
    "mailed_link_needed": _(
        "The practice has seen this link, so no program enters by it. Use one that was mailed."
    ),
    "link_unknown": _("There is no such portal link."),
    "link_expired": _("The portal link has expired."),
    "link_revoked": _("The portal link was revoked by the practice."),
    "link_used": _("The portal link was for one use and has been used."),
    "date_of_birth_needed": _("The practice asks new devices for the date of birth. Send it too."),
    "code_needed": _(
        "The practice asks new devices for a code that is mailed. Ask for it with "
        "“POST /api/v1/entry-codes”, and send it with its “code_request”."
    ),
    "wrong_code": _("The code is another one."),
    "second_factor_needed": _(
        "The practice wants a second factor of everybody. The token’s owner has to set it up in "
        "the console first."
    ),
    "code_ended": _("The code was used, is too old, was tried too often, or is another session’s."),
    "code_not_offered": _("This link’s client is asked for no code."),
    "check_impossible": _("The practice asks for a second check, and has nothing on file for it."),
    "outside_rules": _(
        "This time breaks rules for clients, which “fields” names. Send “despite” as true to "
        "book or move there anyway, and with “despite_only” only where it breaks no others."
    ),
    "appointments_to_come": _(
        "The client has appointments to come. Archive by "
        "“POST /api/v1/clients/{client_id}/archive”, which says what becomes of them."
    ),
    "cursor_invalid": _("This is no cursor of this list. Begin again at its first page."),
    "invalid_request": _("Something does not fit. “fields” names each place."),
    "answers_invalid": _("Some answers do not fit. “fields” names each question."),
    "form_incomplete": _("Some answers are missing. “fields” names each question."),
    "answers_erased": _("The answers were erased together with the client."),
    "too_many_requests": _("This token has reached its limit of requests per minute."),
}
"""What exactly, where a page's sentence for the code does not fit a program."""


TELLS_FIELDS: Final = frozenset({"reveal_not_allowed"})
"""Codes whose sentence is followed by the names in ``fields``."""


def problem_type(public_url: str, code: str) -> str:
    """The page that tells what `code` means; ``about:blank`` where there is none."""
    return f"{public_url}/problems/{code}" if code in STATUS_OF else "about:blank"


def problem_title(code: str, status: int) -> str:
    """RFC 9457's title: what kind of problem it is, or for about:blank the status in words."""
    return KINDS[status].title if code in STATUS_OF else HTTPStatus(status).phrase


def problem_sentence(code: str, status: int) -> str:
    """The msgid of one sentence that says what `code` means to a program."""
    kind = KINDS.get(status, KINDS[500])
    return SENTENCES.get(code) or ERRORS.get(code) or kind.means
