"""``scheduling-admin``: look after the scheduling database."""

from __future__ import annotations

import json
import sys
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import typer

from portal_chassis.admin import JsonOption, admin_app, fail, open_database, show
from scheduling.config import Settings
from scheduling.domain.appointments import Appointment
from scheduling.operations.inspection import list_appointments
from scheduling.operations.simulation import UnreadableDocument, simulate

app = admin_app("scheduling", Settings, "scheduling.migrations")
appointments = typer.Typer(no_args_is_help=True, help="Appointments: ids, times and states.")
app.add_typer(appointments, name="appointments")


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


@app.command("simulate")
def simulate_file(
    file: Annotated[Path, typer.Argument(help="A JSON document; `-` reads standard input.")],
    *,
    explain: Annotated[bool, typer.Option(help="Also print why the others are not.")] = False,
) -> None:
    """Print the starts that the slot engine offers for a document, as JSON.

    Answers "why is this time not offered?". Needs no database.
    """
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


def _utc(instant: datetime) -> str:
    return instant.isoformat().replace("+00:00", "Z")


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
