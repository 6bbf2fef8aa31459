"""A mutation in one transaction, once per idempotency key."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from portal_chassis.call import Call
from portal_chassis.database.transactions import Database

R = TypeVar("R")


def once(
    database: Database,
    operation: Callable[..., R],
    command: object,
    call: Call,
    **collaborators: Any,
) -> R:
    """Run a mutation once per idempotency key, in one transaction."""
    done: R = database.once(
        call,
        lambda tx: operation(tx, command, call, now=call.now, **collaborators),  # type: ignore[type-var]
    )
    return done
