"""Queries for a database that was restored."""

from __future__ import annotations

from sqlalchemy import update

from portal_chassis.database.transactions import Transaction
from scheduling.storage.tables import appointment, series


def raise_sequences(tx: Transaction, by: int) -> int:
    """Raise the sequence of the invitation of every appointment and series; how many."""
    return sum(
        tx.execute(update(table).values(sequence_raised=table.c.sequence_raised + by)).rowcount
        for table in (appointment, series)
    )
