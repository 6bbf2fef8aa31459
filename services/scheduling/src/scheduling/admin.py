"""``scheduling-admin``: look after the scheduling database."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

import typer

from portal_chassis.admin import JsonOption, admin_app, open_database, show
from scheduling.config import Settings
from scheduling.domain.appointments import Appointment
from scheduling.operations.inspection import list_appointments

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
