"""Secrets the gateway makes or receives; only their SHA-256 travels further.

A portal link's token and a device's cookie each hold 256 random bits. Where
the same form may arrive twice (a double click, a retry after a lost answer),
the secret is derived from one the browser already holds, so that the second
time makes the same secret and the service recognises it.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import secrets
from typing import Final

from portal_contracts.actor import Actor
from portal_contracts.portal_addresses import INVITATION_PREFIX

API_TOKEN_PREFIX: Final = "lk_api_"  # noqa: S105 - how one begins, not one
_BYTES = 32
_MARK_LENGTH = 16
_LINK_TOKEN_IN = re.compile(r"[^A-Za-z0-9]*(lk_[A-Za-z0-9_-]{43})(?![A-Za-z0-9])")
_INVITATION_TOKEN = re.compile(INVITATION_PREFIX + r"[A-Za-z0-9_-]{43}(?![A-Za-z0-9])")
_LINK_TOKEN = re.compile(r"lk_[A-Za-z0-9_-]{43}")


def new_secret() -> str:
    """256 random bits, base64url."""
    return secrets.token_urlsafe(_BYTES)


def derived_secret(key: str, purpose: str) -> str:
    """256 bits from a secret and what they are for; the same again for the same."""
    digest = hmac.new(key.encode(), purpose.encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def derived_link_token(key: str, purpose: str) -> str:
    """A link token that the same form makes again; see `derived_secret`."""
    return f"lk_{derived_secret(key, purpose)}"


def derived_api_token(key: str, purpose: str) -> str:
    """An API token's value that the same form makes again; see `derived_secret`."""
    return f"{API_TOKEN_PREFIX}{derived_secret(key, purpose)}"


def filled_in_by(actor: Actor) -> str:
    """What a form says of the person whose page it stands on; empty for nobody's."""
    return sha256(f"filled in by {actor.id}")[:_MARK_LENGTH] if actor.id else ""


def sha256(secret: str) -> str:
    """What services know of a secret: hex SHA-256."""
    return hashlib.sha256(secret.encode()).hexdigest()


def link_token_in(text: str) -> str:
    """The link token that `text` holds with something around it, else `text` itself.

    Mail programs and people take a full stop, a bracket or half a sentence for a part of an
    address. A token is as long as it is and ends before any of that; letters and digits that
    follow it make it another one, which is nobody's.
    """
    found = _LINK_TOKEN_IN.match(text)
    return found[1] if found else text


def invitation_token_in(text: str) -> str:
    """The token of an invitation that `text` begins with, else `text` itself."""
    found = _INVITATION_TOKEN.match(text)
    return found[0] if found else text


def is_link_token(text: str) -> bool:
    """Whether `text` has the shape of a link token; says nothing of its being known."""
    return _LINK_TOKEN.fullmatch(text) is not None
