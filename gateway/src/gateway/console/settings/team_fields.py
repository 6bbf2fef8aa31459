"""What is said of an account in a form: its role, and the practitioners an assistant works for."""

from __future__ import annotations

from uuid import UUID

from gateway.web.submitted import Submitted
from portal_contracts.actor import Role
from portal_contracts.errors import Invalid


def role_of(form: Submitted) -> Role:
    """The role that was chosen.

    Raises:
        Invalid: ``practitioner_fields``: none of our list.
    """
    said = form.text("role")
    if said not in set(Role):
        raise Invalid("practitioner_fields", "No such role.", fields={"role": "role_unknown"})
    return Role(said)


def chosen_works_for(form: Submitted) -> list[UUID] | None:
    """The practitioners that were chosen; None for all of the practice.

    Raises:
        Invalid: ``practitioner_fields``: what was sent is no id.
    """
    if form.text("works_for_all") != "no":
        return None
    try:
        return [UUID(one) for one in form.every("works_for")]
    except ValueError:
        wrong = {"works_for": "works_for_unknown"}
        raise Invalid("practitioner_fields", "No such practitioner.", fields=wrong) from None
