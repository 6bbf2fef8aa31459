"""Proof that a POST comes from a page of ours, opened in this browser.

Two checks, both needed. The browser's own word: ``Sec-Fetch-Site:
same-origin`` where it is sent, else an ``Origin`` equal to the configured
one. And a token in the form: an HMAC keyed by a cookie that only this browser
holds (its device, or a cookie set for the purpose), salted anew for each page
so that compressed answers give nothing away (BREACH).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import secrets
from collections.abc import Iterable

import falcon

_SALT_BYTES = 12
_TOKEN = re.compile(r"[A-Za-z0-9_-]{16}\.[A-Za-z0-9_-]{43}")


def make_token(key: str) -> str:
    """A token for one page, valid as long as the cookie `key` lives."""
    salt = secrets.token_urlsafe(_SALT_BYTES)
    return f"{salt}.{_mac(key, salt)}"


def token_matches(token: str, keys: Iterable[str]) -> bool:
    """Whether `token` was made under one of the cookies this browser holds."""
    if not _TOKEN.fullmatch(token):
        return False
    salt, mac = token.split(".", 1)
    return any(hmac.compare_digest(mac, _mac(key, salt)) for key in keys)


def is_same_origin(req: falcon.Request, origin: str) -> bool:
    """Whether the browser says that this request comes from `origin` itself.

    ``Origin: null`` and a request with neither header are refused.
    """
    site = req.get_header("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    return req.get_header("Origin") == origin


def _mac(key: str, salt: str) -> str:
    digest = hmac.new(key.encode(), f"csrf:{salt}".encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
