"""``forms-admin export``: a template's answers into a file, with a bar that tells how far it is."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer
from rich.console import Console
from rich.progress import Progress

from forms.config import Settings
from forms.operations import exporting
from forms.operations.exporting import BY_ADMIN, Exporting
from forms.storage.request_lists import everybody
from portal_chassis.admin.parts import fail, open_database, require_secret, settings_of
from portal_chassis.clock import Clock
from portal_chassis.database.sealed import Sealer
from portal_chassis.database.transactions import Database
from portal_contracts.errors import NotFound
from portal_contracts.forms.export_files import FileKind, file_chunks
from portal_contracts.forms.rpc.exports import (
    BeginExport,
    ExportAnswers,
    ExportBegun,
    ExportedPage,
)

PRIVATE = 0o600


def export(
    ctx: typer.Context,
    template: Annotated[UUID, typer.Argument(help="The template's id; `templates list` shows it.")],
    file: Annotated[Path, typer.Argument(help="Where to; it must not be there yet.")],
    practice: Annotated[UUID, typer.Option("--practice", help="The practice's id.")],
    kind: Annotated[FileKind, typer.Option("--as", help="A table or data.")] = FileKind.CSV,
) -> None:
    """Write a template's answers, of all clients of the practice, into a file.

    Each client stands in the practice's access log. The file is readable to its owner alone; one
    that could not be finished is deleted.
    """
    require_secret(ctx, "PORTAL_MASTER_KEY")
    settings = settings_of(ctx, Settings)
    key = settings.master_key_bytes()
    if key is None:
        raise fail("PORTAL_MASTER_KEY_FILE: needed, to open the answers.")
    sealer = Sealer(key, settings.former_master_keys())
    what = Exporting(BY_ADMIN, practice, everybody)
    with open_database(ctx) as database:
        try:
            with database.transaction() as tx:
                begun = exporting.begin_export(tx, BeginExport(template_id=template), what)
        except NotFound:
            raise fail("This practice has no such template.") from None
        _write(file, kind, begun, _pages(database, begun, what, sealer))
    typer.echo(f"{file}: {begun.total} responses")


def _write(file: Path, kind: FileKind, begun: ExportBegun, pages: Iterator[ExportedPage]) -> None:
    try:
        number = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE)
    except OSError as error:
        raise fail(f"{file}: {error.strerror}") from None
    try:
        with os.fdopen(number, "wb") as out:
            for chunk in file_chunks(kind, begun, pages):
                out.write(chunk)
    except BaseException:
        file.unlink(missing_ok=True)
        raise


def _pages(
    database: Database, begun: ExportBegun, what: Exporting, sealer: Sealer
) -> Iterator[ExportedPage]:
    console, cursor = Console(stderr=True), None
    with Progress(console=console, disable=not console.is_terminal) as progress:
        bar = progress.add_task("Exporting", total=begun.total)
        while True:
            command = ExportAnswers(template_id=begun.template_id, cursor=cursor)
            with database.transaction() as tx:
                page = exporting.export_answers(tx, command, what, sealer, now=Clock().now())
            progress.advance(bar, len(page.items))
            yield page
            cursor = page.next_cursor
            if cursor is None:
                return
