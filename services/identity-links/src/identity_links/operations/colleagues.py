"""Who works in a practice."""

from __future__ import annotations

from uuid import UUID

from identity_links.messages import practitioner_card
from identity_links.storage import practices
from portal_chassis.authority.ownership import own_practice
from portal_chassis.database.transactions import Transaction
from portal_contracts.actor import ActorKind, Caller
from portal_contracts.identity_links.rpc.access import Practitioners
from portal_contracts.permissions import require_kind


def list_practitioners(tx: Transaction, caller: Caller) -> Practitioners:
    """The practitioners of the practice of a client or practitioner, in order of their names.

    Raises:
        Forbidden: ``not_allowed``.
    """
    require_kind(caller.actor, ActorKind.CLIENT, ActorKind.PRACTITIONER)
    return practitioners_of(tx, own_practice(caller.actor))


def practitioners_of(tx: Transaction, practice_id: UUID) -> Practitioners:
    """The practitioners of a practice, in order of their names."""
    rows = practices.practitioners(tx, practice_id=practice_id)
    items = sorted(map(practitioner_card, rows), key=lambda one: (one.name.casefold(), one.id))
    return Practitioners(items=items)
