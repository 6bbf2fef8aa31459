"""Each library's own way, put back into a process that has just begun."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from amqp.spec import Basic

IN_SERVICES = ("taken at once", "worker", "hub", "driver")
"""What a gateway has nothing of."""


def _frames() -> None:
    """py-amqp makes, reads and settles messages, kombu wraps them; the socket is read in parts."""
    from portal_chassis.broker import consumers, shared_connection
    from portal_chassis.broker.connection import HEARTBEAT_SECONDS, connect
    from portal_chassis.broker.wire import CONTENT_TYPE
    from portal_chassis.rpc import replies

    def send(channel: Any, body: bytes, *, to: str, **options: Any) -> None:
        exchange, mandatory = options.pop("exchange", ""), options.pop("mandatory", False)
        message = channel.prepare_message(
            body,
            content_type=CONTENT_TYPE,
            content_encoding="utf-8",
            headers=options.pop("headers", None),
            properties={"delivery_mode": 1, **options},
        )
        channel.send_method(Basic.Publish, "Bssbb", (0, exchange, to, mandatory, False), message)

    taking: Any = consumers.Consumers
    ours = taking._receive

    def receive(this: Any, source: Any, message: Any) -> None:
        ours(this, source, message.channel.message_to_python(message))

    taking._receive = receive
    modules: list[Any] = [shared_connection, consumers, replies]
    for module in modules:
        module.connect_shared = partial(connect, heartbeat=HEARTBEAT_SECONDS)
    for module in (shared_connection, replies):
        module.send = send  # type: ignore[attr-defined]


def _taken_at_once() -> None:
    """Each call has a greenthread until it has a worker."""
    from portal_chassis.broker.consumers import Consumers

    taking: Any = Consumers
    taking._has_free_worker = lambda _this: False


def _worker() -> None:
    """The way of nameko, with the log context that a new greenthread begins without."""
    from nameko.containers import ServiceContainer

    from portal_chassis.process.container import PortalContainer

    ours, theirs = (PortalContainer, ServiceContainer)  # type: tuple[Any, Any]

    def run_worker(this: Any, context: Any, handle_result: Any) -> None:
        this._bind_context(context)
        theirs._run_worker(this, context, handle_result)

    ours._run_worker = run_worker


def _hub() -> None:
    """The `wait_selector` of psycopg, which is cooperative under eventlet too."""
    from psycopg import waiting

    from portal_chassis.process import eventlet_process

    module: Any = eventlet_process
    module.wait_in_hub = waiting.wait_selector


def _driver() -> None:
    """SQLAlchemy runs what reads, and keeps what it has compiled, as it does by itself.

    To what writes it would take the parameters for columns.
    """
    from sqlalchemy import SelectBase

    from portal_chassis.database import prepared

    ours = prepared.run

    def run(tx: Any, statement: Any, named: Mapping[str, Any] | None = None) -> Any:
        if not isinstance(statement, SelectBase):
            return ours(tx, statement, named)
        found = tx.execute(statement, dict(named or {}))
        return prepared.Rows(found.all(), found.rowcount)

    module: Any = prepared
    module.run = run


def _nothing() -> None:
    """It is done already."""


OWN_WAYS: dict[str, Callable[[], None]] = {
    "frames": _frames,
    "taken at once": _taken_at_once,
    "worker": _worker,
    "hub": _hub,
    "driver": _driver,
    "unused libraries": _nothing,
}
"""By the names of `bench.liberties.NAMES`; sitecustomize.py itself sees to the unused libraries."""
