"""Turns at having a password checked: argon2 takes a core and 64 MiB, and the calls are few.

Each check runs in a thread of its own, a few at a time. Only so many may wait for it as
leaves the service's other calls room: a flood of guesses is told to come back, and stops
nobody else. Browsers that are known have a turn of their own, which the flood cannot take.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from eventlet import tpool
from eventlet.semaphore import Semaphore

from identity_links.config import Settings
from identity_links.operations.confirming import Turn, Verify
from identity_links.operations.passwords import NOBODYS_HASH, hash_password, verify_password
from portal_chassis.process.providers import Provider
from portal_contracts.errors import Unavailable

KNOWN_AT_ONCE = 1
BUSY_SECONDS = 5


class _Queue:
    """So many at once, and so many together with those who wait."""

    def __init__(self, at_once: int, places: int) -> None:
        self._free = Semaphore(at_once)
        self._places = max(at_once, places)
        self._taken = 0

    @contextmanager
    def turn(self) -> Iterator[Verify]:
        """Wait for a turn, and hold it for the block.

        Raises:
            Unavailable: ``sign_in_busy``: every place is taken.
        """
        if self._taken >= self._places:
            detail = "Many passwords are being checked."
            raise Unavailable("sign_in_busy", detail, retry_after_seconds=BUSY_SECONDS)
        self._taken += 1
        try:
            with self._free:
                yield _verify
        finally:
            self._taken -= 1


class PasswordTurns(Provider[Turn]):
    """Half of the service's workers serve strangers' passwords at most, a quarter known ones'."""

    def setup(self) -> None:
        """Read how many at a time."""
        settings = self.settings_as(Settings)
        self._strangers = _Queue(settings.passwords_at_once, settings.max_workers // 2)
        self._known = _Queue(KNOWN_AT_ONCE, settings.max_workers // 4)

    def get_dependency(self, _worker_ctx: Any) -> Turn:
        """See `Turn`."""
        return lambda known: (self._known if known else self._strangers).turn()


def hash_in_turn(turn: Turn, password: str, names: Iterable[str] = ()) -> str:
    """The hash of a new password, made in a thread of its own, in a stranger's turn.

    Raises:
        Invalid: ``password``: see `hash_password`.
        Unavailable: ``sign_in_busy``: every place is taken.
    """
    with turn(False):
        made: str = tpool.execute(hash_password, password, tuple(names))
    return made


def _verify(password_hash: str | None, password: str) -> bool:
    matches: bool = tpool.execute(verify_password, password_hash or NOBODYS_HASH, password)
    return matches and password_hash is not None
