"""``forms-admin``: look after the forms database."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

import typer

from forms.config import Settings
from forms.domain.requests import FormRequest
from forms.migrations import APPEND_ONLY
from forms.operations.inspection import list_requests
from portal_chassis.admin import JsonOption, admin_app, open_database, show

app = admin_app("forms", Settings, "forms.migrations", append_only=APPEND_ONLY)
requests = typer.Typer(no_args_is_help=True, help="Form requests: ids, days and states.")
app.add_typer(requests, name="requests")


@requests.callback()
def _requests() -> None:
    """Form requests: ids, days and states."""


@requests.command("list")
def requests_list(
    ctx: typer.Context,
    *,
    practice: Annotated[UUID | None, typer.Option(help="Only this practice's.")] = None,
    client: Annotated[UUID | None, typer.Option(help="Only this client's.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="How many at most.")] = 50,
    as_json: JsonOption = False,
) -> None:
    """List form requests of every state, the latest sent first."""
    with open_database(ctx) as database, database.transaction() as tx:
        found = list_requests(tx, practice_id=practice, client_id=client, limit=limit)
    show([_row(one) for one in found], as_json=as_json, empty="No form requests.")


def _row(one: FormRequest) -> dict[str, Any]:
    """Without the title: what a client is asked about stays out of a terminal's history."""
    return {
        "id": one.id,
        "client_id": one.client_id,
        "state": one.state.value,
        "percent": one.percent,
        "due_on": one.due_on and one.due_on.isoformat(),
        "sent_at": one.sent_at.isoformat(),
    }


def main() -> None:
    """The console script."""
    app()
