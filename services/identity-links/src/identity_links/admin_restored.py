"""``identity-links-admin restored``: what a database needs that was brought back from a backup."""

from __future__ import annotations

import typer

from identity_links.admin_parts import transaction
from identity_links.operations.restoring import end_access
from portal_chassis.admin.parts import ApplyOption, would
from portal_chassis.clock import Clock


def restored(ctx: typer.Context, apply: ApplyOption = False) -> None:
    """End every link and device that works, since each may have been revoked since the backup."""
    with transaction(ctx, apply=apply) as tx:
        ended = end_access(tx, now=Clock().now())
    would(f"end {ended.links} link(s) and {ended.devices} device(s)", apply=apply)
