"""Transactions, and mutations that happen once."""

import hashlib
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace

import msgspec
import pytest
from sqlalchemy import insert, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from toy import contract
from toy.contract import Added, Say
from toy.tables import chassis, thing

from portal_chassis.call import Call
from portal_chassis.database.transaction_guard import in_transaction
from portal_chassis.database.transactions import (
    Database,
    after_commit,
    describe_error,
    is_away,
    sqlstate,
)
from portal_chassis.ids import new_id
from portal_contracts.actor import service_actor
from portal_contracts.calls import Method
from portal_contracts.errors import Conflict, Invalid
from tests.kit.waiting import eventually

# --- transactions ---------------------------------------------------------------------------------


def test_a_transaction_commits_at_its_end(rows):
    with rows.database.transaction() as tx:
        tx.execute(insert(thing).values(id=new_id(), word="kept"))
        assert in_transaction()
    assert not in_transaction()
    assert rows.things() == ["kept"]


def test_a_transaction_that_raises_leaves_nothing(rows):
    with suppress(InterruptedError), rows.database.transaction() as tx:
        tx.execute(insert(thing).values(id=new_id(), word="lost"))
        raise InterruptedError
    assert not in_transaction()
    assert rows.things() == []


def test_callbacks_run_after_the_commit_in_order_and_outside_it(rows):
    seen = []
    with rows.database.transaction() as tx:
        after_commit(tx, lambda: seen.append((1, in_transaction(), rows.things())))
        after_commit(tx, lambda: seen.append((2, in_transaction(), rows.things())))
        tx.execute(insert(thing).values(id=new_id(), word="kept"))
        assert seen == []
    assert seen == [(1, False, ["kept"]), (2, False, ["kept"])]


def test_callbacks_of_a_rolled_back_transaction_never_run(database):
    seen = []
    with suppress(InterruptedError), database.transaction() as tx:
        after_commit(tx, lambda: seen.append("ran"))
        raise InterruptedError
    with database.transaction() as tx:
        tx.execute(text("SELECT 1"))
    assert seen == []


def test_a_failing_callback_does_not_look_like_a_rollback(rows):
    seen = []
    with rows.database.transaction() as tx:
        tx.execute(insert(thing).values(id=new_id(), word="kept"))
        after_commit(tx, lambda: 1 / 0)
        after_commit(tx, lambda: seen.append("ran"))
    assert (rows.things(), seen) == (["kept"], ["ran"])


def test_a_single_statement_stays_and_its_connection_is_as_before_afterwards(rows):
    with suppress(InterruptedError), rows.database.autocommit() as tx:
        tx.execute(insert(thing).values(id=new_id(), word="stays"))
        assert in_transaction()
        raise InterruptedError
    with suppress(InterruptedError), rows.database.transaction() as tx:
        tx.execute(insert(thing).values(id=new_id(), word="goes"))
        raise InterruptedError
    assert rows.things() == ["stays"]
    assert rows.database.engine.pool.checkedout() == 0


def test_a_snapshot_sees_one_state_and_its_connection_is_as_before_afterwards(rows):
    with rows.database.snapshot() as tx:
        before = tx.execute(select(thing.c.word)).scalars().all()
        with rows.database.engine.begin() as other:
            other.execute(insert(thing).values(id=new_id(), word="meanwhile"))
        assert tx.execute(select(thing.c.word)).scalars().all() == before == []
        assert in_transaction()
    with rows.database.transaction() as tx:
        tx.execute(insert(thing).values(id=new_id(), word="written"))
        assert tx.execute(text("SHOW transaction_isolation")).scalar() == "read committed"
    assert rows.things() == ["meanwhile", "written"]
    assert rows.database.engine.pool.checkedout() == 0


def test_a_snapshot_writes_nothing(rows):
    with pytest.raises(DBAPIError) as refusal, rows.database.snapshot() as tx:
        tx.execute(insert(thing).values(id=new_id(), word="never"))
    assert sqlstate(refusal.value) == "25006"
    assert rows.things() == []


@pytest.mark.parametrize("way", ["autocommit", "snapshot"])
def test_nothing_waits_for_a_commit_that_does_not_come(rows, way):
    rows.things()  # so that the connection was a transaction's before
    with pytest.raises(RuntimeError, match="needs"), getattr(rows.database, way)() as tx:
        after_commit(tx, lambda: None)


@pytest.mark.parametrize("way", ["transaction", "autocommit", "snapshot"])
def test_a_connection_that_the_server_ended_meanwhile_is_replaced(rows, postgres_server, way):
    rows.things()
    with postgres_server.connect() as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = %s",
            [rows.database.engine.url.database],
        )
    with getattr(rows.database, way)() as tx:
        assert tx.execute(text("SELECT 1")).scalar_one() == 1


def test_connections_are_bounded_and_given_back(database):
    for _ in range(50):
        with suppress(InterruptedError), database.transaction() as tx:
            tx.execute(text("SELECT 1"))
            raise InterruptedError
    assert database.engine.pool.checkedout() == 0


