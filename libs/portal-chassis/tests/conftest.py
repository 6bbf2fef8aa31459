"""What the tests of the chassis share: a toy service, its databases, and what it is sent."""

from __future__ import annotations

import importlib.util
import os
import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import kombu
import msgspec
import pytest
from amqp.exceptions import NotFound
from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert as upsert

from portal_chassis.broker import topology
from portal_chassis.broker.wire import CONTENT_TYPE
from portal_chassis.database.transactions import Database
from portal_chassis.embedded.rabbitmq_accounts import uri_as
from portal_chassis.ids import new_id
from portal_chassis.rpc.client import RpcClient
from portal_contracts.actor import Actor, ActorKind, Role
from portal_contracts.broker_accounts import user_of
from portal_contracts.envelope import Aggregate, Event
from portal_contracts.identity_links.events import PortalLinkShared
from portal_contracts.identity_links.rpc.targets import LinkCause
from tests.kit.databases import MigratedDatabase
from tests.kit.service_processes import RunningService, running_service, start_service

TOYS = Path(__file__).parent / "toys"
NOW = datetime(2026, 12, 1, 12, 0, tzinfo=UTC)
PRACTITIONER = Actor(
    kind=ActorKind.PRACTITIONER, id=new_id(), practice_id=new_id(), role=Role.OWNER
)


def _know_the_toy() -> None:
    """Let tests import as `toy` what the child process imports as `notifications`."""
    folder = TOYS / "notifications"
    spec = importlib.util.spec_from_file_location(
        "toy", folder / "__init__.py", submodule_search_locations=[str(folder)]
    )
    sys.modules["toy"] = importlib.util.module_from_spec(spec)


_know_the_toy()

from toy.tables import knob, log, thing  # noqa: E402 - known only from here on


@dataclass
class Toy:
    """A database of the toy, and what a test does to it and to the process that has it."""

    database: MigratedDatabase
    amqp_uri: str = ""
    service: RunningService | None = None
    rpc: RpcClient | None = None

    def words(self) -> list[str]:
        with self.database.transaction() as tx:
            return list(tx.execute(select(log.c.word).order_by(log.c.id)).scalars())

    def things(self) -> list[str]:
        with self.database.transaction() as tx:
            return list(tx.execute(select(thing.c.word).order_by(thing.c.word)).scalars())

    def rows(self, table):
        with self.database.transaction() as tx:
            return tx.execute(select(table)).all()

    def turn(self, name: str, value: float) -> None:
        with self.database.transaction() as tx:
            tx.execute(
                upsert(knob)
                .values(name=name, value=value)
                .on_conflict_do_update(index_elements=[knob.c.name], set_={"value": value})
            )


@dataclass
class Broker:
    """Looks into a virtual host and publishes to it, past the chassis."""

    amqp_uri: str

    def publish(
        self,
        body,
        *,
        exchange="",
        routing_key,
        content_type=CONTENT_TYPE,
        content_encoding="utf-8",
        process=None,
        **properties,
    ):
        """As the user of `process`, else as the owner and in nobody's name."""
        uri = self.amqp_uri if process is None else uri_as(process, self.amqp_uri)
        if process is not None:
            properties.setdefault("user_id", user_of(process))
        with kombu.Connection(uri, transport_options={"confirm_publish": True}) as connection:
            connection.Producer().publish(
                body,
                exchange=exchange,
                routing_key=routing_key,
                content_type=content_type,
                content_encoding=content_encoding,
                **properties,
            )

    def share(self, event, **properties) -> None:
        """Publish an event to the toy's queue, as identity-links does."""
        self.publish(
            msgspec.json.encode(event),
            exchange="identity_links.events",
            routing_key=event.type,
            process="identity_links",
            message_id=str(event.id),
            delivery_mode=2,
            **properties,
        )

    def depth(self, queue: str) -> int:
        """How many messages wait, not counting those under way; -1 when there is no such queue."""
        with kombu.Connection(self.amqp_uri) as connection, connection.channel() as channel:
            try:
                return channel.queue_declare(queue, passive=True).message_count
            except NotFound:
                return -1

    def consumers(self, queue: str) -> int:
        with kombu.Connection(self.amqp_uri) as connection, connection.channel() as channel:
            try:
                return channel.queue_declare(queue, passive=True).consumer_count
            except NotFound:
                return 0

    def take(self, queue: str):
        """The next message of a queue, acknowledged; None when it is empty."""
        with kombu.Connection(self.amqp_uri) as connection, connection.channel() as channel:
            channel.auto_decode = False
            received = channel.basic_get(queue, no_ack=True)
            if received is None:
                return None
            message = channel.message_to_python(received)
            if isinstance(message.body, str):
                message.body = message.body.encode()
            return message

    def delete(self, queue: str) -> None:
        with kombu.Connection(self.amqp_uri) as connection, connection.channel() as channel:
            channel.queue_delete(queue)

    def declare(self, queue: str, **options) -> None:
        with kombu.Connection(self.amqp_uri) as connection, connection.channel() as channel:
            channel.queue_declare(queue, auto_delete=False, **options)

    def take_all(self, queue: str):
        taken = []
        while (message := self.take(queue)) is not None:
            taken.append(message)
        return taken


