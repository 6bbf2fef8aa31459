"""The base of each service's admin script.

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
from uuid import UUID

import typer
from rich.console import Console
from rich.table import Table as RichTable
from sqlalchemy import MetaData, func, make_url, select, update
from sqlalchemy.exc import SQLAlchemyError

from portal_chassis.clock import Clock
from portal_chassis.database import migrations, revisions
from portal_chassis.database.transactions import Database, is_away
from portal_chassis.embedded.postgres import EmbeddedPostgres
from portal_chassis.process.housekeeping import count_backlog, prune
from portal_chassis.settings import ServiceSettings, SettingsError, load_settings
from portal_chassis.tables import chassis_tables

EMBEDDED_FOLDERS = ("var/postgres", "var/stack/postgres")

_chassis = chassis_tables(MetaData())
_console = Console()
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


def admin_app(
    service: str,
    settings_class: type[ServiceSettings],
    migrations_package: str,
    append_only: Sequence[str] = (),
) -> typer.Typer:
    """A typer app with what every service's script can do.

    Args:
        service: the nameko name.
        settings_class: its `Settings`.
        migrations_package: e.g. ``identity_links.migrations``.
        append_only: tables the runtime role may only add to.
    """
    app = typer.Typer(
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        help=f"Look after the {service.replace('_', '-')} service's database.",
    )
    it = AdminService(service, settings_class, migrations_package, tuple(append_only))

    @app.callback()
    def _service(ctx: typer.Context) -> None:
        ctx.obj = it

    app.command()(migrate)
    app.command()(status)
    app.command("prune")(prune_old)
    app.add_typer(_outbox_app(), name="outbox")
    app.add_typer(_dead_letters_app(), name="dead-letters")
    return app


def show(rows: Sequence[dict[str, Any]], *, as_json: bool, empty: str = "Nothing there.") -> None:
    """Print rows of equal keys as a table, or as JSON."""
    if as_json:
        typer.echo(json.dumps(list(rows), default=str, indent=2))
        return
    if not rows:
        _console.print(empty)
        return
    table = RichTable(*(key.replace("_", " ") for key in rows[0]), box=None, header_style="bold")
    for row in rows:
        table.add_row(*("" if value is None else str(value) for value in row.values()))
    _console.print(table)


def would(text: str, *, apply: bool) -> None:
    """Say what is done, or what would be done with ``--apply``."""
    _console.print(text if apply else f"Would: {text} (add --apply to do it)")


def fail(message: str) -> typer.Exit:
    """Print a sentence and make the exit to raise."""
    _errors.print(message, markup=False, highlight=False, soft_wrap=True)
    return typer.Exit(1)


@contextmanager
def open_database(ctx: typer.Context) -> Iterator[Database]:
    """The service's database as the runtime role; the embedded one is started for the while."""
    with open_settings(ctx) as (_settings, runtime_url, _owner_url):
        database = Database(runtime_url, pool_size=2, application_name="admin")
        try:
            yield database
        finally:
            database.dispose()


@contextmanager
def open_settings(ctx: typer.Context) -> Iterator[tuple[ServiceSettings, str, str]]:
    """The service's settings with the runtime and the owner address of its database.

    A database that does not answer ends the command with a sentence.
    """
    try:
        with _embedded_if_needed(_service_of(ctx)) as found:
            yield found
    except SQLAlchemyError as error:
        if not is_away(error):
            raise
        raise fail("The database does not answer.") from None


def _service_of(ctx: typer.Context) -> AdminService:
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
    named = f"{it.name.upper()}_DATABASE_URL" in os.environ
    folder = next((Path(one) for one in EMBEDDED_FOLDERS if Path(one).exists()), None)
    if named or folder is None:
        yield settings, settings.database_url, settings.owner_database_url
        return
    server = EmbeddedPostgres(folder)
    # Joins a server that runs; the last to leave stops it.
    server.start()
    try:
        owner_url, runtime_url = server.ensure_database(
            it.name, f"{it.name}_owner", f"{it.name}_runtime"
        )
        yield settings, runtime_url, owner_url
    finally:
        server.stop()


