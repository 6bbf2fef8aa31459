"""Whose services, hours and calendar a practitioner works on: her own, or a colleague's."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from portal_chassis.database.transactions import Transaction
from portal_contracts.actor import Actor, Role
from portal_contracts.errors import Forbidden
from portal_contracts.permissions import Permission, require_permission
from scheduling.storage import availability, bookable_services

_FOR_OTHERS = (Role.OWNER, Role.ASSISTANT)


@dataclass(frozen=True)
class Practitioner:
    """A practitioner of a practice: two ids, and nothing else is known of her here."""

    id: UUID
    practice_id: UUID


def require_practitioner(
    actor: Actor, practitioner_id: UUID | None, permission: Permission
) -> Practitioner:
    """On whose things `actor` may act: her own, or those of whom an owner or assistant names.

    Whether a colleague is of her practice is not known yet; see `is_known`.

    Raises:
        Forbidden: ``not_allowed``: her role does not grant it, or not for others.
    """
    require_permission(actor, permission)
    if actor.id is None or actor.practice_id is None:
        raise Forbidden("not_allowed", "A practitioner has an id and a practice.")
    if practitioner_id not in {None, actor.id} and actor.role not in _FOR_OTHERS:
        raise Forbidden("not_allowed", "A practitioner acts on what is her own.")
    return Practitioner(id=practitioner_id or actor.id, practice_id=actor.practice_id)


def is_known(tx: Transaction, practitioner: Practitioner) -> bool:
    """Whether she has hours or a service in this practice."""
    found = availability.find(tx, practitioner.id, practice_id=practitioner.practice_id)
    return found is not None or bookable_services.any_of_practitioner(
        tx, practitioner.id, practice_id=practitioner.practice_id
    )
