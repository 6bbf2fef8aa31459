"""Migrations without files of their own in each service."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import create_engine, inspect, make_url, text
from sqlalchemy.exc import ProgrammingError
from toy.migrations import APPEND_ONLY
from toy.tables import metadata

from portal_chassis.database import migrations, revisions
from portal_chassis.database.transactions import Database

PACKAGE = "toy.migrations"


@pytest.fixture
def urls(empty_database):
    return empty_database("toy")


def upgrade(urls, **options):
    migrations.upgrade(
        urls.owner_url,
        PACKAGE,
        runtime_role=make_url(urls.runtime_url).username,
        append_only=APPEND_ONLY,
        **options,
    )


def tables(urls):
    engine = create_engine(urls.owner_url)
    try:
        return set(inspect(engine).get_table_names())
    finally:
        engine.dispose()


def test_up_down_and_up_again(urls):
    assert revisions.current(urls.owner_url) is None
    upgrade(urls)
    assert revisions.current(urls.runtime_url) == revisions.head(PACKAGE) == "0002"
    assert tables(urls) == {*metadata.tables, "alembic_version"}
    upgrade(urls)
    migrations.downgrade(urls.owner_url, PACKAGE)
    assert tables(urls) == {"alembic_version"}
    assert revisions.current(urls.owner_url) is None
    upgrade(urls)
    assert revisions.current(urls.owner_url) == "0002"


def test_one_step_at_a_time(urls):
    upgrade(urls, revision="0001")
    assert revisions.current(urls.owner_url) == "0001"
    assert "knob" not in tables(urls)
    upgrade(urls)
    assert "knob" in tables(urls)
    migrations.downgrade(urls.owner_url, PACKAGE, revision="0001")
    assert revisions.current(urls.owner_url) == "0001"
    assert "knob" not in tables(urls)


def test_two_migrations_at_once_are_one(urls):
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda _number: upgrade(urls), range(4)))
    assert revisions.current(urls.owner_url) == "0002"


def test_a_migration_that_fails_leaves_nothing(urls, monkeypatch):
    monkeypatch.setattr(
        "portal_chassis.database.migrations._grant",
        lambda *_arguments: pytest.fail("no rights today"),
    )
    with pytest.raises(pytest.fail.Exception):
        upgrade(urls)
    assert tables(urls) == set()


@pytest.fixture(scope="module")
def migrated(postgres):
    urls = postgres.empty("toy")
    upgrade(urls)
    # The second time nothing is migrated, and all rights are granted anew.
    upgrade(urls)
    yield urls
    postgres.drop(urls)


@pytest.fixture
def runtime(migrated):
    database = Database(migrated.runtime_url)
    yield database
    database.dispose()


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO thing (id, word) VALUES (gen_random_uuid(), 'w')",
        "UPDATE thing SET word = 'w'",
        "DELETE FROM thing",
        "INSERT INTO log (word) VALUES ('w')",
        "SELECT * FROM log",
        "DELETE FROM data_key",
        "SELECT version_num FROM alembic_version",
    ],
)
def test_the_runtime_role_may_work(runtime, statement):
    with runtime.transaction() as tx:
        tx.execute(text(statement))


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE log SET word = 'w'",
        "DELETE FROM log",
        "TRUNCATE log",
        "TRUNCATE thing",
        "DROP TABLE thing",
        "ALTER TABLE thing ADD COLUMN more text",
        "CREATE TABLE more (id int)",
        "UPDATE alembic_version SET version_num = '0'",
        "DELETE FROM alembic_version",
        "INSERT INTO alembic_version VALUES ('0')",
        "ALTER TABLE log DISABLE TRIGGER ALL",
    ],
)
def test_the_runtime_role_may_change_no_schema_and_no_log(runtime, statement):
    with pytest.raises(ProgrammingError) as error, runtime.transaction() as tx:
        tx.execute(text(statement))
    assert error.value.orig.sqlstate == "42501"
