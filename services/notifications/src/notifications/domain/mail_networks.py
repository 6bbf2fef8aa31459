"""Where a practice's mail server may be: anywhere but in the networks that an operator forbids.

A practice's own mail server is often in its own network, so private addresses are allowed
unless the operator says otherwise.
"""

from __future__ import annotations

from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)
from typing import Final

Network = IPv4Network | IPv6Network

_IPV4_AT_THE_END: Final = (ip_network("64:ff9b::/96"), ip_network("::ffff:0:0:0/96"))


def networks_in(text: str) -> tuple[Network, ...]:
    """The networks in `text`, which separates them by commas.

    Raises:
        ValueError: one is none.
    """
    return tuple(ip_network(one.strip()) for one in text.split(",") if one.strip())


def is_forbidden(address: str, forbidden: tuple[Network, ...]) -> bool:
    """Whether `address` lies in a network that is forbidden, also as an IPv4 address in an IPv6.

    What leads to an IPv4 address is one: mapped (RFC 4291), translated (RFC 6052, RFC 2765) or
    tunnelled (RFC 3056).
    """
    found = _plain(address)
    return any(found in network for network in forbidden if network.version == found.version)


def is_this_machine(host: str) -> bool:
    """Whether `host` names this machine itself: a name for it, or a loopback address."""
    name = host.rstrip(".").lower()
    try:
        return _plain(name).is_loopback
    except ValueError:
        return name == "localhost" or name.endswith(".localhost")


def _plain(address: str) -> IPv4Address | IPv6Address:
    found = ip_address(address.partition("%")[0])
    if isinstance(found, IPv4Address):
        return found
    if any(found in network for network in _IPV4_AT_THE_END):
        return IPv4Address(int(found) & 0xFFFFFFFF)
    return found.ipv4_mapped or found.sixtofour or found