def link_shared(*, event_id=None, aggregate_id=None, seq=1) -> Event[PortalLinkShared]:
    """An event that the toy subscribes to."""
    return Event(
        id=event_id or new_id(),
        type=PortalLinkShared.TYPE,
        occurred_at=NOW,
        practice_id=PRACTITIONER.practice_id,
        aggregate=Aggregate(type="portal_link", id=aggregate_id or new_id(), seq=seq),
        actor=PRACTITIONER,
        request_id="request-1",
        data=PortalLinkShared(link_id=new_id(), client_id=new_id(), cause=LinkCause.SHARED),
    )


def toy_path() -> str:
    """A PYTHONPATH on which `toys/` comes before the services, for child processes only."""
    return f"{TOYS}{os.pathsep}{os.environ.get('PYTHONPATH', '')}"


@contextmanager
def toy_process(database, amqp_uri, folder, **settings) -> Iterator[RunningService]:
    """The toy as a process that is ready."""
    with running_service(
        "notifications", database, amqp_uri, folder, PYTHONPATH=toy_path(), **settings
    ) as service:
        yield service


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture
def practitioner() -> Actor:
    return PRACTITIONER


@pytest.fixture
def shared_event():
    """``shared_event(seq=2)``: an event of the type that the toy subscribes to."""
    return link_shared


@pytest.fixture
def broker(amqp_uri) -> Broker:
    return Broker(amqp_uri)


@dataclass(frozen=True)
class ToysOnPath:
    """Where the toys are, and an environment in which a child process finds them first."""

    folder: Path
    environment: dict[str, str]


@pytest.fixture(scope="session")
def toys_on_path() -> ToysOnPath:
    return ToysOnPath(TOYS, os.environ | {"PYTHONPATH": toy_path()})


@pytest.fixture(scope="session")
def look_into():
    """``look_into(uri)``: the same for another virtual host."""
    return Broker


@pytest.fixture
def database(migrated_database) -> MigratedDatabase:
    """A fresh database of the toy."""
    return migrated_database("toy")


@pytest.fixture
def as_owner(database):
    """``as_owner("UPDATE …")``: what the service itself may not do."""

    def run(statement: str) -> None:
        owner = Database(database.owner_url)
        with owner.transaction() as tx:
            tx.execute(text(statement))
        owner.dispose()

    return run


@pytest.fixture
def rows(database) -> Toy:
    """The same database, as a test looks at it."""
    return Toy(database)


class Gate:
    """Closes a database to everybody, as if its server were away, and opens it again."""

    def __init__(self, server) -> None:
        self._server = server
        self._closed: set[str] = set()

    def close(self, toy: Toy) -> None:
        name = toy.database.engine.url.database
        with self._server.connect() as connection:
            connection.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false')
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name]
            )
        self._closed.add(name)

    def open(self, toy: Toy) -> None:
        self._open(toy.database.engine.url.database)

    def open_all(self) -> None:
        for name in list(self._closed):
            self._open(name)

    def _open(self, name: str) -> None:
        with self._server.connect() as connection:
            connection.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true')
        self._closed.discard(name)


