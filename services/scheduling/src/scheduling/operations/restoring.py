"""After a restore: invitations go on above what may have been mailed before it."""

from __future__ import annotations

from portal_chassis.database.transactions import Transaction
from scheduling.storage import restored

RAISED_BY = 1000
"""More changes than one appointment ever has between a backup and the loss of what came after.

A calendar drops an entry whose SEQUENCE is below the one it has (RFC 5546, section 2.1.5),
and nobody knows any more which that is.
"""


def raise_sequences(tx: Transaction) -> int:
    """Raise the sequence of every appointment's invitation by `RAISED_BY`; how many.

    What counts changes (`ics_sequence`) stays as it is: events and mails that wait compare it.
    """
    return restored.raise_sequences(tx, RAISED_BY)
