"""``scheduling-admin``: look after the scheduling database."""

from __future__ import annotations

import json
import sys
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import msgspec
import typer

from portal_chassis.admin.app import admin_app
from portal_chassis.admin.parts import JsonOption, fail, open_database, show
from portal_chassis.clock import Clock
from scheduling.admin_busy import busy, busy_calendars_app
from scheduling.admin_restored import restored
from scheduling.config import Settings
from scheduling.domain.appointments import Appointment
from scheduling.domain.sessions import Session
from scheduling.domain.summaries import VersionStanding
from scheduling.operations.calendar_check import check_bookings, show_appointment
from scheduling.operations.inspection import list_appointments, list_sessions, list_summaries
from scheduling.operations.offer_inspection import list_services, show_hours, why_at
from scheduling.operations.simulation import UnreadableDocument, simulate
from scheduling.operations.simulation_document import SAMPLE

app = admin_app("scheduling", Settings, "scheduling.migrations")
app.command()(restored)
appointments = typer.Typer(no_args_is_help=True, help="Appointments: ids, times and states.")
app.add_typer(appointments, name="appointments")
bookings = typer.Typer(no_args_is_help=True, help="Bookings: nobody is booked twice.")
app.add_typer(bookings, name="bookings")
sessions = typer.Typer(no_args_is_help=True, help="Past sessions: ids, times and states.")
app.add_typer(sessions, name="sessions")
summaries = typer.Typer(no_args_is_help=True, help="Summaries: ids, versions and states.")
app.add_typer(summaries, name="summaries")
services = typer.Typer(no_args_is_help=True, help="Bookable services: ids, rules and states.")
app.add_typer(services, name="services")
availability = typer.Typer(no_args_is_help=True, help="Availability: when practitioners work.")
app.add_typer(availability, name="availability")
app.command("busy")(busy)
app.add_typer(busy_calendars_app, name="busy-calendars")


@appointments.callback()
def _appointments() -> None:
    """Appointments: ids, times and states."""


