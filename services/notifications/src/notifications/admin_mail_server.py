"""``notifications-admin mail-server``: by which servers mails go, and whether they do."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

import typer

from notifications.config import Settings, Transport
from notifications.domain.addresses import AddressInvalid
from notifications.domain.outcome import OutcomeKind
from notifications.operations import admin_acts
from notifications.operations.mail_routes import MailRoute, environments_route, own_route
from notifications.storage import mail_servers
from portal_chassis.admin.parts import (
    ApplyOption,
    JsonOption,
    fail,
    open_database,
    require_secret,
    settings_of,
    show,
    would,
)
from portal_chassis.clock import Clock
from portal_chassis.database.sealed import Sealer

mail_server_app = typer.Typer(no_args_is_help=True, help="Mail servers: which, and do they work.")

PracticeOption = Annotated[
    UUID | None, typer.Option("--practice", help="Whose, where each practice has its own.")
]


class Language(StrEnum):
    """Languages that mails are written in."""

    EN = "en"
    DE = "de"


@mail_server_app.command("show")
def show_mail_servers(ctx: typer.Context, *, as_json: JsonOption = False) -> None:
    """Show by which server mails go, without passwords: the portal's, or each practice's own."""
    settings = settings_of(ctx, Settings)
    if settings.mail_transport is not Transport.PRACTICE:
        show([_of_environment(settings)], as_json=as_json)
        return
    with open_database(ctx) as database, database.transaction() as tx:
        servers = mail_servers.all_servers(tx)
    rows = [
        {
            "practice_id": server.practice_id,
            "server": f"{server.fields.host}:{server.fields.port}",
            "security": server.fields.security,
            "signs_in": server.password_sealed is not None,
            "sender_address": server.fields.sender_address,
            "changed_at": server.changed_at,
        }
        for server in servers
    ]
    empty = "No practice has set a mail server; an owner does so in the console, under Settings."
    show(rows, as_json=as_json, empty=empty)


@mail_server_app.command("test")
def try_mail_server(
    ctx: typer.Context,
    address: Annotated[str, typer.Argument(help="Where to.")],
    *,
    practice: PracticeOption = None,
    language: Annotated[Language, typer.Option(help="en or de.")] = Language.EN,
    apply: ApplyOption = False,
) -> None:
    """Send a test mail by the settings as they are, and say what came of it."""
    route = _route(ctx, practice)
    settings = settings_of(ctx, Settings)
    would(f"send a test mail from {route.sender_address}", apply=apply)
    if not apply:
        return
    now = Clock().now()
    try:
        outcome = admin_acts.send_trial(settings, route, address, language=language, now=now)
    except AddressInvalid:
        raise fail("That is not a mail address.") from None
    if outcome.kind is not OutcomeKind.ACCEPTED:
        raise fail(f"It was not accepted: {outcome.reason} {outcome.status}".strip())
    typer.echo("It was accepted.")


def _route(ctx: typer.Context, practice: UUID | None) -> MailRoute:
    settings = settings_of(ctx, Settings)
    if settings.mail_transport is not Transport.PRACTICE:
        require_secret(ctx, "NOTIFICATIONS_SMTP_PASSWORD")
        return environments_route(settings)
    if practice is None:
        raise fail("Each practice has its own mail server here: say whose, with --practice.")
    require_secret(ctx, "PORTAL_MASTER_KEY")
    key = settings.master_key_bytes()
    if key is None:
        raise fail("PORTAL_MASTER_KEY_FILE: needed, to open the password of the mail server.")
    sealer = Sealer(key, settings.former_master_keys())
    with open_database(ctx) as database:
        route = own_route(settings, database, sealer, practice)
    if route is None:
        raise fail("This practice has set no mail server.")
    return route


def _of_environment(settings: Settings) -> dict[str, Any]:
    is_smtp = settings.mail_transport is Transport.SMTP
    return {
        "transport": settings.mail_transport,
        "server": f"{settings.smtp_host}:{settings.smtp_port}" if is_smtp else "",
        "security": settings.smtp_security if is_smtp else "",
        "signs_in": bool(is_smtp and settings.smtp_user),
        "sender_address": settings.sender_address,
    }
