"""Handing a practitioner's clients, appointments to come and open forms over to another one."""

from __future__ import annotations

from typing import Annotated, Final
from uuid import UUID

from msgspec import Meta, Struct

from portal_contracts.calls import Done, Method
from portal_contracts.identity_links.rpc.targets import SERVICE

MOST_LEFT: Final = 2_000
"""So many clients, or appointments, one hand-over may name."""


class HandOver(Struct, frozen=True, kw_only=True):
    """Hand over from one practitioner to another.

    Attributes:
        from_practitioner_id: who hands over, deactivated or not.
        to_practitioner_id: who takes over: in use, and no assistant.
        client_ids: only what concerns these clients; null is all of them.
        left_appointment_ids: appointments that stay where they are.
    """

    from_practitioner_id: UUID
    to_practitioner_id: UUID
    client_ids: Annotated[list[UUID], Meta(max_length=MOST_LEFT)] | None = None
    left_appointment_ids: Annotated[list[UUID], Meta(max_length=MOST_LEFT)] = []


HAND_OVER = Method(
    SERVICE,
    "hand_over",
    HandOver,
    Done,
    "Hand clients over at once, appointments to come and open forms within moments; what fits "
    "no calendar stays. Invalid hand_over_fields.",
    mutates=True,
)

METHODS = (HAND_OVER,)
