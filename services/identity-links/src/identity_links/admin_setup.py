"""``identity-links-admin setup-address``: where the first practice is made in the browser."""

from __future__ import annotations

import typer

from identity_links.admin_parts import transaction
from identity_links.config import Settings
from identity_links.operations import setup
from portal_chassis.admin.parts import ApplyOption, fail, settings_of, would
from portal_chassis.clock import Clock


def setup_address(ctx: typer.Context, *, apply: ApplyOption = False) -> None:
    """Print an address at which the first practice and its owner are made; it works once.

    It works for an hour, and ends those made before. Where there is an owner, none is made.
    """
    public_url = settings_of(ctx, Settings).public_url
    with transaction(ctx, apply=apply) as tx:
        address = setup.make_setup_address(tx, public_url, now=Clock().now())
    if address is None:
        raise fail("There is an owner already: nothing is to be set up.")
    would("make a fresh address to set the portal up at", apply=apply)
    if apply:
        typer.echo(address)
