"""The commands that every service's admin script has."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import typer
from sqlalchemy import make_url

from portal_chassis.admin.dead_letters import dead_letters_app
from portal_chassis.admin.outbox import outbox_app
from portal_chassis.admin.parts import (
    AdminService,
    ApplyOption,
    JsonOption,
    VarOption,
    VersionOption,
    console,
    fail,
    open_database,
    open_settings,
    service_of,
    show,
    would,
)
from portal_chassis.clock import Clock
from portal_chassis.database import migrations, revisions
from portal_chassis.process.housekeeping import count_backlog, prune
from portal_chassis.settings import ServiceSettings


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
    def _service(
        ctx: typer.Context, var: VarOption = None, _version: VersionOption = False
    ) -> None:
        ctx.obj = ctx.with_resource(it.at(var))

    app.command()(migrate)
    app.command()(status)
    app.command("prune")(prune_old)
    app.add_typer(outbox_app(), name="outbox")
    app.add_typer(dead_letters_app(), name="dead-letters")
    return app


def migrate(
    ctx: typer.Context,
    to: Annotated[str, typer.Option(help="Revision to go to; with --down `base` is none.")] = "",
    down: Annotated[bool, typer.Option("--down", help="Go down to it instead of up.")] = False,
) -> None:
    """Bring the database's schema up to date (or down, with --down)."""
    it = service_of(ctx)
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
        console.print(f"{it.name} is at {revisions.current(owner_url) or 'nothing'}.")


def status(ctx: typer.Context, as_json: JsonOption = False) -> None:
    """Show the schema's revision, waiting events and dead events."""
    it = service_of(ctx)
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
