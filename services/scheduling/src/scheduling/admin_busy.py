"""``scheduling-admin busy`` and ``busy-calendars``: calendars that are kept elsewhere."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import typer

from portal_chassis.admin.parts import ApplyOption, JsonOption, fail, open_database, show, would
from portal_chassis.clock import Clock
from portal_contracts.zones import known_zone
from scheduling.domain.busy_calendars import BusyCalendar
from scheduling.domain.wall_time import Span
from scheduling.storage import busy_calendars
from scheduling.transports.calendar_reader import CalendarUnreadable, read_calendar

busy_calendars_app = typer.Typer(
    no_args_is_help=True, help="Calendars kept elsewhere: ids, states and times."
)


@busy_calendars_app.callback()
def _busy_calendars() -> None:
    """Calendars kept elsewhere: ids, states and times."""


@busy_calendars_app.command("list")
def list_busy_calendars(
    ctx: typer.Context,
    *,
    failing: Annotated[
        bool, typer.Option("--failing", help="Only those that could not be read the last time.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """List them by practitioner, without names and addresses."""
    with open_database(ctx) as database, database.transaction() as tx:
        found = busy_calendars.all_calendars(tx, failing=failing)
    show([_row(one) for one in found], as_json=as_json, empty="No calendars.")


@busy_calendars_app.command("fetch")
def fetch_busy_calendar(
    ctx: typer.Context,
    calendar: Annotated[UUID, typer.Argument(help="The calendar's id.")],
    *,
    apply: ApplyOption = False,
) -> None:
    """Have one read now: a running service does it within seconds."""
    now = Clock().now()
    with open_database(ctx) as database, database.transaction() as tx:
        if all(one.id != calendar for one in busy_calendars.all_calendars(tx)):
            raise fail("There is no such calendar.")
        if apply:
            busy_calendars.make_due(tx, calendar, now=now, tried_before=now)
    would(f"read calendar {calendar} now", apply=apply)


def _row(one: BusyCalendar) -> dict[str, Any]:
    """Without its name and where it is kept: both may tell of a person."""
    return {
        "id": one.id,
        "practitioner_id": one.practitioner_id,
        "failure": one.failure.value if one.failure else None,
        "failing_since": _iso(one.failing_since),
        "read_at": _iso(one.read_at),
        "tried_at": _iso(one.tried_at),
        "unread_events": one.unread,
    }


def _iso(instant: datetime | None) -> str | None:
    return None if instant is None else instant.isoformat()


def busy(
    file: Annotated[Path, typer.Argument(help="An ICS file; `-` reads standard input.")],
    *,
    first: Annotated[str, typer.Option("--from", help="From this instant: 2026-06-01T00:00:00Z.")],
    last: Annotated[str, typer.Option("--to", help="Until before this instant.")],
    zone: Annotated[
        str | None,
        typer.Option(
            help="The time zone in which days, and times without a zone, lie; "
            "left out: the file's own (X-WR-TIMEZONE), else UTC."
        ),
    ] = None,
) -> None:
    """Print the busy time in a calendar file, merged, as JSON, and what could not be read.

    As the calendars of practitioners are read. Needs no database.
    """
    within = Span(_instant("--from", first), _instant("--to", last))
    if within.start >= within.end:
        raise fail("--to has to be after --from.")
    known = None if zone is None else known_zone(zone)
    if zone is not None and known is None:
        raise fail(f"--zone: there is no time zone {zone!r}.")
    try:
        data = sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
        found = read_calendar(data, within, known)
    except OSError as error:
        raise fail(f"{file}: {error.strerror}") from error
    except CalendarUnreadable as error:
        raise fail(f"{file}: {error}") from error
    answer = {
        "busy": [{"start": _utc(span.start), "end": _utc(span.end)} for span in found.busy],
        "unread": [{"uid": one.uid, "reason": one.reason} for one in found.unread],
    }
    typer.echo(json.dumps(answer, indent=2))


def _instant(option: str, text: str) -> datetime:
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        instant = None
    if instant is None or instant.tzinfo is None:
        raise fail(f"{option}: it has to be an instant with its offset: 2026-06-01T00:00:00Z.")
    try:
        return instant.astimezone(UTC)
    except OverflowError as error:
        raise fail(f"{option}: there is no such instant.") from error


def _utc(instant: datetime) -> str:
    return instant.isoformat().replace("+00:00", "Z")
