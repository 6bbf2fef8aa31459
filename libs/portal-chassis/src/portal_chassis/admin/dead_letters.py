"""``dead-letters``: events whose handler failed for the last time."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

import typer
from sqlalchemy import MetaData, func, select, update

from portal_chassis.admin.parts import (
    ApplyOption,
    JsonOption,
    fail,
    open_database,
    show,
    would,
)
from portal_chassis.clock import Clock
from portal_chassis.tables import chassis_tables

_chassis = chassis_tables(MetaData())


def dead_letters_app() -> typer.Typer:
    """The group of commands."""
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
            rows = [dict(row) for row in tx.execute(query).mappings()]
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