@pytest.mark.parametrize(
    ("setting", "expected"),
    [
        ("statement_timeout", "5s"),
        ("lock_timeout", "3s"),
        ("idle_in_transaction_session_timeout", "10s"),
        ("TimeZone", "UTC"),
        ("application_name", "tests"),
    ],
)
def test_no_statement_lock_or_session_waits_for_ever(database, setting, expected):
    with database.transaction() as tx:
        assert tx.execute(text(f"SHOW {setting}")).scalar() == expected


def test_the_server_notices_that_a_process_vanished_from_the_network(
    database,
):
    asked = text(
        "SELECT name, reset_val::int FROM pg_settings"
        " WHERE name LIKE 'tcp_keepalives%' OR name = 'tcp_user_timeout' ORDER BY name"
    )
    with database.transaction() as tx:
        found = [tuple(row) for row in tx.execute(asked)]
    assert found == [
        ("tcp_keepalives_count", 3),
        ("tcp_keepalives_idle", 10),
        ("tcp_keepalives_interval", 5),
        ("tcp_user_timeout", 15_000),
    ]


# --- mutations that happen once -------------------------------------------------------------------


@pytest.fixture
def call(practitioner, now):
    def call(word="w", *, key="key", actor=practitioner, method=contract.ADD):
        return Call(
            actor=actor,
            request_id="request-1",
            idempotency_key=key,
            method=method,
            now=now,
            arguments=Say(word=word),
        )

    return call


def add(word):
    def operation(tx):
        row_id = new_id()
        tx.execute(insert(thing).values(id=row_id, word=word))
        return Added(id=row_id)

    return operation


def test_twenty_threads_with_one_key_make_one_row_and_get_one_answer(rows, call):
    barrier = threading.Barrier(20)

    def run(_number):
        barrier.wait()
        return rows.database.once(call(), add("w"))

    with ThreadPoolExecutor(20) as threads:
        answers = list(threads.map(run, range(20)))
    assert len(set(answers)) == 1
    assert rows.things() == ["w"]


def test_a_success_is_answered_again_without_running(rows, call):
    first = rows.database.once(call(), add("w"))
    again = rows.database.once(call(), lambda _tx: pytest.fail("ran again"))
    assert again == first


def test_what_is_kept_of_a_call_can_be_reckoned_only_by_who_has_its_key(rows, call):
    rows.database.once(call("secret word", key="k" * 32), add("w"))
    [kept] = rows.rows(chassis.idempotency)
    guessed = hashlib.sha256(call("secret word").encoded_arguments).hexdigest()
    assert kept.arguments_hash != guessed
    assert "k" * 32 not in repr(kept)


def test_a_refusal_is_not_stored_and_is_judged_anew(rows, call):
    def refuse(tx):
        tx.execute(insert(thing).values(id=new_id(), word="half"))
        raise Conflict("not_now")

    for _ in range(2):
        with pytest.raises(Conflict):
            rows.database.once(call(), refuse)
    assert rows.rows(chassis.idempotency) == []
    assert rows.database.once(call(), add("w"))
    assert rows.things() == ["w"]


def test_a_second_call_waits_for_the_first_and_runs_if_that_was_refused(rows, call):
    entered, leave = threading.Event(), threading.Event()

    def refuse(_tx):
        entered.set()
        leave.wait(30)
        raise Conflict("not_now")

    with ThreadPoolExecutor(2) as threads:
        first = threads.submit(rows.database.once, call(), refuse)
        entered.wait(30)
        second = threads.submit(rows.database.once, call(), add("second"))
        leave.set()
        assert isinstance(first.exception(), Conflict)
        assert second.result()
    assert rows.things() == ["second"]


def test_the_same_key_with_other_arguments_is_refused(rows, call):
    rows.database.once(call("one"), add("one"))
    with pytest.raises(Invalid) as refusal:
        rows.database.once(call("two"), add("two"))
    assert refusal.value.code == "idempotency_key_reused"
    assert rows.things() == ["one"]


def test_a_key_belongs_to_its_actor_and_its_method(rows, call, practitioner):
    other_method = Method("notifications", "add_other", Say, Added, "Another.", mutates=True)
    colleague = msgspec.structs.replace(practitioner, id=new_id())
    answers = {
        rows.database.once(call("one"), add("one")),
        rows.database.once(call("two", actor=colleague), add("two")),
        rows.database.once(call("three", actor=service_actor("forms")), add("three")),
        rows.database.once(call("four", method=other_method), add("four")),
        rows.database.once(call("five", key="another"), add("five")),
    }
    assert len(answers) == 5


def test_a_call_without_a_key_simply_runs(rows, call):
    rows.database.once(call(key=None), add("one"))
    rows.database.once(call(key=None), add("two"))
    assert rows.things() == ["one", "two"]
    assert rows.rows(chassis.idempotency) == []


