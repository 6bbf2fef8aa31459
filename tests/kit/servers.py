"""The pytest plugin: ``pytest_plugins = ["tests.kit.servers"]`` in the root conftest.

Servers are started when the first test asks for them, once per session; what
a test is given is its own: a database, a virtual host of the broker, a mail
server without mails.
"""

from __future__ import annotations

import tempfile
import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from kombu.transport import memory

from portal_chassis.broker import topology
from portal_chassis.embedded.postgres import EmbeddedPostgres
from portal_chassis.embedded.rabbitmq import MissingRabbitMQError, RabbitNode
from tests.kit.databases import DatabaseUrls, MigratedDatabase, TestDatabases
from tests.kit.mail_server import RecordingMailServer
from tests.kit.service_processes import RunningService, running_service

VIRTUAL_HOSTS_AT_ONCE = 20


@pytest.fixture
def server_folder() -> Iterator[Path]:
    """A folder for a server's data.

    pytest's own folders will not do: each session that starts closes their
    parent to other users, and as root PostgreSQL runs as another user.
    """
    with _server_folder() as folder:
        yield folder


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[EmbeddedPostgres]:
    """The session's PostgreSQL server, without safety against power cuts."""
    with _server_folder() as folder:
        server = EmbeddedPostgres(folder / "postgres", durable=False, max_connections=400)
        server.start()
        yield server
        server.stop(even_if_used=True)


@pytest.fixture(scope="session")
def postgres(postgres_server: EmbeddedPostgres) -> TestDatabases:
    """Makes databases on the session's server."""
    return TestDatabases(postgres_server)


@pytest.fixture
def migrated_database(postgres: TestDatabases) -> Iterator[Callable[[str], MigratedDatabase]]:
    """``migrated_database("identity_links")``: an empty, migrated database, emptied afterwards."""
    made: list[tuple[str, MigratedDatabase, DatabaseUrls]] = []

    def make(package: str) -> MigratedDatabase:
        urls = postgres.migrated(package)
        database = MigratedDatabase(urls)
        made.append((package, database, urls))
        return database

    yield make
    for package, database, urls in made:
        database.dispose()
        postgres.give_back(package, urls)


@pytest.fixture
def empty_database(postgres: TestDatabases) -> Iterator[Callable[[str], DatabaseUrls]]:
    """``empty_database("identity_links")``: a database before its first migration."""
    made: list[DatabaseUrls] = []

    def make(package: str) -> DatabaseUrls:
        made.append(postgres.empty(package))
        return made[-1]

    yield make
    for urls in made:
        postgres.drop(urls)


@pytest.fixture(scope="session")
def rabbitmq() -> Iterator[RabbitNode]:
    """The session's RabbitMQ node. A test that stops or kills it starts it again."""
    with _server_folder() as folder:
        node = RabbitNode(folder / "rabbitmq")
        try:
            node.start()
        except MissingRabbitMQError as error:
            pytest.fail(str(error))
        yield node
        node.stop()


@pytest.fixture(scope="session")
def virtual_hosts(rabbitmq: RabbitNode) -> Iterator[str]:
    """Names of unused virtual hosts; made by the dozen, because each command takes a while."""

    def supply() -> Iterator[str]:
        while True:
            names = [f"test-{uuid.uuid4().hex[:12]}" for _ in range(VIRTUAL_HOSTS_AT_ONCE)]
            rabbitmq.add_virtual_hosts(names)
            yield from names

    return supply()


@pytest.fixture
def amqp_uri(rabbitmq: RabbitNode, virtual_hosts: Iterator[str]) -> str:
    """The address of an empty virtual host, with the topology declared."""
    uri = rabbitmq.uri_of(next(virtual_hosts))
    topology.declare(uri)
    return uri


@pytest.fixture
def memory_broker() -> Iterator[str]:
    """The address of kombu's in-memory broker, emptied: it is one for the whole process."""
    _empty_memory_broker()
    yield "memory://"
    _empty_memory_broker()


@pytest.fixture
def mail_server() -> Iterator[RecordingMailServer]:
    """A healthy mail server without mails."""
    server = RecordingMailServer()
    server.start()
    yield server
    server.stop()


@pytest.fixture
def start_service(
    tmp_path: Path,
    amqp_uri: str,
    migrated_database: Callable[[str], MigratedDatabase],
) -> Iterator[Callable[..., RunningService]]:
    """``start_service("identity_links", max_workers=2)``: a ready service on a fresh database.

    Give ``database=`` to share one, and ``amqp_uri=`` for another broker.
    All are stopped after the test.
    """
    running: list[AbstractContextManager[RunningService]] = []

    def start(
        package: str,
        *,
        database: MigratedDatabase | None = None,
        amqp_uri: str = amqp_uri,
        **settings: Any,
    ) -> RunningService:
        context = running_service(
            package, database or migrated_database(package), amqp_uri, tmp_path, **settings
        )
        service = context.__enter__()
        running.append(context)
        return service

    yield start
    for context in reversed(running):
        context.__exit__(None, None, None)


@contextmanager
def lasting_service(
    package: str, request: pytest.FixtureRequest, **settings: Any
) -> Iterator[LastingService]:
    """A ready service for all tests of a module; each of them clears it, see `LastingService`.

    Starting a process costs more than all that most tests ask of it.
    """
    rabbitmq, postgres, hosts, folders = map(
        request.getfixturevalue, ("rabbitmq", "postgres", "virtual_hosts", "tmp_path_factory")
    )
    uri = rabbitmq.uri_of(next(hosts))
    topology.declare(uri)
    urls = postgres.migrated(package)
    database = MigratedDatabase(urls)
    with running_service(package, database, uri, folders.mktemp(package), **settings) as service:
        yield LastingService(service, database, uri, lambda: postgres.clear(urls))
    database.dispose()
    postgres.give_back(package, urls)


@dataclass(frozen=True)
class LastingService:
    """A service that several tests ask, one after the other.

    Attributes:
        process: the running service.
        database: what it keeps.
        amqp_uri: where it is asked.
        clear: empties its database, for the next test.
    """

    process: RunningService
    database: MigratedDatabase
    amqp_uri: str
    clear: Callable[[], None]


@contextmanager
def _server_folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="latchkey-", ignore_cleanup_errors=True) as folder:
        yield Path(folder)


def _empty_memory_broker() -> None:
    memory.Channel.queues.clear()
    memory.Channel.events.clear()
    memory.Transport.global_state.clear()
