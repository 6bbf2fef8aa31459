"""``portal remove-queue``: what a former release has left at the broker, shown and then removed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final

import msgspec
import typer
from amqp.exceptions import AccessRefused
from kombu import Connection

from portal_chassis.admin.parts import show
from portal_chassis.broker.connection import BROKER_ERRORS, connect
from portal_chassis.embedded.polling import wait_until
from portal_contracts.envelope import Event
from portal_contracts.queues import is_of_another_release
from portal_runner.doctor.broker import queue_depth
from portal_runner.topology_command import (
    FAILED,
    WRONG_SETTINGS,
    WrongBrokerError,
    broker_of,
    does_not_answer,
)

MOST_SHOWN: Final = 200
BACK_SECONDS: Final = 10.0
UNREADABLE: Final = "unreadable"


class RefusedError(Exception):
    """The queue is not removed; says why."""


@dataclass(frozen=True)
class _Wanted:
    queue: str
    apply: bool
    drop: int


def run_remove_queue(queue: str, var: Path | None, *, apply: bool, drop: int) -> int:
    """Show what a queue holds, and remove it if that is wanted and nothing is lost unseen.

    Args:
        queue: of events, which this release does not declare.
        var: the data folder of a stack that runs; None takes the environment's broker.
        apply: remove it.
        drop: how many messages it holds, which are lost with it.

    Returns:
        The exit code.
    """
    if not is_of_another_release(queue):
        typer.echo(
            f"{queue} is no queue that a release of the portal has left: this one takes from "
            "it, or none ever did.",
            err=True,
        )
        return WRONG_SETTINGS
    try:
        with connect(broker_of(var)) as connection:
            _remove(connection, _Wanted(queue, apply, drop))
    except WrongBrokerError as error:
        typer.echo(str(error), err=True)
        return WRONG_SETTINGS
    except RefusedError as error:
        typer.echo(str(error), err=True)
        return FAILED
    except BROKER_ERRORS as error:
        typer.echo(_not_allowed(error) or does_not_answer(error), err=True)
        return FAILED
    return 0


def _remove(connection: Connection, wanted: _Wanted) -> None:
    depth = queue_depth(connection, wanted.queue)
    if depth is None:
        message = f"There is no queue {wanted.queue}."
        raise RefusedError(message)
    waiting, consumers = depth
    if consumers:
        message = (
            f"{consumers} process(es) of another release take from it. End them first: what they "
            "take from it is not lost."
        )
        raise RefusedError(message)
    shown = _show(connection, wanted.queue, waiting)
    if not wait_until(partial(_are_back, connection, wanted.queue, shown), within=BACK_SECONDS):
        message = "The broker has not put back yet what was looked at. Ask again."
        raise RefusedError(message)
    if not wanted.apply:
        typer.echo(f"Would: remove {wanted.queue} ({_option(waiting)} to do it)")
        return
    if waiting != wanted.drop:
        message = (
            f"Not removed: it holds {waiting} message(s), and --drop says {wanted.drop}. "
            f"If they may be lost, give {_option(waiting)}."
        )
        raise RefusedError(message)
    # A queue of several nodes cannot be told to go only if it is empty: what came in between the
    # look and the end is in the answer.
    gone = connection.channel().queue_delete(wanted.queue)
    typer.echo(f"Removed {wanted.queue}, with {gone} message(s).")


def _are_back(connection: Connection, queue: str, shown: int) -> bool:
    """Whether what was looked at counts again: a channel's end is not waited for by the queue."""
    depth = queue_depth(connection, queue)
    return depth is None or depth[0] >= shown


def _show(connection: Connection, queue: str, waiting: int) -> int:
    """Print the oldest messages; how many."""
    rows = list(_held(connection, queue))
    show(rows, as_json=False, empty=f"{queue} is empty.")
    if waiting > len(rows):
        typer.echo(f"… and {waiting - len(rows)} more.")
    return len(rows)


def _held(connection: Connection, queue: str) -> Iterator[dict[str, Any]]:
    """The oldest messages, which stay: those of a channel that closes are put back."""
    channel = connection.channel()
    for _ in range(MOST_SHOWN):
        message = channel.basic_get(queue)
        if message is None:
            break
        yield _told(message)
    channel.close()


def _told(message: Any) -> dict[str, Any]:
    """What may be printed of a message: nothing of what happened to whom."""
    try:
        event = msgspec.json.decode(message.body, type=Event[Any])
    except msgspec.MsgspecError:
        return {"type": UNREADABLE, "occurred_at": None, "id": message.properties.get("message_id")}
    return {"type": event.type, "occurred_at": event.occurred_at, "id": event.id}


def _option(waiting: int) -> str:
    return f"--apply --drop {waiting}" if waiting else "--apply"


def _not_allowed(error: BaseException) -> str:
    if isinstance(error, AccessRefused):
        return "The broker does not let this user do it. PORTAL_AMQP_URI has to name its owner."
    return ""
