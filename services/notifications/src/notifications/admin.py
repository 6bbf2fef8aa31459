"""``notifications-admin``: look after the mail log and the mail settings."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any
from uuid import UUID

import typer

from notifications.admin_mail_server import Language, mail_server_app, try_mail_server
from notifications.admin_restored import restored
from notifications.config import Settings
from notifications.domain.delivery import Delivery, why_not_sent
from notifications.operations import admin_acts, reminders, samples
from notifications.storage import attempts, deliveries
from portal_chassis.admin.app import admin_app
from portal_chassis.admin.parts import (
    ApplyOption,
    JsonOption,
    fail,
    open_database,
    settings_of,
    show,
    would,
)
from portal_chassis.clock import Clock
from portal_contracts.notifications.rpc import DeliveryState

app = admin_app("notifications", Settings, "notifications.migrations")
delivery_app = typer.Typer(no_args_is_help=True, help="Deliveries: what was sent and what waits.")
app.add_typer(delivery_app, name="delivery")
reminders_app = typer.Typer(no_args_is_help=True, help="Reminders of appointments.")
app.add_typer(reminders_app, name="reminders")

app.add_typer(mail_server_app, name="mail-server")
app.command("send-test-mail")(try_mail_server)
app.command()(restored)

DeliveryId = Annotated[UUID, typer.Argument(help="The delivery's id.")]


@delivery_app.command("list")
def list_deliveries(
    ctx: typer.Context,
    *,
    state: Annotated[DeliveryState | None, typer.Option(help="Only in this state.")] = None,
    client: Annotated[UUID | None, typer.Option(help="Only to this client.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="How many at most.")] = 50,
    as_json: JsonOption = False,
) -> None:
    """List deliveries, the newest first, without addresses."""
    with open_database(ctx) as database, database.transaction() as tx:
        which = deliveries.Which(client_id=client, state=state)
        found = deliveries.listed(tx, which, after=None, limit=limit)
    show([_line(delivery) for delivery in found], as_json=as_json, empty="No deliveries.")


@delivery_app.command("show")
def show_delivery(
    ctx: typer.Context, delivery_id: DeliveryId, *, as_json: JsonOption = False
) -> None:
    """Show one delivery and each of its attempts; what the mail says stays sealed."""
    with open_database(ctx) as database, database.transaction() as tx:
        delivery = deliveries.find(tx, delivery_id, practice_id=None)
        if delivery is None:
            raise fail("There is no such delivery.")
        made = [asdict(one) for one in attempts.attempts_of(tx, delivery_id)]
    if as_json:
        show([_line(delivery) | {"attempts_made": made}], as_json=True)
        return
    show([_line(delivery)], as_json=False)
    show(made, as_json=False, empty="No attempt yet.")


@delivery_app.command("retry")
def retry(ctx: typer.Context, delivery_id: DeliveryId, *, apply: ApplyOption = False) -> None:
    """Try a failed or waiting delivery again at once; the running service sends it."""
    would(f"try delivery {delivery_id} again", apply=apply)
    if not apply:
        return
    with open_database(ctx) as database, database.transaction() as tx:
        if not admin_acts.retry_now(tx, delivery_id, now=Clock().now()):
            raise fail("There is no such delivery, or it was sent or closed.")


@delivery_app.command("close")
def close(ctx: typer.Context, delivery_id: DeliveryId, *, apply: ApplyOption = False) -> None:
    """Stop a delivery that has not been sent."""
    would(f"stop delivery {delivery_id}", apply=apply)
    if not apply:
        return
    with open_database(ctx) as database, database.transaction() as tx:
        if not admin_acts.close(tx, delivery_id):
            raise fail("There is no such delivery, or it is no longer open.")


@reminders_app.command("list")
def list_reminders(
    ctx: typer.Context,
    *,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="How many at most.")] = 50,
    as_json: JsonOption = False,
) -> None:
    """List appointments to come and when each is reminded of, the nearest first."""
    hours = settings_of(ctx, Settings).reminder_hours
    with open_database(ctx) as database, database.transaction() as tx:
        lines = reminders.coming(tx, hours=hours, limit=limit, now=Clock().now())
    show(lines, as_json=as_json, empty="No appointments to come.")


@app.command("preview")
def preview(
    ctx: typer.Context,
    mail: Annotated[
        str, typer.Argument(metavar=f"[{'|'.join(samples.SAMPLES)}]", help="Which mail.")
    ] = samples.SAMPLES[0],
    *,
    language: Annotated[Language, typer.Option(help="en or de.")] = Language.EN,
    html: Annotated[bool, typer.Option(help="The HTML form instead of the text.")] = False,
) -> None:
    """Print a mail as it would be written, with sample facts and a masked link."""
    if mail not in samples.SAMPLES:
        raise typer.BadParameter(f"There is no mail {mail!r}.")
    written = samples.sample(mail, settings_of(ctx, Settings), language=language, now=Clock().now())
    typer.echo(written.html if html else f"Subject: {written.subject}\n\n{written.text}")


def _line(delivery: Delivery) -> dict[str, Any]:
    """Without the address: personal data stays out of a terminal's history."""
    return {
        "id": delivery.id,
        "client_id": delivery.client_id,
        "kind": delivery.kind,
        "to": delivery.recipient,
        "state": delivery.state,
        "reason": why_not_sent(delivery, Clock().now()) or "",
        "attempts": delivery.attempts,
        "created_at": delivery.created_at,
        "sent_at": delivery.sent_at,
        "next_attempt_at": delivery.next_attempt_at,
    }
