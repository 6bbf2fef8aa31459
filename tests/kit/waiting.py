"""Waiting for what happens elsewhere, instead of sleeping."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from portal_chassis.embedded.polling import wait_until

T = TypeVar("T")


def eventually(look: Callable[[], T], *, within: float = 20.0, every: float = 0.05) -> T:
    """Call `look` until it answers something true, and return that.

    An `AssertionError` or `LookupError` of `look` counts as "not yet"; the
    last one is raised when the time is over.

    Args:
        look: looks and returns what it found; may assert.
        within: seconds.
        every: seconds between two looks.

    Raises:
        AssertionError: it did not become true within `within` seconds.
    """
    found: T | None = None
    failure: Exception | None = None

    def seen() -> bool:
        nonlocal found, failure
        try:
            found, failure = look(), None
        except (AssertionError, LookupError) as error:
            failure = error
            return False
        return bool(found)

    if wait_until(seen, within=within, every=every) and found is not None:
        return found
    if failure is not None:
        raise failure
    message = f"not within {within} s; last seen: {found!r}"
    raise AssertionError(message)
