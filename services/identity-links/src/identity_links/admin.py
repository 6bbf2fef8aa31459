"""``identity-links-admin``: practices and people, links, devices, API tokens, the access log."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

import typer

from identity_links import (
    admin_caseloads,
    admin_emergencies,
    admin_erasing,
    admin_practitioners,
    admin_restored,
    admin_setup,
    admin_team,
    admin_tokens,
)
from identity_links.admin_parts import (
    IdArgument,
    PracticeOption,
    list_rows,
    tell_id,
    transaction,
)
from identity_links.config import Settings
from identity_links.domain.access import NOBODYS_CHAIN
from identity_links.domain.attribution import BY_ADMIN
from identity_links.domain.practice_fields import practice_field_words, read_practice_changes
from identity_links.migrations import APPEND_ONLY
from identity_links.operations import admin_acts, inspection, practice_settings, practices
from portal_chassis.admin.app import admin_app
from portal_chassis.admin.parts import ApplyOption, JsonOption, fail, show, would
from portal_chassis.clock import Clock
from portal_contracts.identity_links.rpc.practice import PracticeFields

app = admin_app("identity_links", Settings, "identity_links.migrations", APPEND_ONLY)
admin_team.add_commands(admin_practitioners.practitioners)
app.add_typer(admin_practitioners.practitioners, name="practitioner")
app.add_typer(admin_caseloads.group, name="caseload")
app.add_typer(admin_emergencies.break_glass, name="break-glass")
app.add_typer(admin_tokens.tokens, name="tokens")
app.command("setup-address")(admin_setup.setup_address)
app.command()(admin_restored.restored)
clock = Clock()

ChainOption = Annotated[UUID, typer.Option("--practice", help="Without it: of nobody known.")]
SetOption = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="FIELD=VALUE",
        help=f"May be repeated: --set link_days=14. Fields: {', '.join(practice_field_words())}.",
    ),
]
NamesOption = Annotated[bool, typer.Option("--names", help="Show names and addresses.")]
LimitOption = Annotated[int, typer.Option(min=1, max=1000, help="How many at most.")]
KnownOption = Annotated[
    list[str] | None,
    typer.Option(metavar="CHAIN:ROW:HASH", help="A head noted down earlier; may be repeated."),
]


def _group(name: str, words: str) -> typer.Typer:
    group = typer.Typer(no_args_is_help=True, help=words)
    app.add_typer(group, name=name)
    return group


# --- practices -----------------------------------------------------------------

practice = _group("practice", "Practices and their settings.")


@practice.command("add")
def practice_add(
    ctx: typer.Context,
    name: str,
    settings: SetOption = None,
    apply: ApplyOption = False,
    as_json: JsonOption = False,
) -> None:
    """Add a practice and print its id."""
    with transaction(ctx, apply=apply) as tx:
        fields = PracticeFields(**{"name": name, **_read(settings)})
        practice_id = practices.add_practice(tx, fields, now=clock.now())
    tell_id(f"add the practice {name}", practice_id, apply=apply, as_json=as_json)


@practice.command("list")
def practice_list(ctx: typer.Context, as_json: JsonOption = False) -> None:
    """List practices with their settings."""
    list_rows(ctx, inspection.list_practices, as_json=as_json)


@practice.command("set")
def practice_set(
    ctx: typer.Context,
    practice_id: IdArgument,
    settings: SetOption = None,
    apply: ApplyOption = False,
) -> None:
    """Change settings of a practice."""
    with transaction(ctx, apply=apply) as tx:
        changes, now = _read(settings), clock.now()
        changed = practice_settings.change_practice(tx, practice_id, changes, now=now)
        lacking = inspection.measure_practice(tx, practice_id, now).without_check
    would(f"change {', '.join(changes) or 'nothing'} of {practice_id}", apply=apply)
    if changed.fields.second_check == "date_of_birth" and lacking:
        lack = "neither a date of birth nor an e-mail address: no new device lets them in"
        typer.echo(f"{lacking} active client(s) have {lack}.")


# --- clients, links, devices --------------------------------------------------------

client = _group("client", "Clients: ids and states.")
link = _group("link", "Portal links.")
device = _group("device", "Devices that are signed in.")


@client.command("list")
def client_list(
    ctx: typer.Context,
    practice_id: PracticeOption,
    search: str = "",
    names: NamesOption = False,
    limit: LimitOption = 50,
    as_json: JsonOption = False,
) -> None:
    """List a practice's clients by name, or those with a word that begins with --search."""
    with transaction(ctx) as tx:
        rows = inspection.list_clients(tx, practice_id, search=search, names=names, limit=limit)
    show(rows, as_json=as_json)


client.command("erase")(admin_erasing.erase)


@link.command("list")
def link_list(
    ctx: typer.Context,
    client_id: IdArgument,
    practice_id: PracticeOption,
    as_json: JsonOption = False,
) -> None:
    """List a client's links, newest first."""
    now = clock.now()
    list_rows(
        ctx, lambda tx: inspection.list_links(tx, client_id, practice_id, now), as_json=as_json
    )


@link.command("revoke")
def link_revoke(ctx: typer.Context, link_id: IdArgument, apply: ApplyOption = False) -> None:
    """Revoke a link: all its tokens stop working."""
    with transaction(ctx, apply=apply) as tx:
        admin_acts.revoke_link(tx, link_id, BY_ADMIN, now=clock.now())
    would(f"revoke the link {link_id}", apply=apply)


@device.command("list")
def device_list(
    ctx: typer.Context, practice_id: PracticeOption, as_json: JsonOption = False
) -> None:
    """List a practice's devices, last used first."""
    list_rows(
        ctx, lambda tx: inspection.list_devices(tx, practice_id, clock.now()), as_json=as_json
    )


@device.command("end")
def device_end(ctx: typer.Context, device_id: IdArgument, apply: ApplyOption = False) -> None:
    """Sign a device out."""
    with transaction(ctx, apply=apply) as tx:
        admin_acts.end_device(tx, device_id, BY_ADMIN, now=clock.now())
    would(f"end the device {device_id}", apply=apply)


# --- the access log -------------------------------------------------------------------

log = _group("access-log", "The access log: read it, prove it.")


@log.command("list")
def access_log_list(
    ctx: typer.Context,
    practice_id: ChainOption = NOBODYS_CHAIN,
    limit: LimitOption = 50,
    as_json: JsonOption = False,
) -> None:
    """List the newest rows of a practice's log, by ids."""
    list_rows(ctx, lambda tx: inspection.list_access(tx, practice_id, limit=limit), as_json=as_json)


@log.command("verify")
def access_log_verify(
    ctx: typer.Context, known: KnownOption = None, as_json: JsonOption = False
) -> None:
    """Recompute every chain; exit 1 at a fault. Note the heads down elsewhere."""
    with transaction(ctx) as tx:
        rows, faults = inspection.verify_access_log(tx, known or [])
    show(rows, as_json=as_json, empty="The log is empty.")
    if faults:
        raise fail("The log was changed: " + ", ".join(faults))


def _read(settings: list[str] | None) -> dict[str, Any]:
    return read_practice_changes(dict(one.partition("=")[::2] for one in settings or []))
