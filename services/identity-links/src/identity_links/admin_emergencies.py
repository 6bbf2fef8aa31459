"""What owners opened in an emergency: ``identity-links-admin break-glass list``."""

from __future__ import annotations

import typer

from identity_links.admin_parts import AnyPracticeOption, list_rows
from identity_links.operations import inspection
from portal_chassis.admin.parts import JsonOption

break_glass = typer.Typer(no_args_is_help=True, help="What owners opened in an emergency.")


@break_glass.callback()
def _group() -> None:
    """What owners opened in an emergency."""


@break_glass.command("list")
def break_glass_list(
    ctx: typer.Context, practice_id: AnyPracticeOption = None, as_json: JsonOption = False
) -> None:
    """List the newest, by ids; the reasons are sealed."""
    list_rows(ctx, lambda tx: inspection.list_emergencies(tx, practice_id), as_json=as_json)
