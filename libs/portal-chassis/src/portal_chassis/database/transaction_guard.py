"""Knows whether this thread holds a transaction open, so that nothing yields inside one."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

_local = threading.local()


def in_transaction() -> bool:
    """Whether this thread (or greenthread) holds a transaction open."""
    return getattr(_local, "depth", 0) > 0


@contextmanager
def transaction_open() -> Iterator[None]:
    """Mark this thread as inside a transaction for the length of the block."""
    _local.depth = getattr(_local, "depth", 0) + 1
    try:
        yield
    finally:
        _local.depth -= 1
