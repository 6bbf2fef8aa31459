"""What the commands share: the database, how rows are shown, how a refusal reads.

An admin script touches only its own service's database and outbox, never the
broker. Commands that change something show what they would do, and do it with
``--apply``. They speak of the portal of a data folder (``--var``), whose settings they
take and whose PostgreSQL they start if it is down; or, where the address of a
database is set, of the one that the environment describes.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer
from psycopg.errors import UndefinedColumn, UndefinedTable
from rich.console import Console
from rich.measure import Measurement
from rich.table import Table as RichTable
from rich.text import Text
from sqlalchemy.exc import ProgrammingError, SQLAlchemyError

from portal_chassis.database import revisions
from portal_chassis.database.master_key import Standing, standing, wrong_master_key
from portal_chassis.database.sealed import Sealer
from portal_chassis.database.transactions import Database, is_away
from portal_chassis.embedded.command_lines import admin_command
from portal_chassis.embedded.installation import key_file
from portal_chassis.embedded.postgres import EmbeddedPostgres, PostgresError
from portal_chassis.embedded.postgres_binaries import MissingPostgresError
from portal_chassis.embedded.running_portal import as_portal_of, find_folder
from portal_chassis.metrics import portal_version
from portal_chassis.settings import ServiceSettings
from portal_chassis.variables import SettingsError, load_settings

S = TypeVar("S", bound=ServiceSettings)

WIDEST = 10_000
"""Columns of the widest table that is printed without breaking its cells."""

_NOT_THERE = (UndefinedTable, UndefinedColumn)

console = Console()
_errors = Console(stderr=True)


def show_version(wanted: bool) -> None:
    """Print the version of the portal, and end the command."""
    if wanted:
        typer.echo(f"Latchkey {portal_version()}")
        raise typer.Exit


VarOption = Annotated[
    Path | None,
    typer.Option(
        "--var",
        help="Data folder of the portal; else the environment's database, else what is found here.",
    ),
]
VersionOption = Annotated[
    bool,
    typer.Option(
        "--version", callback=show_version, is_eager=True, help="Print the portal's version."
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")]
ApplyOption = Annotated[bool, typer.Option("--apply", help="Do it; without this, only show.")]


@dataclass(frozen=True)
class AdminService:
    """Which service of which portal an admin script is for, kept in typer's context.

    Attributes:
        name: the nameko name.
        settings_class: its `Settings`.
        migrations_package: e.g. ``identity_links.migrations``.
        append_only: tables the runtime role may only add to.
        folder: the portal's data folder; None where the environment describes the portal.
        unseen_secrets: variables that the portal was given and this command was not.
    """

    name: str
    settings_class: type[ServiceSettings]
    migrations_package: str
    append_only: tuple[str, ...]
    folder: Path | None = None
    unseen_secrets: frozenset[str] = frozenset()

    @property
    def database_variable(self) -> str:
        """What names its database."""
        return f"{self.name.upper()}_DATABASE_URL"

    @contextmanager
    def at(self, var: Path | None) -> Iterator[AdminService]:
        """The same of the portal that `var` names, whose settings this process has for the while.

        Without `var`, of the environment's portal where it names the database, else of the
        data folder that is found (`find_folder`).
        """
        in_environment = var is None and bool(os.environ.get(self.database_variable))
        folder = None if in_environment else find_folder(var)
        if folder is None:
            if var is not None:
                raise fail(f"There is no portal in {var}.")
            yield self
            return
        with as_portal_of(folder) as found:
            unseen = frozenset(name for name in found.secrets if not os.environ.get(name))
            yield replace(self, folder=folder, unseen_secrets=unseen)


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
        table.add_row(*(Text("" if value is None else str(value)) for value in row.values()))
    # As wide as it is, whatever the terminal: half an id is none.
    width = Measurement.get(console, console.options.update(max_width=WIDEST), table).maximum
    Console(width=max(width, console.width), highlight=False).print(table, crop=False)


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

    A database that does not answer, or whose schema is an older release's, ends the command with
    a sentence.
    """
    try:
        with (
            _embedded_if_needed(ctx) as found,
            _told_of_an_older_schema(service_of(ctx), found[1]),
        ):
            yield found
    except SQLAlchemyError as error:
        if not is_away(error):
            raise
        it = service_of(ctx)
        which = f"in {it.folder}" if it.folder else f"that {it.database_variable} names"
        raise fail(f"The database {which} does not answer.") from None


