"""ETag, If-Match, If-None-Match and Idempotency-Key, as far as the API speaks them."""

from __future__ import annotations

import base64
import hashlib
import re
from http import HTTPStatus
from typing import Final

import falcon

from gateway.api.refusal import ApiRefusal
from portal_chassis.ids import new_id

_PLAIN = "[A-Za-z0-9_-]{16,64}"
KEY_PATTERN: Final = f'(?:{_PLAIN}|"{_PLAIN}")'
"""A key, or a key in quotes, as a structured field of HTTP writes it."""

_KEY = re.compile(KEY_PATTERN)
_TAGS = re.compile(r'\s*(?:W/)?("[\x21\x23-\x7e]*")\s*(?:,|$)')
_VERSION = re.compile(r'"(\d{1,9})"')


def version_tag(version: int) -> str:
    """The ETag of a thing that has a version."""
    return f'"{version}"'


def body_tag(body: bytes) -> str:
    """The ETag of an answer whose thing has no version: the same bytes, the same tag."""
    digest = hashlib.sha256(body).digest()[:16]
    return f'"{base64.urlsafe_b64encode(digest).rstrip(b"=").decode()}"'


def holds_already(req: falcon.Request, tag: str) -> bool:
    """Whether the request says that it holds the answer of that tag (``If-None-Match``)."""
    header = req.get_header("If-None-Match") or ""
    return tag in _TAGS.findall(header)


def matched_version(req: falcon.Request) -> int:
    """The version in ``If-Match``.

    Raises:
        ApiRefusal: 428 without one; 400 for ``*`` or several, which would make
            the edit blind; 412 for a tag that no version has.
    """
    header = (req.get_header("If-Match") or "").strip()
    if not header:
        raise ApiRefusal(
            "if_match_missing",
            "Send the ETag of what was read as If-Match.",
            status=HTTPStatus.PRECONDITION_REQUIRED,
        )
    if header == "*" or len(_TAGS.findall(header)) != 1:
        raise ApiRefusal(
            "if_match_invalid",
            "If-Match holds one ETag, in quotes.",
            status=HTTPStatus.BAD_REQUEST,
        )
    found = _VERSION.fullmatch(header)
    if found is None:
        raise ApiRefusal(
            "etag_unknown",
            "No version has this ETag.",
            status=HTTPStatus.PRECONDITION_FAILED,
        )
    return int(found[1])


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
            "16 to 64 letters, digits, hyphens and underscores.",
            status=HTTPStatus.BAD_REQUEST,
        )
    return header.strip('"')
