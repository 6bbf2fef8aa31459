"""Who is connected, and who has to go when there are too many.

Nobody is turned away at the door: whoever has kept the portal waiting for longest makes room.
So those who hold connections open shut out themselves, and a person behind the same address
still comes in.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

Guest = TypeVar("Guest")


class Guests(Generic[Guest]):
    """The open connections, by the address they came from.

    Args:
        most: connections in all.
        most_per_address: of them from one address.
    """

    def __init__(self, most: int, most_per_address: int) -> None:
        self._most = most
        self._most_per_address = most_per_address
        self._addresses: dict[Guest, str] = {}
        self._by_address: dict[str, set[Guest]] = {}
        # In the order in which they began to keep us waiting.
        self._awaited: dict[Guest, None] = {}

    def __len__(self) -> int:
        """How many there are."""
        return len(self._addresses)

    @property
    def awaited(self) -> list[Guest]:
        """Those who have to do something: send, or take an answer."""
        return list(self._awaited)

    def enter(self, guest: Guest, address: str) -> None:
        """`guest` has connected, or turns out to come from `address`; "" counts with nobody's."""
        self._forget_address(guest)
        self._addresses[guest] = address
        if address:
            self._by_address.setdefault(address, set()).add(guest)

    def is_awaited(self, guest: Guest) -> None:
        """It is the guest's turn from now on."""
        self._awaited.setdefault(guest)

    def is_served(self, guest: Guest) -> None:
        """It is our turn: no reason to go."""
        self._awaited.pop(guest, None)

    def leave(self, guest: Guest) -> None:
        """The connection is gone."""
        self._forget_address(guest)
        self._awaited.pop(guest, None)

    def surplus(self, guest: Guest) -> Guest | None:
        """Who has to go because of `guest`, if there are too many: who is awaited for longest."""
        company = self._by_address.get(self._addresses.get(guest, ""), set())
        if len(company) > self._most_per_address:
            return next((one for one in self._awaited if one in company), None)
        if len(self._addresses) > self._most:
            return next(iter(self._awaited), None)
        return None

    def heaviest(self, weigh: Callable[[Guest], int], most: int) -> Guest | None:
        """Who has to go because those awaited weigh more than `most` together."""
        weights = {guest: weigh(guest) for guest in self._awaited}
        return max(weights, key=weights.__getitem__) if sum(weights.values()) > most else None

    def _forget_address(self, guest: Guest) -> None:
        address = self._addresses.pop(guest, "")
        company = self._by_address.get(address)
        if company is not None:
            company.discard(guest)
            if not company:
                del self._by_address[address]
