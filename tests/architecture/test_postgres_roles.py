"""The script that makes the databases of docker-compose.yml, on a real PostgreSQL."""

from __future__ import annotations

import os
import subprocess
import tempfile
from pathlib import Path

import psycopg
import pytest

from portal_chassis.database import migrations, revisions
from portal_chassis.embedded.postgres import EmbeddedPostgres
from portal_chassis.embedded.postgres_binaries import find_binaries
from portal_contracts.catalogue import SERVICES


@pytest.fixture(scope="module")
def server(root: Path):
    """A cluster of its own, after the script has run as the image runs it.

    Not in pytest's folders: another session closes them to the server's user.
    """
    with (
        tempfile.TemporaryDirectory(prefix="latchkey-", ignore_cleanup_errors=True) as folder,
        EmbeddedPostgres(Path(folder) / "postgres", durable=False) as server,
    ):
        passwords = {
            f"{service.upper()}_{role}_PASSWORD": f"it's {service} {role}"
            for service in SERVICES
            for role in ("OWNER", "RUNTIME")
        }
        done = subprocess.run(
            [root / "deploy/postgres/10-databases.sh"],
            env=passwords
            | {
                "PATH": f"{find_binaries(None).program('psql').rpartition('/')[0]}:{os.defpath}",
                "PGHOST": str(server.socket_folder),
                "POSTGRES_USER": "postgres",
            },
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        assert not any(password in done.stdout + done.stderr for password in passwords.values())
        yield server


@pytest.mark.parametrize("service", SERVICES)
def test_the_owner_migrates_and_the_runtime_role_reads_rows_alone(server, service):
    owner_url, runtime_url = (
        server.url(service, f"{service}_{role}") for role in ("owner", "runtime")
    )
    package = f"{service}.migrations"
    migrations.upgrade(owner_url, package, runtime_role=f"{service}_runtime")
    assert revisions.current(runtime_url) == revisions.head(package)
    with (
        connect(server, service, f"{service}_runtime") as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        connection.execute("CREATE TABLE mine (id int)")


@pytest.mark.parametrize("service", SERVICES)
def test_nobody_enters_another_services_database(server, service):
    for other in {*SERVICES, "postgres"} - {service}:
        for role in ("owner", "runtime"):
            with pytest.raises(psycopg.OperationalError, match="permission denied"):
                connect(server, other, f"{service}_{role}").close()


def test_every_role_has_its_password(server):
    with server.connect() as connection:
        rows = connection.execute(
            "SELECT rolname, rolpassword LIKE 'SCRAM-SHA-256$%' FROM pg_authid "
            "WHERE rolcanlogin AND NOT rolsuper"
        ).fetchall()
    assert dict(rows) == {
        f"{service}_{role}": True for service in SERVICES for role in ("owner", "runtime")
    }


def connect(server: EmbeddedPostgres, database: str, role: str) -> psycopg.Connection:
    return psycopg.connect(
        host=str(server.socket_folder), port=5432, user=role, dbname=database, connect_timeout=3
    )
