"""``identity-links-admin caseload``: who sees which clients."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

import typer

from identity_links.admin_parts import list_rows, transaction
from identity_links.domain.attribution import BY_ADMIN
from identity_links.operations import caseloads, inspection
from portal_chassis.admin.parts import ApplyOption, JsonOption, would
from portal_chassis.clock import Clock

group = typer.Typer(no_args_is_help=True, help="Who sees which clients.")

ClientArgument = Annotated[UUID, typer.Argument(metavar="CLIENT", help="The client's id.")]
EmailArgument = Annotated[str, typer.Argument(help="What the practitioner signs in with.")]
KeepOption = Annotated[
    bool, typer.Option("--keep-shared", help="The main practitioner so far goes on seeing her.")
]


@group.command("list")
def caseload_list(ctx: typer.Context, email: EmailArgument, *, as_json: JsonOption = False) -> None:
    """List the clients in a practitioner's caseload, by ids."""
    list_rows(ctx, lambda tx: inspection.list_caseload(tx, email), as_json=as_json)


@group.command("share")
def caseload_share(
    ctx: typer.Context,
    client_id: ClientArgument,
    email: EmailArgument,
    *,
    apply: ApplyOption = False,
) -> None:
    """Show a client to a practitioner too."""
    with transaction(ctx, apply=apply) as tx:
        client, _ = caseloads.locked_anywhere(tx, client_id)
        to = inspection.find_practitioner(tx, email)
        caseloads.share(tx, client, to, BY_ADMIN, now=Clock().now())
    would(f"share {client_id} with {to}", apply=apply)


@group.command("withdraw")
def caseload_withdraw(
    ctx: typer.Context,
    client_id: ClientArgument,
    email: EmailArgument,
    *,
    apply: ApplyOption = False,
) -> None:
    """Show a client to a practitioner no more."""
    with transaction(ctx, apply=apply) as tx:
        client, entries = caseloads.locked_anywhere(tx, client_id)
        whom = inspection.find_practitioner(tx, email)
        caseloads.withdraw(tx, client, entries, whom, BY_ADMIN, now=Clock().now())
    would(f"withdraw {client_id} from {whom}", apply=apply)


@group.command("assign")
def caseload_assign(
    ctx: typer.Context,
    client_id: ClientArgument,
    email: EmailArgument,
    *,
    keep_shared: KeepOption = False,
    apply: ApplyOption = False,
) -> None:
    """Make a practitioner the main one of a client."""
    now = Clock().now()
    with transaction(ctx, apply=apply) as tx:
        client, entries = caseloads.locked_anywhere(tx, client_id)
        to = inspection.find_practitioner(tx, email)
        caseloads.assign(tx, client, entries, to, BY_ADMIN, keep_shared=keep_shared, now=now)
    would(f"make {to} the main practitioner of {client_id}", apply=apply)
