"""``notifications-admin restored``: what a database needs that was brought back from a backup."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer

from notifications.config import Settings
from notifications.operations.restoring import hold_perhaps_sent
from portal_chassis.admin.parts import (
    ApplyOption,
    JsonOption,
    fail,
    instant_option,
    open_database,
    settings_of,
    show,
    would,
)
from portal_chassis.clock import Clock

StoppedOption = Annotated[
    str,
    typer.Option(metavar="INSTANT", help="When the lost portal stopped: 2026-12-01T03:00Z."),
]
RestoredOption = Annotated[
    str,
    typer.Option(metavar="INSTANT", help="When the database was back, before the service ran."),
]


def restored(
    ctx: typer.Context,
    *,
    stopped_at: StoppedOption,
    restored_at: RestoredOption,
    apply: ApplyOption = False,
    as_json: JsonOption = False,
) -> None:
    """Close, as perhaps sent, every waiting mail that the lost portal may have sent."""
    now = Clock().now()
    stopped = _past("--stopped-at", stopped_at, now)
    began = _past("--restored-at", restored_at, now)
    if began < stopped:
        raise fail("--restored-at is before --stopped-at: the portal stopped before it was back.")
    hours = settings_of(ctx, Settings).reminder_hours
    with open_database(ctx) as database, database.transaction() as tx:
        held = hold_perhaps_sent(tx, stopped_at=stopped, began_at=began, reminder_hours=hours)
        if not apply:
            tx.rollback()
    if not as_json:
        would(f"close {len(held)} mail(s) as perhaps sent", apply=apply)
    rows = [
        {"id": one.delivery_id, "kind": one.kind, "to": one.recipient, "created_at": one.created_at}
        for one in held
    ]
    show(rows, as_json=as_json, empty="No mail waits that may have been sent.")


def _past(option: str, text: str, now: datetime) -> datetime:
    instant = instant_option(option, text)
    if instant > now:
        raise fail(f"{option} lies in the future.")
    return instant
