"""A migration that changes what a prepared statement answers is noticed by no call."""

from contextlib import ExitStack

import pytest
from sqlalchemy import bindparam, func, insert, select
from sqlalchemy.exc import DBAPIError
from toy.tables import thing

from portal_chassis.call import Call
from portal_chassis.clock import Clock
from portal_chassis.database.prepared import run
from portal_chassis.database.transactions import Database
from portal_chassis.ids import new_id
from portal_chassis.rpc.entry_point import rpc
from portal_chassis.rpc.runs_in import RunsIn
from portal_contracts.actor import NOBODY
from portal_contracts.calls import Done, Method, Nothing

CONNECTIONS = 3
WORDS = select(thing.c.word).where(thing.c.word != bindparam("but"))
WITHOUT = {"but": "x"}
READ = Method("toys", "read", Nothing, Done, "Reads.")
CHANGE = Method("toys", "change", Nothing, Done, "Changes.", mutates=True)

WAYS = {
    "statement": lambda tx: run(tx, WORDS, WITHOUT),
    "sqlalchemy": lambda tx: tx.execute(WORDS, WITHOUT),
}


@pytest.fixture(params=WAYS.values(), ids=WAYS)
def ask(request):
    """Runs the statement by one of the two ways there are."""
    return request.param


@pytest.fixture
def pool(rows):
    found = Database(rows.database.url, pool_size=CONNECTIONS)
    yield found
    found.dispose()


def prepare(pool, ask, opened="transaction"):
    """Have every connection of the pool prepare the statement."""
    with ExitStack() as stack:
        for _ in range(CONNECTIONS):
            tx = stack.enter_context(getattr(pool, opened)())
            for _ in range(8):
                assert ask(tx).all() == []


def migrate(as_owner):
    as_owner("ALTER TABLE thing ALTER COLUMN word TYPE varchar(500)")


def service_of(pool, method, answer, **options):
    service = type("Toys", (), {method.name: rpc(method, **options)(answer)})()
    service.database = pool

    def call(key=None):
        told = Call(NOBODY, "r", key, method, Clock().now(), expires_at=float("inf"))
        return getattr(service, method.name)(Nothing(), told)

    return call


@pytest.mark.parametrize("way", [RunsIn.AUTOCOMMIT, RunsIn.SNAPSHOT, RunsIn.TRANSACTION])
def test_no_call_that_reads_fails(pool, as_owner, ask, way):
    def answer(_service, tx, _command, _call):
        # The first statement of its transaction, and a later one.
        tx.execute(select(1))
        ask(tx)
        return Done()

    call = service_of(pool, READ, answer, runs_in=way)
    prepare(pool, ask, way)
    migrate(as_owner)
    assert [call() for _ in range(CONNECTIONS)] == [Done()] * CONNECTIONS


def test_what_a_call_wrote_before_is_written_once(pool, as_owner, ask):
    def answer(_service, tx, _command, _call):
        tx.execute(insert(thing).values(id=new_id(), word=f"w{new_id()}"))
        ask(tx)
        return Done()

    call = service_of(pool, CHANGE, answer)
    prepare(pool, ask)
    migrate(as_owner)
    for number in range(CONNECTIONS):
        call(f"key {number}")
        call(f"key {number}")
    with pool.transaction() as tx:
        assert tx.execute(select(func.count()).select_from(thing)).scalar_one() == CONNECTIONS


def test_neither_do_those_that_open_their_own_or_look_who_it_is(pool, as_owner, ask):
    def who(service, *_):
        with service.database.autocommit() as tx:
            return ask(tx).all()

    def answer(service, _command, _call, found):
        with service.database.transaction() as tx:
            assert ask(tx).all() == found
        return Done()

    call = service_of(pool, READ, answer, who=who, runs_in=RunsIn.NOTHING)
    prepare(pool, ask)
    migrate(as_owner)
    assert [call() for _ in range(CONNECTIONS)] == [Done()] * CONNECTIONS


def test_one_failure_is_all_it_costs_whoever_is_no_call(pool, as_owner, ask):
    prepare(pool, ask)
    migrate(as_owner)
    with pytest.raises(DBAPIError), pool.transaction() as tx:
        ask(tx)
    prepare(pool, ask)


def test_what_fails_whatever_is_prepared_is_not_tried_for_ever(pool):
    tried = []

    def answer(_service, tx, _command, _call):
        tried.append(1)
        tx.exec_driver_sql("SELECT 1 UNION SELECT 2 FOR UPDATE")

    with pytest.raises(DBAPIError):
        service_of(pool, CHANGE, answer)("key")
    assert len(tried) == 2
