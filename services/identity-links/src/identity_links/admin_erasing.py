"""``identity-links-admin client erase``: a client's keys, in every service."""

from __future__ import annotations

from pathlib import Path

import typer

from identity_links.admin_parts import IdArgument, transaction
from identity_links.config import Settings
from identity_links.domain.attribution import BY_ADMIN
from identity_links.domain.erasures import Erasure
from identity_links.operations.erasing import erase_client
from identity_links.transports.erasure_ledger import LedgerError, add_to_ledger
from portal_chassis.admin.parts import ApplyOption, data_folder, fail, settings_of, would
from portal_chassis.clock import Clock
from portal_chassis.database.erasure import erased_clients


def erase(ctx: typer.Context, client_id: IdArgument, apply: ApplyOption = False) -> None:
    """Delete a client's keys for good: nothing that was sealed opens any more, in no service."""
    folders = _ledger_folders(ctx)
    now = Clock().now()
    with transaction(ctx, apply=apply) as tx:
        erased = erase_client(tx, client_id, BY_ADMIN, now=now)
        if apply:
            _write_down([Erasure(*one) for one in erased_clients(tx).items()], folders)
    if not erased:
        typer.echo(f"The client {client_id} was erased before. The ledgers are complete.")
        return
    would(f"erase the client {client_id} for good", apply=apply)
    if apply:
        typer.echo(
            "The other services delete their keys as soon as they hear of it; one that is away, "
            "when it is back."
        )


def _write_down(erasures: list[Erasure], folders: list[Path]) -> None:
    """All that was erased, so that also a ledger that was added later is complete."""
    try:
        for folder in folders:
            add_to_ledger(folder, erasures)
    except LedgerError as error:
        raise fail(f"{error} Nothing was erased.") from None


def _ledger_folders(ctx: typer.Context) -> list[Path]:
    if folders := settings_of(ctx, Settings).erasure_ledger_folders:
        return folders
    folder = data_folder(ctx)
    if folder is None:
        raise fail(
            "IDENTITY_LINKS_ERASURE_LEDGERS: needed, the folders beside your backups in which "
            "erased clients are written down. Without it a restored backup would bring them back."
        )
    return [folder]
