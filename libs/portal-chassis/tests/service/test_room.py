"""Whether PostgreSQL takes every connection that the portal's processes may come to open."""

import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import pytest
from sqlalchemy import make_url
from sqlalchemy.exc import OperationalError

from portal_chassis.database import refusals
from portal_chassis.database.room import (
    NoRoomError,
    is_full,
    pool_name,
    read_room,
    require_room,
)
from portal_chassis.database.transactions import Database
from tests.kit.waiting import eventually


@pytest.fixture
def others(postgres_server):
    """``others(name)``: a connection of another role."""
    with ExitStack() as stack:

        def connect(name):
            connection = postgres_server.connect()
            connection.execute("SELECT set_config('application_name', %s, false)", [name])
            return stack.enter_context(connection)

        yield connect


@pytest.fixture
def pool(database):
    """``pool(size)``: a service's connections."""
    with ExitStack() as stack:

        def make(size):
            made = Database(
                database.url, pool_size=size, application_name=pool_name("scheduling", size)
            )
            stack.callback(made.dispose)
            return made

        yield make


def room(database):
    with database.transaction() as tx:
        return read_room(tx)


def test_a_pool_is_counted_as_if_it_were_full_also_that_of_another_role(database, others):
    before = room(database)
    others(pool_name("forms", 30))
    after = room(database)
    assert after.promised - before.promised == 30
    assert (after.open - before.open, after.processes - before.processes) == (1, 1)


def test_connections_of_one_pool_are_counted_once(database, others):
    before = room(database)
    name = pool_name("forms", 2)
    for _ in range(3):
        others(name)
    after = room(database)
    # Never less than there are.
    assert after.promised - before.promised == 3
    assert after.processes - before.processes == 1


@pytest.mark.parametrize("name", ["psql", "forms", "", "forms pool=many id=0"])
def test_who_tells_no_pool_is_counted_for_what_is_open(database, others, name):
    before = room(database)
    others(name)
    after = room(database)
    assert after.promised - before.promised == 1
    assert after.processes == before.processes


def test_what_is_kept_for_administrators_is_no_room(database, postgres_server):
    with postgres_server.connect() as connection:
        [allowed] = connection.execute("SELECT current_setting('max_connections')::int").fetchone()
    assert room(database).most == allowed - 3


def test_too_many_are_refused_with_a_sentence(pool, database):
    free = room(database).most - room(database).promised
    with pytest.raises(NoRoomError) as refused:
        require_room(pool(free + 1), "SCHEDULING_POOL_SIZE", within=0.1)
    said = str(refused.value)
    assert said.startswith(f"PostgreSQL takes {room(database).most} connections, and with this one")
    assert "lower SCHEDULING_POOL_SIZE" in said


def test_as_many_as_there_is_room_for_are_not_refused(pool, database):
    free = room(database).most - room(database).promised
    require_room(pool(free), "SCHEDULING_POOL_SIZE", within=0)


def test_whoever_ends_meanwhile_makes_room(pool, database, others):
    free = room(database).most - room(database).promised
    other = others(pool_name("forms", free))
    threading.Timer(0.3, other.close).start()
    require_room(pool(free), "SCHEDULING_POOL_SIZE", within=15)


def test_of_two_that_start_at_once_one_goes_on(pool, database):
    free = room(database).most - room(database).promised
    pools = [pool(free), pool(free)]

    def starts(one):
        try:
            require_room(one, "SCHEDULING_POOL_SIZE", within=4)
        except NoRoomError:
            return False
        return True

    with ThreadPoolExecutor(2) as threads:
        assert sorted(threads.map(starts, pools)) == [False, True]


