"""Migrations: up, down, up again; they make the tables the code knows; who may do what."""

from __future__ import annotations

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import CheckConstraint, create_engine, inspect, make_url, text
from sqlalchemy.exc import DBAPIError, ProgrammingError

from identity_links.migrations import APPEND_ONLY
from identity_links.storage.tables import metadata
from portal_chassis.database import migrations, revisions

PACKAGE = "identity_links.migrations"


def tables(url):
    engine = create_engine(url)
    try:
        with engine.connect() as connection:
            return set(inspect(connection).get_table_names())
    finally:
        engine.dispose()


def test_migrations_go_up_and_down_and_up_again(empty_database):
    urls = empty_database("identity_links")
    url, role = urls.owner_url, make_url(urls.runtime_url).username
    migrations.upgrade(url, PACKAGE, runtime_role=role, append_only=APPEND_ONLY)
    assert {table.name for table in metadata.sorted_tables} <= tables(url)
    migrations.downgrade(url, PACKAGE)
    assert tables(url) <= {"alembic_version"}
    migrations.upgrade(url, PACKAGE, runtime_role=role, append_only=APPEND_ONLY)
    assert revisions.current(url) == revisions.head(PACKAGE)


def test_migrations_make_the_tables_that_the_code_knows(database):
    engine = create_engine(database.owner_url)
    try:
        with engine.connect() as connection:
            context = MigrationContext.configure(connection, opts={"compare_type": True})
            differences = [
                one
                for one in compare_metadata(context, metadata)
                if getattr(one[1], "name", "") != "alembic_version"
            ]
            checks = {
                (table.name, check["name"])
                for table in metadata.sorted_tables
                for check in inspect(connection).get_check_constraints(table.name)
            }
    finally:
        engine.dispose()
    assert differences == []
    declared = {
        (table.name, constraint.name)
        for table in metadata.sorted_tables
        for constraint in table.constraints
        if isinstance(constraint, CheckConstraint)
    }
    assert checks == declared


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE access_log SET act = 'x'",
        "DELETE FROM access_log",
        "TRUNCATE access_log",
        "ALTER TABLE access_log ADD COLUMN x int",
        "DROP TABLE access_log",
    ],
)
def test_the_running_service_cannot_change_the_access_log(world, statement):
    world.practice()
    with pytest.raises((ProgrammingError, DBAPIError), match=r"permission denied|must be owner"):
        world.run(lambda tx: tx.execute(text(statement)))
    assert len(world.log(None)) == 0


def test_a_link_cannot_belong_to_another_practice_s_client(world):
    owner, other = world.owner(), world.owner()
    link = world.link(owner, world.client(owner))
    with pytest.raises(DBAPIError, match="fk_portal_link_client"):
        world.run(
            lambda tx: tx.execute(
                text("UPDATE portal_link SET practice_id = :practice WHERE id = :id"),
                {"practice": other.practice_id, "id": link.id},
            )
        )
