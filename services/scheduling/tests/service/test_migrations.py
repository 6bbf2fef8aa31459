"""The schema: what the migrations make is what the code believes, and it can be undone."""

import pytest
from sqlalchemy import create_engine, inspect, text
from sqlalchemy.exc import ProgrammingError

from portal_chassis.database import migrations, revisions
from scheduling.storage.tables import metadata

PACKAGE = "scheduling.migrations"

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
_SEAT = (
    "INSERT INTO appointment (id, practice_id, client_id, booked_time_id, status, booked_at,"
    " created_at, updated_at) SELECT gen_random_uuid(), practice_id, gen_random_uuid(), id,"
    " 'confirmed', now(), now(), now() FROM booked_time"
)
_SERVICE = (
    "INSERT INTO bookable_service (id, practice_id, practitioner_id, title, minutes,"
    " created_at, updated_at) VALUES (gen_random_uuid(), gen_random_uuid(), gen_random_uuid(),"
    " 'Talk', 50, now(), now())"
)
_TIME = (
    "INSERT INTO booked_time (id, practice_id, practitioner_id, service_id, title, starts_at,"
    " ends_at, timezone, starts_wall, blocked, capacity, status, created_at, updated_at)"
    " SELECT gen_random_uuid(), practice_id, practitioner_id, id, title, now(),"
    " now() + interval '50 minutes', 'UTC', now(),"
    " tstzrange(now(), now() + interval '50 minutes', '[)'), 3, 'confirmed', now(), now()"
    " FROM bookable_service"
)
SEATED = (_SERVICE, _TIME, _SEAT, _SEAT)
"""A time for three with two seats taken, as the release before 0006 stores it."""

INDEXES = "SELECT tablename, indexdef FROM pg_indexes WHERE schemaname = 'public'"


@pytest.fixture
def urls(empty_database):
    return empty_database("scheduling")


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
    migrations.upgrade(urls.owner_url, PACKAGE, runtime_role="scheduling_runtime")
    believed = create_engine(empty_database("scheduling").owner_url)
    metadata.create_all(believed)
    assert schema(owner_engine) == schema(believed)
    believed.dispose()


def test_each_migration_can_be_undone_and_done_again(urls, owner_engine):
    migrations.upgrade(urls.owner_url, PACKAGE, runtime_role=None)
    migrations.downgrade(urls.owner_url, PACKAGE)
    with owner_engine.connect() as connection:
        assert set(inspect(connection).get_table_names()) <= {"alembic_version"}
        functions = text("SELECT count(*) FROM pg_proc WHERE proname = 'booked_time_blocks'")
        assert connection.execute(functions).scalar_one() == 0
    migrations.upgrade(urls.owner_url, PACKAGE, runtime_role=None)
    assert revisions.current(urls.owner_url) == revisions.head(PACKAGE)


def test_services_of_before_keep_their_rows_up_and_down(urls, owner_engine):
    migrations.upgrade(urls.owner_url, PACKAGE, runtime_role=None, revision="0002")
    with owner_engine.begin() as connection:
        for title, active in (("kept", True), ("shelved", False)):
            connection.execute(
                text(
                    "INSERT INTO bookable_service (id, practice_id, practitioner_id, title,"
                    " minutes, active, created_at, updated_at) VALUES (gen_random_uuid(),"
                    " gen_random_uuid(), gen_random_uuid(), :title, 50, :active, now(), now())"
                ),
                {"title": title, "active": active},
            )
    migrations.upgrade(urls.owner_url, PACKAGE, runtime_role=None)
    states = "SELECT title, archived, version FROM bookable_service ORDER BY title"
    with owner_engine.connect() as connection:
        found = [tuple(row) for row in connection.execute(text(states))]
    assert found == [("kept", False, 1), ("shelved", True, 1)]
    migrations.downgrade(urls.owner_url, PACKAGE, revision="0002")
    with owner_engine.connect() as connection:
        states = "SELECT title, active FROM bookable_service ORDER BY title"
        found = [tuple(row) for row in connection.execute(text(states))]
    assert found == [("kept", True), ("shelved", False)]


def test_the_owner_of_the_database_makes_the_extension(urls, owner_engine, postgres_server):
    with postgres_server.connect(owner_engine.url.database) as superuser:
        superuser.execute("DROP EXTENSION IF EXISTS btree_gist")
    migrations.upgrade(urls.owner_url, PACKAGE, runtime_role=None)
    with owner_engine.connect() as connection:
        found = text("SELECT count(*) FROM pg_extension WHERE extname = 'btree_gist'")
        assert connection.execute(found).scalar_one() == 1


def test_the_running_service_cannot_change_the_schema(database):
    with pytest.raises(ProgrammingError, match="must be owner"), database.transaction() as tx:
        tx.execute(text("ALTER TABLE booked_time DROP CONSTRAINT ex_booked_time_overlap"))


def test_seats_of_before_are_when_their_times_are_up_and_down(urls, owner_engine):
    migrations.upgrade(urls.owner_url, PACKAGE, runtime_role=None, revision="0005")
    with owner_engine.begin() as connection:
        for statement in SEATED:
            connection.execute(text(statement))
    migrations.upgrade(urls.owner_url, PACKAGE, runtime_role=None)
    together = text(
        "SELECT count(*) FROM appointment a JOIN booked_time t ON t.id = a.booked_time_id"
        " WHERE (a.starts_at, a.ends_at) = (t.starts_at, t.ends_at)"
    )
    with owner_engine.begin() as connection:
        assert connection.execute(together).scalar_one() == 2
        # As the version of before books, which knows nothing of the columns.
        connection.execute(text(SEATED[-1]))
        assert connection.execute(together).scalar_one() == 3
    migrations.downgrade(urls.owner_url, PACKAGE, revision="0005")
    with owner_engine.connect() as connection:
        seats = text("SELECT count(*) FROM appointment")
        assert connection.execute(seats).scalar_one() == 3
        triggers = text("SELECT count(*) FROM pg_trigger WHERE tgname = 'appointment_when'")
        assert connection.execute(triggers).scalar_one() == 0
