"""What measurements share: a portal started for them on this machine, and programs beside it."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

from amqp.exceptions import NotFound

from bench.floors.plain_client import OneThreadClient
from bench.floors.plain_consumer import connect
from portal_chassis.embedded.polling import wait_until
from portal_chassis.embedded.postgres import EmbeddedPostgres
from portal_chassis.embedded.rabbitmq_accounts import uri_as
from portal_chassis.rpc.client import RpcClient
from portal_contracts.calls import GATEWAY
from portal_runner.processes import Child, stop_all
from tests.kit.mail_server import RecordingMailServer
from tests.kit.portal.portals import Portal

ROOT = Path(__file__).parents[1]
START_SECONDS = 20.0
MAIL_AT_ONCE = {"NOTIFICATIONS_UNDO_SECONDS": "0"}
"""What a practitioner does is mailed at once, without the undo time."""

Made = TypeVar("Made")

RAW_QUEUE = "bench-raw"
RAW_BYTES = 200


@dataclass(frozen=True)
class RawRoundTrip:
    """The round trip over the broker that others are measured by.

    Attributes:
        pid: of the consumer that answers.
        round_trip: one.
    """

    pid: int
    round_trip: Callable[[], object]


class MeasurementContext:
    """A `portal stack` with demo data, and whatever is started beside it.

    Everything is started when it is first asked for, and ended with the block.

    Args:
        folder: for data and logs.
        quick: measure shorter, for whoever changes a measurement.
        without: names of peers that are left out.
    """

    def __init__(self, folder: Path, *, quick: bool = False, without: Collection[str] = ()) -> None:
        self.folder = folder
        self.quick = quick
        self.without = frozenset(without)
        self._ends = ExitStack()
        self._children: list[Child] = []
        self._made: dict[str, Any] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        stop_all(self._children)
        self._ends.close()

    def rounds(self, count: int) -> int:
        """So many rounds, or few."""
        return min(count, 2) if self.quick else count

    def seconds(self, wanted: float) -> float:
        """So many seconds, or few."""
        return min(wanted, 1.0) if self.quick else wanted

    @cached_property
    def mails(self) -> RecordingMailServer:
        """Where the portal's mails go."""
        server = RecordingMailServer()
        server.start()
        self._ends.callback(server.stop)
        return server

    @cached_property
    def portal(self) -> Portal:
        """The portal, ready."""
        return self.start_portal("stack", "--mail-smtp", self.mails.address)

    @cached_property
    def amqp_uri(self) -> str:
        """The portal's broker, for its owner."""
        return str(self.portal.facts["amqp_uri"])

    @cached_property
    def rpc(self) -> RpcClient:
        """Calls the portal's services."""
        client = RpcClient(uri_as(GATEWAY, self.amqp_uri), "bench")
        self._ends.callback(client.close)
        return client

    @cached_property
    def raw(self) -> RawRoundTrip:
        """A plain consumer in another process, and the round trip to it."""
        consumer = self.start(
            "raw", "bench.floors.plain_consumer", self.amqp_uri, RAW_QUEUE, str(RAW_BYTES)
        )
        client = OneThreadClient(self.amqp_uri)
        self._ends.callback(client.close)
        body = b"x" * RAW_BYTES
        wait_for_queue(self.amqp_uri, RAW_QUEUE)
        return RawRoundTrip(consumer.pid or 0, lambda: client.call(RAW_QUEUE, body))

    def servers(self) -> str:
        """The servers' names and versions."""
        with connect(self.amqp_uri) as broker:
            rabbitmq = broker.server_properties["version"]
        with EmbeddedPostgres(self.portal.folder / "postgres").connect() as database:
            row = database.execute("SHOW server_version").fetchone()
        return f"PostgreSQL {row[0] if row else '?'}, RabbitMQ {rabbitmq}"

    def start_portal(self, *arguments: str, environment: Mapping[str, str] | None = None) -> Portal:
        """Another portal, ready; in one process (``try``) or many (``stack``)."""
        number = len(list(self.folder.glob("portal*.log")))
        portal = Portal(
            *arguments,
            folder=self.folder / f"portal{number}",
            environment={**MAIL_AT_ONCE, **(environment or {})},
        )
        self._ends.callback(portal.end)
        portal.wait_until_ready()
        return portal

    def start(
        self, name: str, module: str, *arguments: str, environment: Mapping[str, str] | None = None
    ) -> Child:
        """Start ``python -m module`` beside the portal."""
        variables = {"PYTHONPATH": str(ROOT), **(environment or {})}
        return self.start_program(name, [sys.executable, "-m", module, *arguments], variables)

    def start_program(
        self, name: str, command: Sequence[str], environment: Mapping[str, str]
    ) -> Child:
        """Start any program beside the portal; what it prints goes to ``<name>.log``."""
        child = Child(name, command, {**os.environ, **environment}, self.folder / f"{name}.log")
        self._children.append(child)
        child.start()
        return child

    def once(self, name: str, make: Callable[[], Made]) -> Made:
        """What `make` makes, or has made when this name was asked for before."""
        if name not in self._made:
            self._made[name] = make()
        made: Made = self._made[name]
        return made

    def at_the_end(self, end: Callable[[], object]) -> None:
        """Do this when the measurements are over, the last one first."""
        self._ends.callback(end)


def wait_for_queue(amqp_uri: str, *queues: str) -> None:
    """Wait until somebody consumes from each of `queues`.

    Raises:
        TimeoutError: nobody does.
    """
    for queue in queues:
        if not wait_until(partial(_is_consumed, amqp_uri, queue), within=START_SECONDS):
            message = f"nobody consumes from {queue}"
            raise TimeoutError(message)


def _is_consumed(amqp_uri: str, queue: str) -> bool:
    try:
        with connect(amqp_uri) as connection:
            declared = connection.channel().queue_declare(queue, passive=True)
    except NotFound:
        return False
    return declared.consumer_count > 0
