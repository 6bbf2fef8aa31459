"""What the commands share: the database, how rows are shown, how a refusal reads.

An admin script touches only its own service's database and outbox, never the
broker. Commands that change something show what they would do, and do it with
``--apply``. Where no database address is set, the embedded PostgreSQL under
``var/`` is found, and started if it is down.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table as RichTable
from sqlalchemy.exc import SQLAlchemyError

from portal_chassis.database import revisions
from portal_chassis.database.master_key import Standing, standing, wrong_master_key
from portal_chassis.database.sealed import Sealer
from portal_chassis.database.transactions import Database, is_away
from portal_chassis.embedded.installation import key_file
from portal_chassis.embedded.postgres import EmbeddedPostgres
from portal_chassis.settings import ServiceSettings, SettingsError, load_settings

EMBEDDED_FOLDERS = ("var/postgres", "var/stack/postgres")

console = Console()
_errors = Console(stderr=True)

JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")]
ApplyOption = Annotated[bool, typer.Option("--apply", help="Do it; without this, only show.")]


@dataclass(frozen=True)
class AdminService:
    """Which service an admin script is for, kept in typer's context."""

    name: str
    settings_class: type[ServiceSettings]
    migrations_package: str
    append_only: tuple[str, ...]


def show(rows: Sequence[dict[str, Any]], *, as_json: bool, empty: str = "Nothing there.") -> None:
    """Print rows of equal keys as a table, or as JSON."""
    if as_json:
        typer.echo(json.dumps(list(rows), default=str, indent=2))
        return
    if not rows:
        console.print(empty)
        return
    table = RichTable(*(key.replace("_", " ") for key in rows[0]), box=None, header_style="bold")
    for row in rows:
        table.add_row(*("" if value is None else str(value) for value in row.values()))
    console.print(table)


def would(text: str, *, apply: bool) -> None:
    """Say what is done, or what would be done with ``--apply``."""
    console.print(text if apply else f"Would: {text} (add --apply to do it)")


def fail(message: str) -> typer.Exit:
    """Print a sentence and make the exit to raise."""
    _errors.print(message, markup=False, highlight=False, soft_wrap=True)
    return typer.Exit(1)


@contextmanager
def open_database(ctx: typer.Context) -> Iterator[Database]:
    """The service's database as the runtime role; the embedded one is started for the while."""
    with open_settings(ctx) as (settings, runtime_url, _owner_url):
        database = Database(runtime_url, pool_size=2, application_name="admin")
        try:
            _refuse_a_wrong_master_key(database, settings, service_of(ctx))
            yield database
        finally:
            database.dispose()


@contextmanager
def open_settings(ctx: typer.Context) -> Iterator[tuple[ServiceSettings, str, str]]:
    """The service's settings with the runtime and the owner address of its database.

    A database that does not answer ends the command with a sentence.
    """
    try:
        with _embedded_if_needed(service_of(ctx)) as found:
            yield found
    except SQLAlchemyError as error:
        if not is_away(error):
            raise
        raise fail("The database does not answer.") from None


def _refuse_a_wrong_master_key(
    database: Database, settings: ServiceSettings, it: AdminService
) -> None:
    """Where a key is named and the database knows its own, they have to be the same."""
    try:
        key = settings.master_key_bytes()
        sealer = Sealer(key, settings.former_master_keys()) if key else None
    except SettingsError as error:
        raise fail(str(error)) from None
    # A schema of an older release does not know yet: `status` says so, `migrate` mends it.
    if sealer is None or revisions.current(database.url) != revisions.head(it.migrations_package):
        return
    with database.transaction() as tx:
        if standing(tx, sealer) is Standing.WRONG:
            raise fail(wrong_master_key(it.name))


def service_of(ctx: typer.Context) -> AdminService:
    """The service whose script runs."""
    it = ctx.find_object(AdminService)
    if it is None:
        message = "An admin command runs inside its app."
        raise RuntimeError(message)
    return it


@contextmanager
def _embedded_if_needed(it: AdminService) -> Iterator[tuple[ServiceSettings, str, str]]:
    try:
        settings = load_settings(it.settings_class)
    except SettingsError as error:
        raise fail(str(error)) from None
    folder = _embedded_folder(it)
    if folder is None:
        yield settings, settings.database_url, settings.owner_database_url
        return
    server = EmbeddedPostgres(folder)
    # Joins a server that runs; the last to leave stops it.
    server.start()
    try:
        owner_url, runtime_url = server.ensure_database(
            it.name, f"{it.name}_owner", f"{it.name}_runtime"
        )
        yield _with_key_of(folder.parent, settings), runtime_url, owner_url
    finally:
        server.stop()


def data_folder(ctx: typer.Context) -> Path | None:
    """The data folder whose database the script uses; None for a database of an address."""
    folder = _embedded_folder(service_of(ctx))
    return None if folder is None else folder.parent


def _embedded_folder(it: AdminService) -> Path | None:
    if f"{it.name.upper()}_DATABASE_URL" in os.environ:
        return None
    return next((Path(one) for one in EMBEDDED_FOLDERS if Path(one).exists()), None)


def _with_key_of(data_folder: Path, settings: ServiceSettings) -> ServiceSettings:
    """The settings with the master key of a data folder, where no variable names one."""
    path = key_file(data_folder)
    named = settings.master_key is not None or settings.master_key_file is not None
    if named or path is None or not path.exists():
        return settings
    return settings.model_copy(update={"master_key_file": path})
