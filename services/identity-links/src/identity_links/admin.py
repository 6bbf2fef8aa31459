"""``identity-links-admin``: practices and people, links, devices, API tokens, the access log."""

from __future__ import annotations

import sys
from typing import Annotated, Any
from uuid import UUID

import typer

from identity_links import admin_erasing, admin_setup, admin_team, admin_tokens
from identity_links.admin_parts import (
    AnyPracticeOption,
    IdArgument,
    list_rows,
    refused,
    transaction,
)
from identity_links.config import Settings
from identity_links.domain.access import NOBODYS_CHAIN
from identity_links.domain.attribution import BY_ADMIN
from identity_links.domain.practice_fields import (
    PracticeFields,
    PractitionerFields,
    read_practice_changes,
)
from identity_links.migrations import APPEND_ONLY
from identity_links.operations import admin_acts, inspection, practices
from identity_links.operations.passwords import hash_password
from portal_chassis.admin.app import admin_app
from portal_chassis.admin.parts import ApplyOption, JsonOption, fail, show, would
from portal_chassis.clock import Clock
from portal_contracts.actor import Role
from portal_contracts.errors import PortalError

app = admin_app("identity_links", Settings, "identity_links.migrations", APPEND_ONLY)
app.add_typer(admin_tokens.tokens, name="tokens")
app.command("setup-address")(admin_setup.setup_address)
clock = Clock()

PracticeOption = Annotated[UUID, typer.Option("--practice", help="The practice's id.")]
ChainOption = Annotated[UUID, typer.Option("--practice", help="Without it: of nobody known.")]
EmailArgument = Annotated[str, typer.Argument(help="To sign in with.")]
SetOption = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="FIELD=VALUE", help="May be repeated: --set link_days=14."),
]
NameOption = Annotated[str, typer.Option("--name", help="As clients and colleagues read it.")]
NamesOption = Annotated[bool, typer.Option("--names", help="Show names and addresses.")]
LimitOption = Annotated[int, typer.Option(min=1, max=1000, help="How many at most.")]
KnownOption = Annotated[
    list[str] | None,
    typer.Option(metavar="CHAIN:ROW:HASH", help="A head noted down earlier; may be repeated."),
]
StdinOption = Annotated[
    bool, typer.Option("--password-stdin", help="Read the password from standard input.")
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
    _tell(f"add the practice {name}", practice_id, apply=apply, as_json=as_json)


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
        changed = practices.set_practice(tx, practice_id, _read(settings), now=clock.now())
        lacking = inspection.count_without_check(tx, practice_id)
    would(f"change {', '.join(_read(settings)) or 'nothing'} of {practice_id}", apply=apply)
    if changed.second_check == "date_of_birth" and lacking:
        lack = "neither a date of birth nor an e-mail address: no new device lets them in"
        typer.echo(f"{lacking} active client(s) have {lack}.")


# --- practitioners -----------------------------------------------------------------

practitioner = _group("practitioner", "Practitioners' accounts.")


@practitioner.command("add")
def practitioner_add(  # noqa: PLR0913, PLR0917 - options of a command
    ctx: typer.Context,
    email: EmailArgument,
    practice_id: PracticeOption,
    name: NameOption,
    role: Role = Role.OWNER,
    language: str = "en",
    password_stdin: StdinOption = False,
    apply: ApplyOption = False,
    as_json: JsonOption = False,
) -> None:
    """Add a practitioner and print the id. The password is asked for, never an argument."""
    password_hash = _new_password_hash(stdin=password_stdin) if apply else "-"
    fields = PractitionerFields(name=name, email=email, role=role, language=language)
    with transaction(ctx, apply=apply) as tx:
        added = practices.add_practitioner(
            tx, practice_id, fields, password_hash=password_hash, now=clock.now()
        )
    _tell(f"add a practitioner to {practice_id}", added, apply=apply, as_json=as_json)


@practitioner.command("list")
def practitioner_list(
    ctx: typer.Context, practice_id: AnyPracticeOption = None, as_json: JsonOption = False
) -> None:
    """List practitioners."""
    list_rows(ctx, lambda tx: inspection.list_practitioners(tx, practice_id), as_json=as_json)


@practitioner.command("set-password")
def practitioner_set_password(
    ctx: typer.Context,
    email: EmailArgument,
    password_stdin: StdinOption = False,
    apply: ApplyOption = False,
) -> None:
    """Replace a password and sign all devices of its practitioner out."""
    password_hash = _new_password_hash(stdin=password_stdin) if apply else "-"
    with transaction(ctx, apply=apply) as tx:
        found = inspection.find_practitioner(tx, email)
        ended = practices.set_password(tx, found, password_hash=password_hash, now=clock.now())
    would(f"replace the password of {found} and end {ended} device(s)", apply=apply)


@practitioner.command("end-devices")
def practitioner_end_devices(
    ctx: typer.Context, email: EmailArgument, apply: ApplyOption = False
) -> None:
    """Sign a practitioner out everywhere, and know none of the browsers any more."""
    with transaction(ctx, apply=apply) as tx:
        found = inspection.find_practitioner(tx, email)
        ended = practices.end_devices(tx, found, now=clock.now())
    would(f"end {ended} device(s) of {found} and forget the browsers", apply=apply)


admin_team.add_commands(practitioner)


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


def _new_password_hash(*, stdin: bool) -> str:
    try:
        if stdin:
            return hash_password(sys.stdin.readline().rstrip("\r\n"))
        typed: str = typer.prompt("Password", hide_input=True, confirmation_prompt=True)
        return hash_password(typed)
    except PortalError as error:
        raise refused(error) from None
    except typer.Abort:
        if sys.stdin.isatty():
            raise
        raise fail(
            "There is no terminal to ask for the password at. Add --password-stdin, and give the "
            "password on standard input."
        ) from None


def _tell(words: str, made: UUID, *, apply: bool, as_json: bool) -> None:
    if not apply:
        would(words, apply=False)
    else:
        show([{"id": made}], as_json=as_json)
