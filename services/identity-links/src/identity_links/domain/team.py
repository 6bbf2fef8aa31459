"""Rules of a practice's team: who may be what, and for whom an assistant works."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from uuid import UUID

from portal_contracts.actor import Role
from portal_contracts.errors import Conflict, Invalid


def checked_works_for(
    works_for: Sequence[UUID] | None, role: Role, colleagues: Collection[UUID]
) -> tuple[UUID, ...] | None:
    """The practitioners an account works for, each once and in a fixed order; None for all.

    Args:
        works_for: as it was said.
        role: of the account; only an assistant works for others.
        colleagues: the practitioners and owners of the practice, deactivated ones too.

    Raises:
        Invalid: ``practitioner_fields`` with ``works_for``: ``works_for_missing`` for none at
            all, ``works_for_unknown`` for one who is no practitioner of the practice.
    """
    if works_for is None or role is not Role.ASSISTANT:
        return None
    wrong = None
    if not works_for:
        wrong = "works_for_missing"
    elif not set(works_for) <= set(colleagues):
        wrong = "works_for_unknown"
    if wrong is not None:
        detail = "An assistant works for practitioners of the practice."
        raise Invalid("practitioner_fields", detail, fields={"works_for": wrong})
    return tuple(sorted(set(works_for)))


def require_owner_left(owners: Collection[UUID], leaving: UUID) -> None:
    """Refuse that the last owner who is in stops being one.

    Raises:
        Conflict: ``last_owner``: a practice keeps one.
    """
    if leaving in owners and len(owners) == 1:
        raise Conflict("last_owner", "The practice would have no owner.")
