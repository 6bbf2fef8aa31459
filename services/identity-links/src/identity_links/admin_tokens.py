"""``identity-links-admin tokens``: practitioners' API tokens."""

from __future__ import annotations

import typer

from identity_links.admin_parts import (
    AnyPracticeOption,
    IdArgument,
    list_rows,
    transaction,
)
from identity_links.domain.attribution import BY_ADMIN
from identity_links.operations import admin_acts, inspection
from portal_chassis.admin.parts import ApplyOption, JsonOption, would
from portal_chassis.clock import Clock

tokens = typer.Typer(no_args_is_help=True, help="Practitioners' API tokens.")


@tokens.command("list")
def tokens_list(
    ctx: typer.Context, *, practice_id: AnyPracticeOption = None, as_json: JsonOption = False
) -> None:
    """List the tokens that work, newest first."""
    now = Clock().now()
    list_rows(ctx, lambda tx: inspection.list_tokens(tx, practice_id, now), as_json=as_json)


@tokens.command("revoke")
def tokens_revoke(ctx: typer.Context, token_id: IdArgument, *, apply: ApplyOption = False) -> None:
    """Revoke a token: whatever program has it is refused from now on."""
    with transaction(ctx, apply=apply) as tx:
        admin_acts.revoke_token(tx, token_id, BY_ADMIN, now=Clock().now())
    would(f"revoke the API token {token_id}", apply=apply)
