"""What the groups of the admin script share: a transaction, lists, and how a refusal reads."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Annotated
from uuid import UUID

import typer

from identity_links.operations import inspection
from portal_chassis.admin.parts import fail, open_database, show, would
from portal_chassis.database.transactions import Transaction
from portal_contracts.errors import PortalError

AnyPracticeOption = Annotated[UUID | None, typer.Option("--practice", help="Only this one's.")]
PracticeOption = Annotated[UUID, typer.Option("--practice", help="The practice's id.")]
IdArgument = Annotated[UUID, typer.Argument(metavar="ID")]


@contextmanager
def transaction(ctx: typer.Context, *, apply: bool = True) -> Iterator[Transaction]:
    """A transaction that is rolled back unless `apply`; a refusal ends the script."""
    try:
        with open_database(ctx) as database, database.transaction() as tx:
            yield tx
            if not apply:
                tx.rollback()
    except PortalError as error:
        raise refused(error) from None


def list_rows(
    ctx: typer.Context, rows: Callable[[Transaction], list[inspection.Line]], *, as_json: bool
) -> None:
    """Read rows, and print them."""
    with transaction(ctx) as tx:
        found = rows(tx)
    show(found, as_json=as_json)


def refused(error: PortalError) -> typer.Exit:
    """Print a refusal with the code of each wrong field, and make the exit to raise."""
    codes = [f"  {field}: {code}" for field, code in error.fields.items()]
    return fail("\n".join([f"{error.code}: {error.detail}", *codes]))


def tell_id(words: str, made: UUID, *, apply: bool, as_json: bool) -> None:
    """Print the id of what was made, or what would be done."""
    if not apply:
        would(words, apply=False)
    else:
        show([{"id": made}], as_json=as_json)
