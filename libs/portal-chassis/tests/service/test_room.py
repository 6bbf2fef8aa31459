"""Whether PostgreSQL takes every connection that the portal's processes may come to open."""

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import pytest

from portal_chassis.database.room import NoRoomError, pool_name, read_room, require_room
from portal_chassis.database.transactions import Database


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
