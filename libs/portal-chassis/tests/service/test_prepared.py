"""Statements that pass SQLAlchemy by answer as they do through it, and fail as they do."""

from contextlib import suppress
from datetime import UTC, datetime
from uuid import UUID

import pytest
from sqlalchemy import (
    JSON,
    DateTime,
    Integer,
    LargeBinary,
    Text,
    Uuid,
    bindparam,
    cast,
    delete,
    func,
    insert,
    literal,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, TSTZRANGE, Range
from sqlalchemy.exc import DBAPIError
from toy.tables import thing

from portal_chassis.database.prepared import given, run
from portal_chassis.database.transactions import is_away, sqlstate
from portal_chassis.ids import new_id

AT = datetime(2026, 12, 1, 12, 0, tzinfo=UTC)
EVERY_TYPE = select(
    literal(7).label("number"),
    literal("word").label("word"),
    bindparam("id", type_=Uuid()).label("id"),
    bindparam("at", type_=DateTime(timezone=True)).label("at"),
    cast(bindparam("sealed", type_=LargeBinary()), LargeBinary).label("sealed"),
    cast(literal({"a": [1, None]}, JSONB), JSONB).label("document"),
    cast(literal({"b": "c"}, JSON), JSON).label("plain_document"),
    func.tstzrange(bindparam("at", type_=DateTime(timezone=True)), None, type_=TSTZRANGE).label(
        "span"
    ),
    cast(literal([1, 2], ARRAY(Integer)), ARRAY(Integer)).label("several"),
    cast(None, Text).label("nothing"),
)
NAMED = {"id": new_id(), "at": AT, "sealed": b"\x00\xff"}
WORDS = (
    select(thing.c.id, thing.c.word)
    .where(thing.c.word.in_(("a", "b", "c")), thing.c.word != bindparam("but"))
    .order_by(thing.c.word)
    .limit(bindparam("most", type_=Integer(), literal_execute=True))
)
BY_ZERO = select(literal(1) / bindparam("by", type_=Integer()))
PID = select(func.pg_backend_pid())


def test_values_of_every_type_are_read_as_sqlalchemy_reads_them(database):
    with database.transaction() as tx:
        through = tx.execute(EVERY_TYPE, NAMED).mappings().one()
        past = run(tx, EVERY_TYPE, NAMED).mappings().one_or_none()
    assert past == dict(through)
    assert {name: type(value) for name, value in past.items()} == {
        name: type(value) for name, value in through.items()
    }
    assert past["span"] == Range(AT, None)


@pytest.mark.parametrize("most", [2, 1, 5, None])
def test_what_is_written_into_a_statement_is_what_was_given(rows, most):
    with rows.database.transaction() as tx:
        tx.execute(insert(thing), [{"id": new_id(), "word": word} for word in "dcba"])
        named = {"but": "b", "most": most}
        past = run(tx, WORDS, named)
        assert [row.word for row in past] == ["a", "c"][:most]
        assert [tuple(row) for row in past] == [tuple(row) for row in tx.execute(WORDS, named)]
        assert past.first().word == "a"


@pytest.mark.parametrize("constant", ["it's", "50 %", "%(but)s", "a\\b", "E'\\n", "", 7, -7, True])
def test_a_constant_is_what_it_is_wherever_it_stands(database, constant):
    statement = select(literal(constant).label("one"), bindparam("but", type_=Text()))
    with database.autocommit() as tx:
        assert run(tx, statement, {"but": "x"}).one_or_none() == (constant, "x")


def test_only_what_differs_is_passed_so_that_a_partial_index_can_be_used(database):
    statement = select(thing.c.id).where(
        thing.c.word == "due", thing.c.id > bindparam("after", type_=Uuid())
    )
    prepared = "SELECT parameter_types::text[] FROM pg_prepared_statements WHERE statement LIKE :it"
    with database.autocommit() as tx:
        for _ in range(7):
            run(tx, statement, {"after": UUID(int=0)})
        found = tx.execute(text(prepared), {"it": "%thing.word = 'due'%"}).scalar_one()
    assert found == ["uuid"]


@pytest.mark.parametrize("way", ["autocommit", "snapshot", "transaction"])
def test_it_runs_in_each_way_and_the_connection_is_as_before_afterwards(rows, way):
    for word in ("once", "again"):
        with getattr(rows.database, way)() as tx:
            assert run(tx, PID).scalar_one() == tx.execute(PID).scalar_one()
        with rows.database.transaction() as tx:
            tx.execute(insert(thing).values(id=new_id(), word=word))
    assert sorted(rows.things()) == ["again", "once"]


@pytest.mark.parametrize("refused", [False, True])
@pytest.mark.parametrize("way", ["autocommit", "snapshot", "transaction"])
def test_a_statement_that_is_run_often_is_planned_by_the_server_once(database, way, refused):
    for _ in range(8):
        with suppress(InterruptedError), getattr(database, way)() as tx:
            run(tx, PID)
            if refused:
                raise InterruptedError
    with database.transaction() as tx:
        query = "SELECT count(*) FROM pg_prepared_statements WHERE statement ~ 'pg_backend_pid'"
        assert tx.execute(text(query)).scalar_one() == 1


def test_a_statement_that_failed_and_was_rolled_back_runs_again(database):
    for by in (1, 1, 1, 1, 1, 0, 1, 0, 1):
        with suppress(DBAPIError), database.transaction() as tx:
            run(tx, BY_ZERO, {"by": by})
            run(tx, PID)
    with database.transaction() as tx:
        assert run(tx, BY_ZERO, {"by": 1}).scalar_one() == 1


@pytest.mark.parametrize("way", ["autocommit", "snapshot", "transaction"])
@pytest.mark.parametrize("by", [run, lambda tx, statement, named: tx.execute(statement, named)])
def test_a_migration_costs_what_was_prepared_before_one_failure(rows, as_owner, way, by):
    words, named = select(thing.c.word).where(thing.c.word != bindparam("but")), {"but": "x"}
    database = rows.database
    for _ in range(8):
        with getattr(database, way)() as tx:
            assert by(tx, words, named).all() == []
    as_owner("ALTER TABLE thing ALTER COLUMN word TYPE varchar(500)")
    with pytest.raises(DBAPIError), getattr(database, way)() as tx:
        by(tx, words, named)
    with getattr(database, way)() as tx:
        assert by(tx, words, named).all() == []


def test_what_a_transaction_wrote_it_reads_and_a_rollback_takes_back(rows):
    named = {"but": "", "most": None}
    with suppress(InterruptedError), rows.database.transaction() as tx:
        tx.execute(insert(thing).values(id=new_id(), word="a"))
        assert [row.word for row in run(tx, WORDS, named)] == ["a"]
        raise InterruptedError
    with rows.database.transaction() as tx:
        assert run(tx, WORDS, named).all() == []


def test_a_refusal_of_the_database_is_told_as_sqlalchemy_tells_it(database):
    with pytest.raises(DBAPIError) as told, database.transaction() as tx:
        run(tx, BY_ZERO, {"by": 0})
    assert sqlstate(told.value) == "22012"
    assert not is_away(told.value)
    with database.transaction() as tx:
        assert run(tx, BY_ZERO, {"by": 1}).scalar_one() == 1


def test_a_connection_that_was_ended_is_away_and_the_next_one_works(database):
    with pytest.raises(DBAPIError) as told, database.transaction() as tx:  # noqa: PT012
        pid = run(tx, PID).scalar_one()
        with database.transaction() as other:
            other.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": pid})
        run(tx, PID)
    assert is_away(told.value)
    with database.transaction() as tx:
        assert run(tx, PID).scalar_one() != pid


def test_several_rows_where_there_is_one_at_most_are_an_error(rows):
    with rows.database.transaction() as tx:
        tx.execute(insert(thing), [{"id": new_id(), "word": word} for word in "ab"])
        found = run(tx, WORDS, {"but": "", "most": None})
        with pytest.raises(LookupError, match="2 rows"):
            found.one_or_none()
        with pytest.raises(LookupError, match="no row"):
            run(tx, WORDS, {"but": "", "most": 0}).scalar_one()


def test_what_writes_rows_passes_by_as_well(rows):
    written, unwritten = new_id(), new_id()
    add = insert(thing).values(given(thing.c.id, thing.c.word))
    change = (
        update(thing)
        .where(thing.c.id == bindparam("which", type_=Uuid()))
        .values(given(thing.c.word))
        .returning(thing.c.word)
    )
    with rows.database.transaction() as tx:
        assert run(tx, add, {"id": written, "word": "new"}).rowcount == 1
        assert run(tx, change, {"which": written, "word": "newer"}).scalar_one() == "newer"
        nothing = run(tx, change, {"which": unwritten, "word": "newer"})
        assert (nothing.rowcount, nothing.all()) == (0, [])
        assert (
            run(
                tx, delete(thing).where(thing.c.word == bindparam("word")), {"word": "newer"}
            ).rowcount
            == 1
        )
