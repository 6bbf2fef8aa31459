"""Stranded appointments: booked inside the hours, and outside of those that are to come."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from msgspec import Struct

from portal_contracts.calls import Method
from portal_contracts.scheduling.rpc.appointments import SERVICE
from portal_contracts.scheduling.rpc.availability import AvailabilityChanges, Window
from portal_contracts.scheduling.rpc.calendar import CalendarEntry

MOST_STRANDED: Final = 50


class ListStranded(Struct, frozen=True, kw_only=True):
    """What is booked now and would lie outside of hours that are not saved yet.

    `availability`: of the practitioner (None: the actor); what it leaves out stays. What lies
    outside of the saved hours already is not told of.
    """

    availability: AvailabilityChanges
    practitioner_id: UUID | None = None


class ListStrandedByService(Struct, frozen=True, kw_only=True):
    """The same for a service's own weekly hours; None: the practitioner's would hold."""

    service_id: UUID
    weekly: list[list[Window]] | None = None


class StrandedAppointments(Struct, frozen=True, kw_only=True):
    """The first of them in order of their starts, and how many there are."""

    items: list[CalendarEntry]
    total: int


LIST_STRANDED = Method(
    SERVICE,
    "list_stranded",
    ListStranded,
    StrandedAppointments,
    "Booked times that would lie outside of hours that are not saved yet.",
)
LIST_STRANDED_BY_SERVICE = Method(
    SERVICE,
    "list_stranded_by_service",
    ListStrandedByService,
    StrandedAppointments,
    "Booked times that would lie outside of a service's hours that are not saved yet.",
)

METHODS = (LIST_STRANDED, LIST_STRANDED_BY_SERVICE)
