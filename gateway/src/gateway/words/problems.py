"""What each problem means and what to do about it, in words: the pages behind `type`.

A status says what kind of problem it is; a code what exactly. `CODES` lists
every code that an answer can carry, by its status; a test compares it with
what the services and the gateway raise.
"""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Final, NamedTuple

from gateway.words.errors import ERRORS
from gateway.words.extraction import _


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

CODES: Final[Mapping[int, tuple[str, ...]]] = {
    400: (
        "bad_request",
        "body_missing",
        "idempotency_key_invalid",
        "if_match_invalid",
        "malformed_json",
    ),
    401: ("bearer_ended", "bearer_missing", "device_ended", "not_signed_in"),
    403: (
        "csrf_failed",
        "form_expired",
        "not_allowed",
        "scope_missing",
        "sign_in_failed",
        "wrong_bearer",
    ),
    404: (
        "answers_erased",
        "appointment_not_found",
        "delivery_not_found",
        "form_not_found",
        "hold_not_found",
        "library_form_not_found",
        "link_unknown",
        "not_found",
        "practitioner_not_found",
        "service_not_found",
        "session_not_found",
        "summary_version_not_found",
        "template_not_found",
    ),
    405: ("method_not_allowed",),
    409: (
        "already_submitted",
        "cancel_closed",
        "client_archived",
        "date_of_birth_missing",
        "delivery_still_open",
        "device_taken",
        "hold_confirmed",
        "hold_expired",
        "join_not_open",
        "join_over",
        "move_closed",
        "no_meeting_address",
        "not_offered",
        "not_published",
        "not_submitted",
        "outside_rules",
        "slot_taken",
        "template_archived",
        "token_taken",
        "withdrawn",
    ),
    410: ("link_expired", "link_revoked", "link_used"),
    412: ("etag_unknown", "stale_revision", "stale_version"),
    413: ("too_large",),
    415: ("wrong_type",),
    422: (
        "answers_invalid",
        "availability_fields",
        "bad_character",
        "booking_invalid",
        "cause_not_allowed",
        "client_fields",
        "cursor_invalid",
        "date_of_birth_needed",
        "document_invalid",
        "due_on_past",
        "form_incomplete",
        "idempotency_key_missing",
        "idempotency_key_reused",
        "invalid",
        "invalid_fields",
        "invalid_input",
        "invalid_request",
        "malformed_arguments",
        "range_invalid",
        "range_too_long",
        "service_fields",
        "session_fields",
        "start_invalid",
        "stretch_invalid",
        "summary_empty",
        "target_incomplete",
        "theme_unknown",
        "unknown_method",
        "wrong_date_of_birth",
    ),
    428: ("if_match_missing",),
    429: ("too_many_requests", "too_many_tries"),
    500: ("failed",),
    503: ("broker_unavailable", "internal_error", "service_unavailable"),
}
"""Every code, by the status it is answered with in the API."""

STATUS_OF: Final[Mapping[str, int]] = {
    code: status for status, codes in CODES.items() for code in codes
}

SENTENCES: Final[Mapping[str, str]] = {
    "body_missing": _("This operation needs a JSON body, sent with its Content-Length."),
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
    "link_unknown": _("There is no such portal link."),
    "link_expired": _("The portal link has expired."),
    "link_revoked": _("The portal link was revoked by the practice."),
    "link_used": _("The portal link was for one use and has been used."),
    "date_of_birth_needed": _("The practice asks new devices for the date of birth. Send it too."),
    "cursor_invalid": _("This is no cursor of this list. Begin again at its first page."),
    "invalid_request": _("Something does not fit. “fields” names each place."),
    "bad_character": _("There are characters in the request that cannot be stored."),
    "answers_invalid": _("Some answers do not fit. “fields” names each question."),
    "form_incomplete": _("Some answers are missing. “fields” names each question."),
    "answers_erased": _("The answers were erased together with the client."),
    "too_many_requests": _("This token has reached its limit of requests per minute."),
}
"""What exactly, where a page's sentence for the code does not fit a program."""


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
