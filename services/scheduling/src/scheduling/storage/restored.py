"""Queries for a database that was restored."""

from __future__ import annotations

from sqlalchemy import update

from portal_chassis.database.transactions import Transaction
from scheduling.storage.tables import appointment


def raise_sequences(tx: Transaction, by: int) -> int:
    """Raise the sequence of every appointment's invitation; how many."""
    raised = update(appointment).values(sequence_raised=appointment.c.sequence_raised + by)
    return tx.execute(raised).rowcount