@contextmanager
def _told_of_an_older_schema(it: AdminService, runtime_url: str) -> Iterator[None]:
    """End the command where it asks for a table or a column that is not there yet."""
    try:
        yield
    except ProgrammingError as error:
        present, needed = revisions.current(runtime_url), revisions.head(it.migrations_package)
        if not isinstance(error.orig, _NOT_THERE) or present == needed:
            raise
        raise fail(
            f"The database is at revision {present or 'none'}, and this release needs {needed}. "
            f"Bring it up to date first: {admin_command(it.name, 'migrate', folder=it.folder)}"
        ) from None


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


def settings_of(ctx: typer.Context, settings_class: type[S]) -> S:
    """The service's settings in the portal that the command speaks of.

    A wrong one ends the command with its sentence.
    """
    it = service_of(ctx)
    try:
        settings = load_settings(settings_class)
    except SettingsError as error:
        raise fail(str(error)) from None
    return settings if it.folder is None else _with_key_of(it.folder, settings)


def require_secret(ctx: typer.Context, variable: str) -> None:
    """End the command where the portal was given a secret that this command needs and has not."""
    if variable in service_of(ctx).unseen_secrets:
        raise fail(f"{variable}: the portal was given it, and this command was not. Set it here.")


def data_folder(ctx: typer.Context) -> Path | None:
    """The data folder whose database the script uses; None for a database of an address."""
    return service_of(ctx).folder


@contextmanager
def _embedded_if_needed(ctx: typer.Context) -> Iterator[tuple[ServiceSettings, str, str]]:
    it = service_of(ctx)
    settings = settings_of(ctx, it.settings_class)
    if it.folder is None:
        if not os.environ.get(it.database_variable):
            raise fail(
                "There is no portal here. Give its data folder with --var, as the first "
                f"option, or set {it.database_variable} and "
                f"{it.name.upper()}_OWNER_DATABASE_URL."
            )
        yield settings, settings.database_url, settings.owner_database_url
        return
    server = EmbeddedPostgres(it.folder / "postgres")
    try:
        # Joins a server that runs; the last to leave stops it.
        server.start()
    except PermissionError:
        raise fail(
            f"{it.folder} belongs to another user of this machine; call this as that user."
        ) from None
    except (MissingPostgresError, PostgresError) as error:
        raise fail(str(error)) from None
    try:
        owner_url, runtime_url = server.ensure_database(
            it.name, f"{it.name}_owner", f"{it.name}_runtime"
        )
        yield settings, runtime_url, owner_url
    finally:
        server.stop()


def _with_key_of(data_folder: Path, settings: S) -> S:
    """The settings with the master key of a data folder, where no variable names one."""
    path = key_file(data_folder)
    if settings.master_key or settings.master_key_file or path is None or not path.exists():
        return settings
    return replace(settings, master_key_file=path)


def instant_option(option: str, text: str) -> datetime:
    """The instant that `option` gives, in UTC.

    Raises:
        typer.Exit: it is none, or has no zone; that was printed.
    """
    example = f"{option}: give an instant with its zone, for example 2026-12-01T03:00Z."
    try:
        instant = datetime.fromisoformat(text)
        if instant.tzinfo is None:
            raise fail(example)
        return instant.astimezone(UTC)
    except (ValueError, OverflowError):
        # Overflow: so near to the first or the last year that it has none in UTC.
        raise fail(example) from None
