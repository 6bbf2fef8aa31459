"""Handing over: what a practitioner has to come, and what of it fits another one's calendar."""

from __future__ import annotations

from enum import StrEnum
from uuid import UUID

from msgspec import Struct

from portal_contracts.calls import Method, Nothing
from portal_contracts.instants import Instant
from portal_contracts.scheduling.rpc.appointments import SERVICE


class ToCome(Struct, frozen=True, kw_only=True):
    """How many appointments to come a practitioner has."""

    practitioner_id: UUID
    appointments: int


class AllToCome(Struct, frozen=True, kw_only=True):
    """Of every practitioner of the practice who has any."""

    items: list[ToCome]


class InTheWay(StrEnum):
    """Why an appointment does not fit another calendar as it is.

    ``taken``: the time is taken, so it stays where it is. ``outside_hours``: it breaks a rule that
    binds clients, and can be handed over as an exception.
    """

    TAKEN = "taken"
    OUTSIDE_HOURS = "outside_hours"


class ReviewHandOver(Struct, frozen=True, kw_only=True):
    """What would be handed over from one practitioner to another, and what is in the way."""

    from_practitioner_id: UUID
    to_practitioner_id: UUID


class HandedAppointment(Struct, frozen=True, kw_only=True):
    """One appointment to come; `in_the_way` is null for one that fits.

    `in_series`: it is one of a series. `busy_elsewhere`: its new practitioner is busy then by
    another calendar; it can be handed over as an exception.
    """

    id: UUID
    client_id: UUID
    title: str
    starts_at: Instant
    ends_at: Instant
    timezone: str
    in_the_way: InTheWay | None
    in_series: bool = False
    busy_elsewhere: bool = False


class HandOverReview(Struct, frozen=True, kw_only=True):
    """The appointments to come of the one practitioner, the next first."""

    items: list[HandedAppointment]


COUNT_TO_COME = Method(
    SERVICE,
    "count_to_come",
    Nothing,
    AllToCome,
    "How many appointments to come each practitioner of the practice has.",
)
REVIEW_HAND_OVER = Method(
    SERVICE,
    "review_hand_over",
    ReviewHandOver,
    HandOverReview,
    "The appointments to come of one practitioner, and what keeps each from another's calendar.",
)

METHODS = (COUNT_TO_COME, REVIEW_HAND_OVER)
