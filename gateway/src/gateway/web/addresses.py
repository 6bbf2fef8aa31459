"""Where a request comes from, and whether a person's browser navigates here."""

from __future__ import annotations

import ipaddress
import re
from typing import Final
from urllib.parse import urlsplit

import falcon

from portal_contracts.identity_links.rpc.targets import LONGEST_USER_AGENT
from portal_contracts.text import cut_line

IPV6_PREFIX: Final = 48
_WITH_PORT: Final = re.compile(r"(?:([0-9.]+)|\[([^\]]*)\]):[0-9]{1,5}")
"""As some proxies write an entry of ``X-Forwarded-For``."""

_CONSOLE_PAGE: Final = re.compile(r"/console(?!/sign-)(?:/[A-Za-z0-9_-]+)+")


def client_address(req: falcon.Request, trusted_proxies: int) -> str:
    """The IP address the request came from, or nothing when it cannot be known.

    Each trusted proxy appends one entry to ``X-Forwarded-For``; what stands
    further left was written by the caller and is not believed.
    """
    peer, forwarded = req.env.get("REMOTE_ADDR", ""), req.get_header("X-Forwarded-For")
    return address_behind(peer, forwarded, trusted_proxies)


def address_behind(peer: str, forwarded_for: str | None, trusted_proxies: int) -> str:
    """The same by what it is known from: who connected, and the header."""
    entries = forwarded_for.split(",") if trusted_proxies and forwarded_for else []
    if entries and len(entries) >= trusted_proxies:
        return _canonical(entries[-trusted_proxies].strip())
    return _canonical(peer)


def counted_network(address: str) -> str:
    """What is counted for an address: itself, or where it is IPv6 the /48 it lies in.

    One subscriber can hold as many IPv6 addresses as there are in one.
    """
    if ":" not in address:
        return address
    return str(ipaddress.ip_network((address, IPV6_PREFIX), strict=False))


def named_host(req: falcon.Request) -> str:
    """The host a request is addressed to, without its port; "" where its words are no host."""
    try:
        return urlsplit(f"//{req.get_header('Host') or ''}").hostname or ""
    except ValueError:
        return ""


def user_agent(req: falcon.Request) -> str:
    """The browser's own words, printable and cut."""
    words = req.user_agent or ""
    return cut_line(words, LONGEST_USER_AGENT)


def is_person_navigating(req: falcon.Request) -> bool:
    """Whether this GET is a browser's navigation to a page, not a prefetch or a fetch.

    ``Sec-Fetch-User`` is not required: Safari never sends it. Browsers that
    send no ``Sec-Fetch-*`` at all count as unknown and get a button.
    """
    purpose = f"{req.get_header('Sec-Purpose') or ''} {req.get_header('Purpose') or ''}"
    return (
        req.method == "GET"
        and req.get_header("Sec-Fetch-Mode") == "navigate"
        and req.get_header("Sec-Fetch-Dest") == "document"
        and not purpose.strip()
    )


def is_in_console(path: str) -> bool:
    """Whether `path` is one of the practitioners' room, whether or not something is there."""
    return path == "/console" or path.startswith("/console/")


def is_console_page(path: str) -> bool:
    """Whether `path` is plainly one below ``/console``: where signing in may lead on to."""
    return _CONSOLE_PAGE.fullmatch(path) is not None


def _canonical(address: str) -> str:
    with_port = _WITH_PORT.fullmatch(address)
    bare = (with_port[1] or with_port[2]) if with_port else address
    try:
        parsed = ipaddress.ip_address(bare.split("%", 1)[0].strip("[]"))
    except ValueError:
        return ""
    mapped = getattr(parsed, "ipv4_mapped", None)
    return str(mapped or parsed)
