"""Practitioners' accounts: ``identity-links-admin practitioner …``."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Annotated

import typer

from identity_links.admin_parts import (
    AnyPracticeOption,
    PracticeOption,
    list_rows,
    refused,
    tell_id,
    transaction,
)
from identity_links.domain.attribution import BY_ADMIN
from identity_links.domain.practice_fields import PractitionerFields
from identity_links.operations import inspection, practices, second_factors
from identity_links.operations.passwords import hash_password
from portal_chassis.admin.parts import ApplyOption, JsonOption, fail, would
from portal_chassis.clock import Clock
from portal_contracts.actor import Role
from portal_contracts.errors import PortalError

clock = Clock()

EmailArgument = Annotated[str, typer.Argument(help="To sign in with.")]
NameOption = Annotated[str, typer.Option("--name", help="As clients and colleagues read it.")]
StdinOption = Annotated[
    bool, typer.Option("--password-stdin", help="Read the password from standard input.")
]

practitioners = typer.Typer(no_args_is_help=True, help="Practitioners' accounts.")


@practitioners.command("add")
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
    fields = PractitionerFields(name=name, email=email, role=role, language=language)
    with transaction(ctx) as tx:
        known = (name, email, inspection.name_of_practice(tx, practice_id))
    password_hash = _new_password_hash(known, stdin=password_stdin) if apply else "-"
    with transaction(ctx, apply=apply) as tx:
        added = practices.add_practitioner(
            tx, practice_id, fields, password_hash=password_hash, now=clock.now()
        )
    tell_id(f"add a practitioner to {practice_id}", added, apply=apply, as_json=as_json)


@practitioners.command("list")
def practitioner_list(
    ctx: typer.Context, practice_id: AnyPracticeOption = None, as_json: JsonOption = False
) -> None:
    """List practitioners."""
    list_rows(ctx, lambda tx: inspection.list_practitioners(tx, practice_id), as_json=as_json)


@practitioners.command("set-password")
def practitioner_set_password(
    ctx: typer.Context,
    email: EmailArgument,
    password_stdin: StdinOption = False,
    apply: ApplyOption = False,
) -> None:
    """Replace a password and sign all devices of its practitioner out."""
    with transaction(ctx) as tx:
        found = inspection.find_practitioner(tx, email)
        known = inspection.known_names(tx, found)
    password_hash = _new_password_hash(known, stdin=password_stdin) if apply else "-"
    with transaction(ctx, apply=apply) as tx:
        ended = practices.set_password(tx, found, password_hash=password_hash, now=clock.now())
    would(f"replace the password of {found} and end {ended} device(s)", apply=apply)


@practitioners.command("end-devices")
def practitioner_end_devices(
    ctx: typer.Context, email: EmailArgument, apply: ApplyOption = False
) -> None:
    """Sign a practitioner out everywhere, and know none of the browsers any more."""
    with transaction(ctx, apply=apply) as tx:
        found = inspection.find_practitioner(tx, email)
        ended = practices.end_devices(tx, found, now=clock.now())
    would(f"end {ended} device(s) of {found} and forget the browsers", apply=apply)


@practitioners.command("reset-second-factor")
def practitioner_reset_second_factor(
    ctx: typer.Context, email: EmailArgument, apply: ApplyOption = False
) -> None:
    """Take a lost second factor away, and sign its practitioner out everywhere."""
    with transaction(ctx, apply=apply) as tx:
        found = inspection.find_practitioner(tx, email)
        ended = second_factors.reset(tx, found, BY_ADMIN, now=clock.now())
    would(f"reset the second factor of {found} and end {ended} device(s)", apply=apply)


def _new_password_hash(names: Sequence[str], *, stdin: bool) -> str:
    try:
        if stdin:
            return hash_password(sys.stdin.readline().rstrip("\r\n"), names)
        typed: str = typer.prompt("Password", hide_input=True, confirmation_prompt=True)
        return hash_password(typed, names)
    except PortalError as error:
        raise refused(error) from None
    except typer.Abort:
        if sys.stdin.isatty():
            raise
        raise fail(
            "There is no terminal to ask for the password at. Add --password-stdin, and give the "
            "password on standard input."
        ) from None
