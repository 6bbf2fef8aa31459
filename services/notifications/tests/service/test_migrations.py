"""Migrations: up, down, up again; they make the tables the code knows."""

from __future__ import annotations

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import CheckConstraint, create_engine, inspect, make_url

from notifications.storage.tables import metadata
from portal_chassis.database import migrations, revisions

PACKAGE = "notifications.migrations"


def test_migrations_go_up_and_down_and_up_again(empty_database):
    urls = empty_database("notifications")
    url, role = urls.owner_url, make_url(urls.runtime_url).username
    migrations.upgrade(url, PACKAGE, runtime_role=role)
    migrations.downgrade(url, PACKAGE)
    migrations.upgrade(url, PACKAGE, runtime_role=role)
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
    assert checks == {
        (table.name, constraint.name)
        for table in metadata.sorted_tables
        for constraint in table.constraints
        if isinstance(constraint, CheckConstraint)
    }
