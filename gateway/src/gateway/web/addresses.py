"""Where a request comes from, and whether a person's browser navigates here."""

from __future__ import annotations

import ipaddress

import falcon

from portal_contracts.identity_links.rpc.targets import LONGEST_USER_AGENT


def client_address(req: falcon.Request, trusted_proxies: int) -> str:
    """The IP address the request came from, or nothing when it cannot be known.

    Each trusted proxy appends one entry to ``X-Forwarded-For``; what stands
    further left was written by the caller and is not believed.
    """
    address = req.env.get("REMOTE_ADDR", "")
    if trusted_proxies:
        forwarded = req.get_header("X-Forwarded-For")
        entries = forwarded.split(",") if forwarded else []
        if len(entries) >= trusted_proxies:
            address = entries[-trusted_proxies].strip()
    return _canonical(address)


def user_agent(req: falcon.Request) -> str:
    """The browser's own words, printable and cut."""
    words = req.user_agent or ""
    return "".join(char for char in words if char.isprintable())[:LONGEST_USER_AGENT]


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


def _canonical(address: str) -> str:
    try:
        parsed = ipaddress.ip_address(address.split("%", 1)[0].strip("[]"))
    except ValueError:
        return ""
    mapped = getattr(parsed, "ipv4_mapped", None)
    return str(mapped or parsed)