def test_arguments_are_kept_as_a_hash_and_the_reply_as_ids(rows, call):
    answer = rows.database.once(call("Anna Example"), add("Anna Example"))
    (row,) = rows.rows(chassis.idempotency)
    assert "Anna" not in row.scope
    assert len(row.arguments_hash) == 64
    assert bytes(row.reply) == msgspec.json.encode(answer)


def test_the_longest_key_fits(rows, call):
    assert rows.database.once(call(key="🙂" * 200), add("w"))


def test_equal_arguments_have_equal_encodings(call):
    assert call("w").encoded_arguments == replace(call("w"), request_id="2").encoded_arguments


# --- away, or refusing ----------------------------------------------------------------------------


def error_of(action):
    with pytest.raises(Exception) as caught:  # noqa: PT011 - the caller looks at what it is
        action()
    return caught.value


def execute(database, *statements):
    with database.transaction() as tx:
        for statement in statements:
            tx.execute(text(statement))


def test_a_server_that_is_not_there_is_away(tmp_path):
    database = Database(f"postgresql+psycopg://x@/x?host={tmp_path}")
    error = error_of(database.ping)
    assert is_away(error)
    assert describe_error(error).startswith("OperationalError")


def test_a_connection_that_was_ended_is_away_and_then_replaced(database):
    error = error_of(
        lambda: execute(database, "SELECT pg_terminate_backend(pg_backend_pid())", "SELECT 1")
    )
    assert is_away(error)
    database.ping()


def test_a_restarted_server_is_found_again_by_every_pooled_connection(database, postgres_server):
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda _: execute(database, "SELECT pg_sleep(0.05)"), range(8)))
    name = database.engine.url.database
    with postgres_server.connect() as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name]
        )
        here = "SELECT count(*) FROM pg_stat_activity WHERE datname = %s"
        eventually(lambda: connection.execute(here, [name]).fetchone() == (0,))
    for _ in range(8):
        database.ping()


def test_a_pool_without_a_free_connection_is_away(database, monkeypatch):
    small = Database(database.url, pool_size=1)
    monkeypatch.setattr(small.engine.pool, "_timeout", 0.05)
    with small.transaction() as tx:
        tx.execute(text("SELECT 1"))
        assert is_away(error_of(small.ping))
    small.dispose()


@pytest.mark.parametrize(
    ("statements", "state"),
    [
        (["SET LOCAL statement_timeout = 20", "SELECT pg_sleep(1)"], "57014"),
        (["SELECT 1 / 0"], "22012"),
        (["SELECT * FROM nothing_of_this_name"], "42P01"),
        (["DELETE FROM log"], "42501"),
    ],
)
def test_a_statement_that_is_refused_is_not_away(database, statements, state):
    error = error_of(lambda: execute(database, *statements))
    assert sqlstate(error) == state
    assert not is_away(error)


def test_a_lock_that_takes_too_long_is_not_away(database):
    with database.transaction() as tx:
        tx.execute(text("LOCK TABLE thing IN ACCESS EXCLUSIVE MODE"))
        error = error_of(
            lambda: execute(database, "SET LOCAL lock_timeout = 20", "SELECT * FROM thing")
        )
    assert sqlstate(error) == "55P03"
    assert isinstance(error, OperationalError)
    assert not is_away(error)


def test_a_deadlock_is_not_away(database):
    first, second = new_id(), new_id()
    with database.transaction() as tx:
        for row_id in (first, second):
            tx.execute(insert(thing).values(id=row_id, word=str(row_id)))
    barrier = threading.Barrier(2)

    def lock(*row_ids):
        with database.transaction() as tx:
            tx.execute(select(thing).where(thing.c.id == row_ids[0]).with_for_update())
            barrier.wait(30)
            tx.execute(select(thing).where(thing.c.id == row_ids[1]).with_for_update())

    with ThreadPoolExecutor(2) as threads:
        tried = [threads.submit(lock, first, second), threads.submit(lock, second, first)]
        (error,) = [one.exception() for one in tried if one.exception()]
    assert sqlstate(error) == "40P01"
    assert not is_away(error)


def test_an_error_is_described_without_what_other_rows_hold(rows):
    def insert_twice():
        with rows.database.transaction() as tx:
            tx.execute(insert(thing).values(id=new_id(), word="Anna Example"))
            tx.execute(insert(thing).values(id=new_id(), word="Anna Example"))

    error = error_of(insert_twice)
    assert isinstance(error, IntegrityError)
    assert "Anna Example" in str(error)
    assert describe_error(error) == "IntegrityError 23505 thing_word_key"
    assert not is_away(error)


def test_a_refusal_is_described_by_its_code():
    assert describe_error(Conflict("slot_taken", "Words.")) == "Conflict slot_taken"
    assert describe_error(ValueError("Anna Example")) == "ValueError"
    assert not is_away(ValueError())
    assert not is_away(DBAPIError("SELECT", {}, ValueError()))
