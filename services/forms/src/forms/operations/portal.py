"""What the client's portal shows of forms."""

from __future__ import annotations

from forms.domain.requests import FormsOverview
from forms.operations.ownership import require_client
from forms.storage import requests
from portal_chassis.database import Transaction
from portal_contracts.actor import Actor


def portal_forms(tx: Transaction, actor: Actor) -> FormsOverview:
    """The forms that wait for the client who asks, and how many she has sent back.

    Only what belongs to her, in her practice; nothing that was withdrawn.

    Args:
        tx: a transaction.
        actor: who asks.

    Raises:
        Forbidden: ``not_allowed``: the actor is no client.
    """
    client = require_client(actor)
    return FormsOverview(
        to_do=requests.open_of(tx, client),
        submitted_total=requests.count_answered(tx, client),
    )
