"""The headers ETag, If-Match, If-None-Match and Idempotency-Key, as far as the API knows them."""

from __future__ import annotations

import base64
import hashlib
import re
from http import HTTPStatus
from typing import Final

import falcon

from gateway.api.refusal import ApiRefusal
from gateway.web.submitted import KEY
from portal_chassis.ids import new_id

KEY_PATTERN: Final = f'(?:{KEY}|"{KEY}")'
"""A key, or a key in quotes, as a structured field of HTTP writes it."""

_KEY = re.compile(KEY_PATTERN)
_ETAGS = re.compile(r'\s*(?:W/)?("[\x21\x23-\x7e]*")\s*(?:,|$)')
_VERSION = re.compile(r'"(\d{1,9})"')


def version_etag(version: int) -> str:
    """The ETag of a thing that has a version."""
    return f'"{version}"'


def body_etag(body: bytes) -> str:
    """The ETag of a response without a version: the same bytes have the same ETag."""
    digest = hashlib.sha256(body).digest()[:16]
    return f'"{base64.urlsafe_b64encode(digest).rstrip(b"=").decode()}"'


def is_not_modified(req: falcon.Request, etag: str) -> bool:
    """Whether ``If-None-Match`` says that the program already has the response of this ETag."""
    header = req.get_header("If-None-Match") or ""
    return etag in _ETAGS.findall(header)


def if_match_version(req: falcon.Request) -> int:
    """The version in ``If-Match``.

    Raises:
        ApiRefusal: 428 without one; 400 for ``*`` or several, which would make
            the edit blind; 412 for a tag that no version has.
    """
    header = (req.get_header("If-Match") or "").strip()
    if not header:
        raise if_match_missing()
    if header == "*" or len(_ETAGS.findall(header)) != 1:
        raise ApiRefusal(
            "if_match_invalid",
            "If-Match holds one ETag, in quotes.",
            status=HTTPStatus.BAD_REQUEST,
        )
    match = _VERSION.fullmatch(header)
    if match is None:
        raise ApiRefusal(
            "etag_unknown",
            "No version has this ETag.",
            status=HTTPStatus.PRECONDITION_FAILED,
        )
    return int(match[1])


def if_match_missing() -> ApiRefusal:
    """428: the edit has to say what it is based on."""
    return ApiRefusal(
        "if_match_missing",
        "Send the ETag of what was read as If-Match.",
        status=HTTPStatus.PRECONDITION_REQUIRED,
    )


def idempotency_key(req: falcon.Request) -> str:
    """The key that came with the request, or a new one.

    Raises:
        ApiRefusal: 400 for one of another shape.
    """
    header = req.get_header("Idempotency-Key")
    if header is None:
        return str(new_id())
    if not _KEY.fullmatch(header):
        raise ApiRefusal(
            "idempotency_key_invalid",
            "The header holds no key of repetition.",
            status=HTTPStatus.BAD_REQUEST,
        )
    return header.strip('"')
