"""Where something may be, and how long it may take: the judged address is the one connected to."""

from __future__ import annotations

import errno
import socket
import time
from contextlib import suppress
from dataclasses import dataclass

from portal_chassis.outside.networks import Network, is_address, is_in, is_this_machine


class Deadline:
    """An end that all steps of one attempt share.

    Args:
        seconds: from now.
    """

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds

    def remaining(self, at_most: float) -> float:
        """Seconds left, capped at `at_most`.

        Raises:
            TimeoutError: none are left.
        """
        left = self._end - time.monotonic()
        if left <= 0:
            message = "the attempt's deadline has passed"
            raise TimeoutError(message)
        return min(left, at_most)


class ForbiddenAddressError(OSError):
    """It is where it may not be."""


@dataclass(frozen=True)
class Reach:
    """Where something may be.

    Attributes:
        forbidden: networks that are not connected to.
        allowed: networks that are, though they lie in forbidden ones.
        only_this_machine: nothing else is, since what is said could be read on the way.
    """

    forbidden: tuple[Network, ...] = ()
    allowed: tuple[Network, ...] = ()
    only_this_machine: bool = False

    def addresses_of(self, host: str, port: int) -> list[str]:
        """The addresses behind `host` that may be connected to, in their order.

        They are connected to as they were judged: a name that means something else a moment
        later leads nowhere else.

        Raises:
            ForbiddenAddressError: there are addresses, and none may be.
            OSError: there is none.
        """
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        addresses = list(dict.fromkeys(str(one[4][0]) for one in found))
        allowed = [one for one in addresses if self.allows(one)]
        if not allowed:
            raise ForbiddenAddressError(errno.EACCES, "it is in a forbidden network")
        return allowed

    def allows(self, address: str) -> bool:
        """Whether this address may be connected to.

        Raises:
            ValueError: it is no address.
        """
        if self.only_this_machine and not is_this_machine(address):
            return False
        return is_in(address, self.allowed) or not is_in(address, self.forbidden)

    def is_address(self, host: str) -> bool:
        """Whether `host` is an address, and no name."""
        return is_address(host)

    def is_this_machine(self, host: str) -> bool:
        """Whether `host` names the machine that the portal runs on."""
        return is_this_machine(host)

    def connect(self, host: str, port: int, deadline: Deadline, at_most: float) -> socket.socket:
        """A connection to the first address of `host` that takes one, and may.

        Raises:
            ForbiddenAddressError: none may be.
            TimeoutError: the deadline passed.
            OSError: none takes one.
        """
        *others, last = self.addresses_of(host, port)
        for address in others:
            with suppress(OSError):
                return socket.create_connection((address, port), deadline.remaining(at_most))
        return socket.create_connection((last, port), deadline.remaining(at_most))


ANYWHERE = Reach()
"""Whoever runs the portal knows where it is."""