@pytest.fixture
def database_gate(postgres_server) -> Iterator[Gate]:
    gate = Gate(postgres_server)
    yield gate
    gate.open_all()


@pytest.fixture
def start_toy(database, amqp_uri, tmp_path):
    """``start_toy(max_workers=2)``: the toy as a ready process, on a database of its own."""
    with ExitStack() as stack:

        def start(*, service_uri: str = amqp_uri, **settings) -> Toy:
            service = stack.enter_context(toy_process(database, service_uri, tmp_path, **settings))
            rpc = RpcClient(uri_as("gateway", amqp_uri), "tests")
            stack.callback(rpc.close)
            return Toy(database, amqp_uri, service, rpc)

        yield start


@pytest.fixture
def start_toy_process(tmp_path):
    """``start_toy_process(database, uri)``: the toy as a process that need not become ready."""
    started = []

    def start(database, amqp_uri, **settings) -> RunningService:
        service = start_service(
            "notifications", database, amqp_uri, tmp_path, PYTHONPATH=toy_path(), **settings
        )
        started.append(service)
        return service

    yield start
    for service in started:
        if service.process.poll() is None:
            service.kill()


@pytest.fixture(scope="module")
def toy(postgres, rabbitmq, virtual_hosts, tmp_path_factory) -> Iterator[Toy]:
    """One process for the tests of a module that do it no harm."""
    uri = rabbitmq.uri_of(next(virtual_hosts))
    topology.declare(uri)
    urls = postgres.migrated("toy")
    database = MigratedDatabase(urls)
    with toy_process(database, uri, tmp_path_factory.mktemp("toy")) as service:
        rpc = RpcClient(uri_as("gateway", uri), "tests")
        yield Toy(database, uri, service, rpc)
        rpc.close()
    database.dispose()
    postgres.drop(urls)


class Wire:
    """A network between a process and the broker, which a test can cut and freeze."""

    def __init__(self, amqp_uri: str) -> None:
        parts = urlsplit(amqp_uri)
        self._target = (parts.hostname, parts.port)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._sockets: list[socket.socket] = []
        self._flowing = threading.Event()
        self._flowing.set()
        self._reachable = True
        port = self._listener.getsockname()[1]
        self.amqp_uri = amqp_uri.replace(f":{parts.port}/", f":{port}/")
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self, *, for_good: bool = False) -> None:
        """End every connection; a new one may be made at once unless it is `for_good`."""
        self._reachable = not for_good
        sockets, self._sockets = self._sockets, []
        for one in sockets:
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    def mend(self) -> None:
        self._reachable = True

    def freeze(self) -> None:
        """Carry nothing any more, and end no connection: what is sent vanishes from sight."""
        self._flowing.clear()

    def thaw(self) -> None:
        self._flowing.set()

    def connections(self) -> int:
        """How many are open."""
        return sum(one.fileno() >= 0 for one in self._sockets) // 2

    def close(self) -> None:
        self._listener.close()
        self.thaw()
        self.cut(for_good=True)

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self._listener.accept()
                if not self._reachable:
                    near.close()
                    continue
                far = socket.create_connection(self._target)
                self._sockets += [near, far]
                for pair in ((near, far), (far, near)):
                    threading.Thread(target=self._carry, args=pair, daemon=True).start()

    def _carry(self, source: socket.socket, sink: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                self._flowing.wait()
                sink.sendall(data)
        for one in (source, sink):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()


@pytest.fixture(scope="session")
def wire_of():
    """``wire_of(uri)``: a network to another virtual host; close it."""
    return Wire


@pytest.fixture
def wire(amqp_uri) -> Iterator[Wire]:
    """A network of its own to the test's virtual host."""
    wire = Wire(amqp_uri)
    yield wire
    wire.close()
