"""The schema: what the migrations make is what the code believes, and it can be undone."""

import pytest
from sqlalchemy import create_engine, inspect, text
from sqlalchemy.exc import ProgrammingError

from forms.storage.tables import metadata
from portal_chassis.database import migrations, revisions

PACKAGE = "forms.migrations"

COLUMNS = """
SELECT table_name, column_name, data_type, is_nullable, column_default
FROM information_schema.columns
WHERE table_schema = 'public' AND table_name <> 'alembic_version'
"""
CONSTRAINTS = """
SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
WHERE connamespace = 'public'::regnamespace AND contype <> 't' AND conrelid <> 0
  AND conrelid::regclass::text <> 'alembic_version'
"""
INDEXES = "SELECT tablename, indexdef FROM pg_indexes WHERE schemaname = 'public'"


@pytest.fixture
def urls(empty_database):
    return empty_database("forms")


@pytest.fixture
def owner_engine(urls):
    engine = create_engine(urls.owner_url)
    yield engine
    engine.dispose()


def schema(engine):
    with engine.connect() as connection:
        return {
            name: {tuple(row) for row in connection.execute(text(query))}
            for name, query in (("columns", COLUMNS), ("constraints", CONSTRAINTS))
        } | {
            "indexes": {
                tuple(row)
                for row in connection.execute(text(INDEXES))
                if row.tablename != "alembic_version"
            }
        }


def test_the_migrations_make_the_tables_the_code_believes_in(urls, owner_engine, empty_database):
    migrations.upgrade(urls.owner_url, PACKAGE, runtime_role="forms_runtime")
    believed = create_engine(empty_database("forms").owner_url)
    metadata.create_all(believed)
    assert schema(owner_engine) == schema(believed)
    believed.dispose()


def test_each_migration_can_be_undone_and_done_again(urls, owner_engine):
    migrations.upgrade(urls.owner_url, PACKAGE, runtime_role=None)
    migrations.downgrade(urls.owner_url, PACKAGE)
    with owner_engine.connect() as connection:
        assert set(inspect(connection).get_table_names()) <= {"alembic_version"}
    migrations.upgrade(urls.owner_url, PACKAGE, runtime_role=None)
    assert revisions.current(urls.owner_url) == revisions.head(PACKAGE)


def test_what_was_stored_before_saving_was_counted_is_at_its_first_revision(urls, owner_engine):
    migrations.upgrade(urls.owner_url, PACKAGE, runtime_role=None, revision="0001")
    row = "gen_random_uuid(), gen_random_uuid(), 'T', '{}', now(), now()"
    columns = "id, practice_id, title, document, created_at, updated_at"
    with owner_engine.begin() as connection:
        connection.execute(text(f"INSERT INTO template ({columns}) VALUES ({row})"))
    migrations.upgrade(urls.owner_url, PACKAGE, runtime_role=None)
    with owner_engine.connect() as connection:
        query = text("SELECT revision, library_key FROM template")
        assert tuple(connection.execute(query).one()) == (1, None)


def test_the_running_service_cannot_change_the_schema(database):
    with pytest.raises(ProgrammingError, match="must be owner"), database.transaction() as tx:
        tx.execute(text("ALTER TABLE form_request DROP CONSTRAINT ck_form_request_state"))
