"""What every mail about an appointment asks scheduling, and until when it is wanted at all."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from notifications.domain.reasons import Reason
from notifications.mails.mail import SAMPLE_ID
from portal_contracts.calls import Method
from portal_contracts.scheduling.rpc.appointments import AppointmentStatus, Place, PlaceKind
from portal_contracts.scheduling.rpc.overview import (
    READ_APPOINTMENT_FACTS,
    AppointmentFacts,
    ReadAppointmentFacts,
)

PAGE = "/console/appointments/{id}"
"""Where a practitioner sees it."""


def asks(appointment_id: UUID) -> tuple[Method[Any, AppointmentFacts], ReadAppointmentFacts]:
    """The call that answers the facts of an appointment."""
    return READ_APPOINTMENT_FACTS, ReadAppointmentFacts(appointment_id=appointment_id)


def also_told(facts: AppointmentFacts) -> tuple[tuple[UUID, datetime | None], ...]:
    """Of one of a series the mails about the whole series told too."""
    series = facts.series
    return () if series is None else ((series.series_id, series.told_starts_at),)


def no_longer_to_come(facts: AppointmentFacts, now: datetime) -> Reason | None:
    """Why nothing is told of an appointment that is off or has begun, or None."""
    if facts.status is not AppointmentStatus.CONFIRMED:
        return Reason.APPOINTMENT_CANCELLED
    return Reason.APPOINTMENT_PAST if facts.starts_at <= now else None


def sample(now: datetime) -> AppointmentFacts:
    """Facts that are made up."""
    starts_at = now.replace(minute=0, second=0, microsecond=0) + timedelta(days=9)
    return AppointmentFacts(
        practice_id=SAMPLE_ID,
        client_id=SAMPLE_ID,
        practitioner_id=SAMPLE_ID,
        status=AppointmentStatus.CONFIRMED,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=50),
        timezone="Europe/London",
        place=Place(kind=PlaceKind.ADDRESS, text="Lindenstraße 12, 10969 Berlin"),
        ics_sequence=1,
    )