@pytest.fixture
def _vacuuming(database, postgres_server, as_owner):
    """The server vacuums a table of this database, and takes its time."""
    slowly = (
        "autovacuum_vacuum_threshold = 0, autovacuum_vacuum_scale_factor = 0, "
        "autovacuum_vacuum_cost_delay = 100, autovacuum_vacuum_cost_limit = 1"
    )
    as_owner(
        f"CREATE TABLE vacuumed (word text) WITH ({slowly});"
        "INSERT INTO vacuumed SELECT repeat('w', 500) FROM generate_series(1, 20000);"
        "DELETE FROM vacuumed"
    )
    busy = (
        "SELECT 1 FROM pg_stat_activity WHERE backend_type = 'autovacuum worker' AND datname = %s"
    )
    name = make_url(database.url).database
    with postgres_server.connect() as connection:
        connection.execute("ALTER SYSTEM SET autovacuum_naptime = 1")
        connection.execute("SELECT pg_reload_conf()")
        try:
            eventually(lambda: connection.execute(busy, [name]).fetchone(), within=30)
        finally:
            connection.execute("ALTER SYSTEM RESET autovacuum_naptime")
            connection.execute("SELECT pg_reload_conf()")
        yield
        assert connection.execute(busy, [name]).fetchone(), "it was done too soon to be counted"


@pytest.mark.usefixtures("_vacuuming")
def test_processes_of_the_server_itself_take_no_room(database, postgres_server):
    clients = "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'"
    with database.transaction() as tx:
        counted = read_room(tx).open
        with postgres_server.connect() as connection:
            # Not itself.
            assert counted == connection.execute(clients).fetchone()[0] - 1


@pytest.mark.parametrize("limited", ["DATABASE {database}", "ROLE {role}"])
def test_who_is_not_let_in_at_all_is_told_why(database, postgres_server, limited):
    url = make_url(database.url)
    what = limited.format(database=f'"{url.database}"', role=f'"{url.username}"')
    database.dispose()
    with postgres_server.connect() as connection:
        connection.execute(f"ALTER {what} CONNECTION LIMIT 0")
        try:
            with pytest.raises(OperationalError) as refused:
                room(database)
            assert is_full(refused.value, database.url)
        finally:
            connection.execute(f"ALTER {what} CONNECTION LIMIT -1")
    # There is room again.
    assert not is_full(refused.value, database.url)


def refuses_in_german(connection, code):
    """What a server says that has no room, in the words of its administrator."""
    startup = connection.recv(8)
    if startup.endswith(b"\x04\xd2\x16\x2f"):
        connection.sendall(b"N")
        connection.recv(8)
    fields = {
        "S": "FATAL",
        "V": "FATAL",
        "C": code,
        "M": "tut mir leid, schon zu viele Verbindungen",
    }
    body = b"".join(f"{name}{value}\0".encode() for name, value in fields.items()) + b"\0"
    connection.sendall(b"E" + (len(body) + 4).to_bytes(4, "big") + body)


@pytest.mark.parametrize(("code", "full"), [("53300", True), ("57P03", False)])
def test_a_full_server_is_known_in_every_language(code, full):
    with socket.create_server(("127.0.0.1", 0)) as listener, ExitStack() as stack:

        def serve():
            for _ in range(2):
                connection = stack.enter_context(listener.accept()[0])
                refuses_in_german(connection, code)

        server = threading.Thread(target=serve)
        server.start()
        there = Database(
            f"postgresql+psycopg://somebody@127.0.0.1:{listener.getsockname()[1]}/portal"
        )
        with pytest.raises(OperationalError) as refused:
            there.ping()
        assert is_full(refused.value, there.url) is full
        server.join()


def test_a_server_that_is_away_is_not_full():
    nowhere = Database("postgresql+psycopg://somebody@/portal?host=/nowhere")
    with pytest.raises(OperationalError) as away:
        nowhere.ping()
    assert not is_full(away.value, nowhere.url)


def test_a_server_that_says_nothing_is_waited_for_no_longer_than_any_other(monkeypatch):
    monkeypatch.setattr(refusals, "ASKED_SECONDS", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"postgresql+psycopg://somebody@127.0.0.1:{listener.getsockname()[1]}/portal"
        assert refusals.refusal_code(url) == ""