@appointments.command("list")
def appointments_list(
    ctx: typer.Context,
    *,
    practitioner: Annotated[UUID | None, typer.Option(help="Only this practitioner's.")] = None,
    client: Annotated[UUID | None, typer.Option(help="Only this client's.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="How many at most.")] = 50,
    as_json: JsonOption = False,
) -> None:
    """List appointments of every state, the latest start first."""
    with open_database(ctx) as database, database.transaction() as tx:
        found = list_appointments(tx, practitioner_id=practitioner, client_id=client, limit=limit)
    show([_row(one) for one in found], as_json=as_json, empty="No appointments.")


@appointments.command("show")
def appointments_show(
    ctx: typer.Context,
    appointment: Annotated[UUID, typer.Argument(metavar="ID")],
    as_json: JsonOption = False,
) -> None:
    """Show one appointment or hold, and what happened to it; never what anybody wrote."""
    with open_database(ctx) as database, database.transaction() as tx:
        found = show_appointment(tx, appointment)
    if found is None:
        raise fail("There is no such appointment.")
    one, history = found
    row = _row(one) | {
        "service_id": one.service_id,
        "booked_time_id": one.booked_time_id,
        "expires_at": _iso(one.expires_at),
        "booked_at": _iso(one.booked_at),
        "cancelled_at": _iso(one.cancelled_at),
        "cancelled_late": one.cancelled_late,
        "moves": one.moves,
        "ics_sequence": one.ics_sequence,
    }
    happened = [{"what": what, "at": _iso(at)} for what, at in history]
    if as_json:
        typer.echo(json.dumps(row | {"history": happened}, default=str, indent=2))
        return
    show([{"field": key, "value": value} for key, value in row.items()], as_json=False)
    show(happened, as_json=False)


@bookings.callback()
def _bookings() -> None:
    """Bookings: nobody is booked twice."""


@bookings.command("check")
def bookings_check(ctx: typer.Context, as_json: JsonOption = False) -> None:
    """Look for overlaps, times and seats apart, what was forgotten; exit 1 where there are any."""
    with open_database(ctx) as database, database.transaction() as tx:
        faults = check_bookings(tx, now=Clock().now())
    rows = [{"fault": one.fault, "id": one.id, "other_id": one.other_id} for one in faults]
    show(rows, as_json=as_json, empty="All is well: nobody is booked twice.")
    if faults:
        raise fail(f"{len(faults)} fault(s).")


@sessions.callback()
def _sessions() -> None:
    """Sessions: ids, times and states."""


@sessions.command("list")
def sessions_list(
    ctx: typer.Context,
    *,
    client: Annotated[UUID, typer.Option(help="Whose.")],
    limit: Annotated[int, typer.Option(min=1, max=1000, help="How many at most.")] = 50,
    as_json: JsonOption = False,
) -> None:
    """List a client's sessions, the latest first."""
    with open_database(ctx) as database, database.transaction() as tx:
        found = list_sessions(tx, client_id=client, now=Clock().now(), limit=limit)
    show([_session_row(one) for one in found], as_json=as_json, empty="No sessions.")


@summaries.callback()
def _summaries() -> None:
    """Summaries: ids, versions and states."""


@summaries.command("list")
def summaries_list(
    ctx: typer.Context,
    *,
    session: Annotated[UUID | None, typer.Option(help="Of this session.")] = None,
    client: Annotated[UUID | None, typer.Option(help="Of this client's sessions.")] = None,
    as_json: JsonOption = False,
) -> None:
    """List versions of summaries, by session the newest first; never what they say."""
    if (session is None) == (client is None):
        raise fail("Name a session or a client.")
    with open_database(ctx) as database, database.transaction() as tx:
        found = list_summaries(tx, session_id=session, client_id=client)
    show([_version_row(one) for one in found], as_json=as_json, empty="No summaries.")


@services.callback()
def _services() -> None:
    """Bookable services: ids, rules and states."""


@services.command("list")
def services_list(
    ctx: typer.Context,
    *,
    practitioner: Annotated[UUID | None, typer.Option(help="Only this practitioner's.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="How many at most.")] = 50,
    as_json: JsonOption = False,
) -> None:
    """List bookable services, archived ones too, by practitioner."""
    with open_database(ctx) as database, database.transaction() as tx:
        found = list_services(tx, practitioner_id=practitioner, limit=limit)
    show(found, as_json=as_json, empty="No services.")


@availability.callback()
def _availability() -> None:
    """Availability: when practitioners work."""


@availability.command("show")
def availability_show(
    ctx: typer.Context,
    *,
    practitioner: Annotated[UUID, typer.Option(help="Whose.")],
    as_json: JsonOption = False,
) -> None:
    """Show a practitioner's hours as wall time in their zone."""
    with open_database(ctx) as database, database.transaction() as tx:
        found = show_hours(tx, practitioner)
    if found is None:
        raise fail("This practitioner has saved no hours.")
    show(found, as_json=as_json)


@app.command("why")
def why(
    ctx: typer.Context,
    *,
    service: Annotated[UUID, typer.Option(help="The bookable service.")],
    at: Annotated[datetime, typer.Option(help="Wall time in the practitioner's zone.")],
    client: Annotated[UUID | None, typer.Option(help="For this client.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Say why a start is not offered to clients, or that it is."""
    with open_database(ctx) as database, database.transaction() as tx:
        answers = why_at(tx, service, at, client, now=Clock().now())
    if answers is None:
        raise fail("There is no such service.")
    show(answers, as_json=as_json, empty="The clocks skip this time.")


@app.command("simulate")
def simulate_file(
    file: Annotated[
        Path | None, typer.Argument(help="A JSON document; `-` reads standard input.")
    ] = None,
    *,
    sample: Annotated[
        bool, typer.Option("--sample", help="Print a document to begin with.")
    ] = False,
    explain: Annotated[bool, typer.Option(help="Also print why the others are not.")] = False,
) -> None:
    """Print the starts that the slot engine offers for a document, as JSON.

    Answers "why is this time not offered?". Needs no database.
    """
    if sample:
        typer.echo(msgspec.json.format(msgspec.json.encode(SAMPLE), indent=2).decode())
        return
    if file is None:
        raise fail("Give a file, or `-`; --sample prints a document to begin with.")
    try:
        document = sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
        free, refused = simulate(document)
    except OSError as error:
        raise fail(f"{file}: {error.strerror}") from error
    except UnreadableDocument as error:
        raise fail(str(error)) from error
    answer: dict[str, Any] = {"starts": [_utc(start) for start in free]}
    if explain:
        answer["refused"] = [{"start": _utc(start), "reason": reason} for start, reason in refused]
    typer.echo(json.dumps(answer, indent=2))


def _iso(instant: datetime | None) -> str | None:
    return None if instant is None else instant.isoformat()


def _utc(instant: datetime) -> str:
    return instant.isoformat().replace("+00:00", "Z")


def _session_row(one: Session) -> dict[str, Any]:
    """Without the title."""
    return {
        "id": one.id,
        "practitioner_id": one.practitioner_id,
        "started_at": one.started_at.isoformat(),
        "ended_at": one.ended_at.isoformat(),
        "status": one.status.value,
        "had_appointment": one.had_appointment,
        "summary_version": one.summary.version if one.summary else None,
        "shared_version": one.summary.shared_version if one.summary else None,
    }


def _version_row(one: VersionStanding) -> dict[str, Any]:
    """Without the text."""
    return {
        "session_id": one.session_id,
        "client_id": one.client_id,
        "version": one.version,
        "revision": one.revision,
        "saved_at": one.saved_at.isoformat(),
        "shared": one.shared_at is not None and one.unshared_at is None,
        "shared_at": _iso(one.shared_at),
        "unshared_at": _iso(one.unshared_at),
        "read_at": _iso(one.read_at),
    }


def _row(one: Appointment) -> dict[str, Any]:
    """Without the title: what a session is about stays out of a terminal's history."""
    return {
        "id": one.id,
        "practitioner_id": one.practitioner_id,
        "client_id": one.client_id,
        "starts_at": one.starts_at.isoformat(),
        "ends_at": one.ends_at.isoformat(),
        "timezone": one.timezone,
        "status": one.status.value,
    }


def main() -> None:
    """The console script."""
    app()