def migrate(
    ctx: typer.Context,
    to: Annotated[str, typer.Option(help="Revision to go to; with --down `base` is none.")] = "",
    down: Annotated[bool, typer.Option("--down", help="Go down to it instead of up.")] = False,
) -> None:
    """Bring the database's schema up to date (or down, with --down)."""
    it = _service_of(ctx)
    if down and not to:
        raise fail("Name the revision to go down to, for instance --to base.")
    with open_settings(ctx) as (_settings, runtime_url, owner_url):
        if down:
            migrations.downgrade(owner_url, it.migrations_package, revision=to)
        else:
            migrations.upgrade(
                owner_url,
                it.migrations_package,
                runtime_role=make_url(runtime_url).username,
                append_only=it.append_only,
                revision=to or "head",
            )
        _console.print(f"{it.name} is at {revisions.current(owner_url) or 'nothing'}.")


def status(ctx: typer.Context, as_json: JsonOption = False) -> None:
    """Show the schema's revision, waiting events and dead events."""
    it = _service_of(ctx)
    with open_database(ctx) as database:
        revision = revisions.current(database.url)
        backlog = None
        if revision:
            with database.transaction() as tx:
                backlog = count_backlog(tx, Clock().now())
        row = {
            "service": it.name,
            "revision": revision,
            "newest_revision": revisions.head(it.migrations_package),
            "outbox_unsent": backlog.unsent if backlog else None,
            "dead_letters": backlog.dead if backlog else None,
        }
    show([row], as_json=as_json)


def prune_old(ctx: typer.Context, apply: ApplyOption = False) -> None:
    """Delete sent events, handled events and stored replies that are past their time."""
    with open_database(ctx) as database:
        if not apply:
            would("delete what is past its time", apply=False)
            return
        deleted = prune(database, Clock().now())
    show([deleted], as_json=False)


def _outbox_app() -> typer.Typer:
    app = typer.Typer(no_args_is_help=True, help="Events on their way out.")

    @app.command("list")
    def list_unsent(ctx: typer.Context, as_json: JsonOption = False) -> None:
        """List events that have not been published."""
        table = _chassis.outbox
        query = (
            select(
                table.c.id,
                table.c.type,
                table.c.occurred_at,
                table.c.attempts,
                table.c.last_error,
                table.c.next_attempt_at,
            )
            .where(table.c.sent_at.is_(None))
            .order_by(table.c.id)
        )
        with open_database(ctx) as database, database.transaction() as tx:
            rows = [dict(row._mapping) for row in tx.execute(query)]  # noqa: SLF001
        show(rows, as_json=as_json, empty="Every event has been published.")

    return app


def _dead_letters_app() -> typer.Typer:
    app = typer.Typer(no_args_is_help=True, help="Events whose handler failed for the last time.")
    table = _chassis.inbox

    @app.command("list")
    def list_dead(ctx: typer.Context, as_json: JsonOption = False) -> None:
        """List dead events, with the type of what went wrong."""
        query = (
            select(
                table.c.id,
                table.c.consumer,
                table.c.type,
                table.c.received_at,
                table.c.attempts,
                table.c.last_error,
            )
            .where(table.c.dead)
            .order_by(table.c.received_at)
        )
        with open_database(ctx) as database, database.transaction() as tx:
            rows = [dict(row._mapping) for row in tx.execute(query)]  # noqa: SLF001
        show(rows, as_json=as_json, empty="No dead letters.")

    @app.command("retry")
    def retry_dead(
        ctx: typer.Context,
        letter: Annotated[str, typer.Argument(help="The letter's id, or `all`.")],
        apply: ApplyOption = False,
    ) -> None:
        """Let the service handle dead events again."""
        every = letter == "all"
        which = table.c.dead if every else table.c.dead & (table.c.id == _letter_id(letter))
        with open_database(ctx) as database, database.transaction() as tx:
            count = tx.execute(select(func.count()).select_from(table).where(which)).scalar_one()
            if not (count or every):
                raise fail("There is no dead letter with this id.")
            would(f"retry {count} dead letter(s)", apply=apply)
            if apply:
                tx.execute(
                    update(table)
                    .where(which)
                    .values(dead=False, attempts=0, next_attempt_at=Clock().now())
                )

    return app


def _letter_id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise fail(f"{text!r} is no letter's id; `list` shows them.") from None
