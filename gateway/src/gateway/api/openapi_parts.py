"""The parts of the OpenAPI document that all operations share: headers, parameters, refusals."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, Final

from gateway.api.preconditions import KEY_PATTERN
from gateway.api.rate_limits import LIMIT_HEADER, POLICY_HEADER
from gateway.api.schemas import REF
from gateway.web.problem_document import PROBLEM_TYPE
from gateway.words.problems import CODES, problem_title
from portal_contracts.identity_links.rpc.api_tokens import BEARER_REQUESTS_PER_MINUTE

SECURITY_SCHEMES: Final = {
    "practitionerToken": {
        "type": "http",
        "scheme": "bearer",
        "description": "An API token of a practitioner, with scopes.",
    },
    "portalSession": {
        "type": "http",
        "scheme": "bearer",
        "description": "The bearer of a client's portal session.",
    },
}
REFUSALS: Final = {
    400: "The request cannot be read.",
    401: "No bearer, or one that has ended.",
    403: "The bearer does not allow this.",
    404: "There is no such thing, or none that the bearer may know of.",
    409: "The state of things does not allow it.",
    410: "The link is expired, revoked or used.",
    412: "It was changed meanwhile: read it again.",
    413: "The body is too large.",
    415: "The body is not application/json.",
    422: "Something does not fit; `fields` names each place.",
    428: "If-Match is needed.",
    429: "Too many requests: wait.",
    503: "Something needed does not answer now: try again.",
}
_TYPICAL_CODES: Final = {
    403: "scope_missing",
    404: "not_found",
    409: "slot_taken",
    412: "stale_version",
    422: "invalid_request",
    503: "service_unavailable",
}
"""The code in a refusal's example, where the first of its status would say little."""

RATE_LIMIT_HEADERS: Final = {
    LIMIT_HEADER: {"$ref": "#/components/headers/RateLimit"},
    POLICY_HEADER: {"$ref": "#/components/headers/RateLimitPolicy"},
}
_WITH_RETRY_AFTER: Final = (429, 503)


def refusal_response(status: int) -> dict[str, Any]:
    """The response with this status, for ``components.responses``."""
    code = _TYPICAL_CODES.get(status, CODES[status][0])
    content = {
        PROBLEM_TYPE: {
            "schema": {"$ref": f"{REF}Problem"},
            "example": {
                "type": f"https://portal.example.org/problems/{code}",
                "title": problem_title(code, status),
                "status": status,
                "code": code,
                "detail": REFUSALS[status],
                "request_id": "01a1f7a4-5c1e-7d3b-9a52-3f6f1c0e8b21",
            },
        }
    }
    refusal: dict[str, Any] = {"description": REFUSALS[status], "content": content}
    if status in _WITH_RETRY_AFTER:
        refusal["headers"] = {"Retry-After": {"$ref": "#/components/headers/RetryAfter"}}
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        refusal["headers"]["RateLimit"] = RATE_LIMIT_HEADERS["RateLimit"]
    if status in (401, 403):
        refusal["headers"] = {"WWW-Authenticate": {"$ref": "#/components/headers/Challenge"}}
    return refusal


def shared_parameters() -> dict[str, Any]:
    """For ``components.parameters``."""
    if_match: dict[str, Any] = {
        "name": "If-Match",
        "in": "header",
        "required": True,
        "description": "The ETag of what was read: one version, in quotes.",
        "schema": {"type": "string", "pattern": '^"[0-9]{1,9}"$'},
        "example": '"3"',
    }
    needed_for = "It is needed unless only `status` or `archived` is changed."
    return {
        "IfMatch": if_match,
        "IfMatchForMembers": if_match
        | {"required": False, "description": f"{if_match['description']} {needed_for}"},
        "IfNoneMatch": {
            "name": "If-None-Match",
            "in": "header",
            "description": "The ETag of an answer that the program holds.",
            "schema": {"type": "string"},
        },
        "IdempotencyKey": {
            "name": "Idempotency-Key",
            "in": "header",
            "description": "Made by the program for one act, such as a UUID. The same key "
            "with the same request gives the same answer, and nothing is done twice.",
            "schema": {"type": "string", "pattern": f"^{KEY_PATTERN}$"},
        },
    }


def shared_headers() -> dict[str, Any]:
    """For ``components.headers``."""
    text = {"type": "string"}
    return {
        "ETag": {"description": "The version, or a hash of the answer.", "schema": text},
        "Location": {"description": "Where it can be read.", "schema": text},
        "ContentLocation": {"description": "Of what the answer is.", "schema": text},
        "RetryAfter": {"description": "Seconds to wait.", "schema": {"type": "integer"}},
        "RateLimit": {
            "description": "How many requests the bearer has left (`r`), and in how many seconds "
            "the oldest that count no longer do (`t`).",
            "schema": text,
            "example": '"bearer";r=297;t=62',
        },
        "RateLimitPolicy": {
            "description": "How many requests a bearer may make (`q`) in any stretch of so many "
            "seconds (`w`).",
            "schema": text,
            "example": f'"bearer";q={BEARER_REQUESTS_PER_MINUTE};w=60',
        },
        "Challenge": {"description": "What the bearer lacks (RFC 6750).", "schema": text},
    }


def response_name(status: int) -> str:
    """What the response with this status is called in the document."""
    return HTTPStatus(status).phrase.title().replace(" ", "")
