"""``scheduling-admin restored``: what a database needs that was brought back from a backup."""

from __future__ import annotations

import typer

from portal_chassis.admin.parts import ApplyOption, open_database, would
from scheduling.operations.restoring import RAISED_BY, raise_sequences


def restored(ctx: typer.Context, apply: ApplyOption = False) -> None:
    """Raise the SEQUENCE of all invitations above what was mailed since the backup."""
    with open_database(ctx) as database, database.transaction() as tx:
        raised = raise_sequences(tx)
        if not apply:
            tx.rollback()
    would(
        f"let invitations of {raised} appointment(s) go on {RAISED_BY} above what was mailed",
        apply=apply,
    )
