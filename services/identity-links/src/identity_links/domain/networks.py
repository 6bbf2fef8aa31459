"""IP addresses: how they are written down, and how they are counted."""

from __future__ import annotations

from ipaddress import IPv6Address, ip_address, ip_network

IPV6_PREFIX = 48
"""What one subscriber may hold (RFC 6177): counting single IPv6 addresses, or each /64, counts
nothing."""


def normalise_address(text: str) -> str:
    """`text` as an IP address in its usual spelling, or "" when it is none.

    An IPv4 address inside IPv6 (``::ffff:192.0.2.1``) is written as IPv4; a
    zone (``%eth0``) is dropped.
    """
    try:
        address = ip_address(text.strip().partition("%")[0])
    except ValueError:
        return ""
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    return str(address)


def counted_network(text: str) -> str:
    """What is counted for an address: itself for IPv4, its /48 for IPv6.

    All texts that are no address count together as ``unknown``.
    """
    address = normalise_address(text)
    if not address:
        return "unknown"
    if ":" in address:
        return str(ip_network((address, IPV6_PREFIX), strict=False))
    return address
