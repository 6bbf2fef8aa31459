"""``scheduling-admin busy``: what a calendar file says of busy time."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from portal_chassis.admin.parts import fail
from portal_contracts.zones import known_zone
from scheduling.domain.wall_time import Span
from scheduling.transports.calendar_reader import CalendarUnreadable, read_calendar


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
