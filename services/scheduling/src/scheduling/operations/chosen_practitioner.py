"""Whose services, hours and calendar are worked on: the practitioner's own, or a colleague's."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from portal_chassis.authority.ownership import Practitioner, require_practitioner
from portal_chassis.database.transactions import Transaction
from portal_contracts.actor import Actor, Role
from portal_contracts.errors import Forbidden
from portal_contracts.permissions import Permission
from scheduling.storage import availability, bookable_services

_FOR_OTHERS = (Role.OWNER, Role.ASSISTANT)


def require_chosen_practitioner(
    actor: Actor, practitioner_id: UUID | None, permission: Permission
) -> Practitioner:
    """On whose calendar `actor` may act: their own, or that of whom an owner or assistant names.

    Whether a colleague is of the same practice is not known yet; see `is_known`.

    Raises:
        Forbidden: ``not_allowed``: the role does not grant it, or not for others.
    """
    practitioner = require_practitioner(actor, permission)
    if practitioner_id is None or practitioner_id == actor.id:
        return practitioner
    if actor.role not in _FOR_OTHERS:
        raise Forbidden("not_allowed", "A practitioner acts on their own calendar.")
    if not actor.may_work_for(practitioner_id):
        raise Forbidden("not_allowed", "An assistant acts for those they work for.")
    return replace(practitioner, id=practitioner_id)


def is_known(tx: Transaction, practitioner: Practitioner) -> bool:
    """Whether the practitioner has hours or a service in this practice."""
    hours = availability.find(tx, practitioner.id, practice_id=practitioner.practice_id)
    return hours is not None or bookable_services.any_of_practitioner(
        tx, practitioner.id, practice_id=practitioner.practice_id
    )
