"""Networks, and which addresses lie in them: one judge for whatever is connected to."""

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

NOT_PUBLIC: Final[tuple[Network, ...]] = tuple(
    ip_network(one)
    for one in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/3",
        # Of IPv6 all but 2000::/3, and what of that leads back inside or nowhere.
        "::/3",
        "4000::/2",
        "8000::/1",
        "2001::/23",
        "2001:db8::/32",
        "3fff::/20",
    )
)
"""Every network that is no part of the public internet (IANA's registries of special addresses)."""


def networks_in(text: str) -> tuple[Network, ...]:
    """The networks in `text`, which separates them by commas.

    Raises:
        ValueError: one is none.
    """
    return tuple(ip_network(one.strip()) for one in text.split(",") if one.strip())


def is_in(address: str, networks: tuple[Network, ...]) -> bool:
    """Whether `address` lies in one of them, also as an IPv4 address in an IPv6.

    What leads to an IPv4 address is one: mapped (RFC 4291), translated (RFC 6052, RFC 2765) or
    tunnelled (RFC 3056).

    Raises:
        ValueError: it is no address.
    """
    found = _plain(address)
    return any(found in network for network in networks if network.version == found.version)


def is_address(host: str) -> bool:
    """Whether `host` is an address, and no name."""
    try:
        _plain(host)
    except ValueError:
        return False
    return True


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
