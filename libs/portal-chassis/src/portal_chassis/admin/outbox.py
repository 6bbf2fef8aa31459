"""``outbox``: events on their way out."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated

import typer
from rich.progress import Progress
from sqlalchemy import MetaData, select

from portal_chassis.admin.parts import (
    JsonOption,
    console,
    fail,
    instant_option,
    open_database,
    show,
)
from portal_chassis.clock import Clock
from portal_chassis.events.republish import Span, TooOld, count, instant_text, republish, span
from portal_chassis.tables import chassis_tables

SinceOption = Annotated[
    str, typer.Option(metavar="INSTANT", help="What was sent from then on: 2026-12-01T03:00Z.")
]
UntilOption = Annotated[
    str, typer.Option(metavar="INSTANT", help="What was sent before; else up to now.")
]
DryRunOption = Annotated[bool, typer.Option("--dry-run", help="Only say how many.")]

_chassis = chassis_tables(MetaData())


def outbox_app() -> typer.Typer:
    """The group of commands."""
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
            rows = [dict(row) for row in tx.execute(query).mappings()]
        show(rows, as_json=as_json, empty="Every event has been published.")

    @app.command("republish")
    def republish_sent(
        ctx: typer.Context,
        since: SinceOption,
        until: UntilOption = "",
        dry_run: DryRunOption = False,
    ) -> None:
        """Publish again what was sent in a span of time; whoever has it takes it no second time."""
        now = Clock().now()
        which = _span(since, until, now)
        with open_database(ctx) as database:
            with database.transaction() as tx:
                again, left = count(tx, which)
            if left:
                console.print(
                    f"{left} event(s) are left out: they happened before "
                    f"{instant_text(which.oldest)}, and may have been forgotten where they arrived."
                )
            if dry_run:
                console.print(f"Would publish {again} event(s) again.")
                return
            with Progress(console=console, disable=not console.is_terminal) as progress:
                bar = progress.add_task("Marking", total=again)
                marked = republish(
                    database, which, now=now, told=lambda number: progress.advance(bar, number)
                )
        console.print(
            f"{marked} event(s) go out again as soon as the service runs; "
            "`outbox list` shows those that wait."
        )

    return app


def _span(since: str, until: str, now: datetime) -> Span:
    begin, end = (
        instant_option("--since", since),
        instant_option("--until", until) if until else None,
    )
    if end is not None and end <= begin:
        raise fail("--until has to be after --since.")
    if begin > now:
        raise fail("--since lies in the future.")
    try:
        return span(begin, end, now)
    except TooOld as error:
        oldest = instant_text(error.oldest + timedelta(minutes=1))
        raise fail(
            "Where events arrive they are remembered for a limited time, and older ones would be "
            f"taken twice. Give --since {oldest} or later."
        ) from None
