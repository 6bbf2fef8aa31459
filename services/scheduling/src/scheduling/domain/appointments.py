"""What is planned: booked times, and the clients' seats on them.

A *booked time* takes part of a practitioner's calendar; an *appointment* is
one client's seat on it. A single session has one seat, a group several.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID


class BookingStatus(StrEnum):
    """The states of a booked time and of a seat on it.

    Attributes:
        HELD: kept for a client who is choosing, until it expires.
        REQUESTED: asked for; the practitioner has not answered yet.
        CONFIRMED: it will take place.
        CANCELLED: called off by either side.
        DECLINED: the practitioner refused the request.
        EXPIRED: the request was not answered in time.
    """

    HELD = "held"
    REQUESTED = "requested"
    CONFIRMED = "confirmed"
    CANCELLED = "cancelled"
    DECLINED = "declined"
    EXPIRED = "expired"


LIVE = (BookingStatus.HELD, BookingStatus.REQUESTED, BookingStatus.CONFIRMED)
"""States that take the practitioner's time: no two such times of hers may overlap."""

PLANNED = (BookingStatus.REQUESTED, BookingStatus.CONFIRMED)
"""States that a client sees among her upcoming appointments."""


@dataclass(frozen=True)
class Appointment:
    """One client's seat on a booked time.

    Attributes:
        id: the seat's id; the session it becomes bears the same one.
        client_id: whose seat it is.
        practitioner_id: whose calendar it is in.
        title: the bookable service's title when it was booked.
        starts_at: aware UTC instant.
        ends_at: aware UTC instant.
        timezone: IANA zone it was planned in, the practitioner's.
        status: the seat's state.
    """

    id: UUID
    client_id: UUID
    practitioner_id: UUID
    title: str
    starts_at: datetime
    ends_at: datetime
    timezone: str
    status: BookingStatus


def blocked_span(
    starts_at: datetime, ends_at: datetime, *, buffer_before: int, buffer_after: int
) -> tuple[datetime, datetime]:
    """The half-open span of the calendar that an appointment blocks.

    Args:
        starts_at: aware UTC instant.
        ends_at: aware UTC instant, after `starts_at`.
        buffer_before: minutes kept free before.
        buffer_after: minutes kept free after.

    Returns:
        Start less the first buffer, end plus the second, in elapsed minutes.

    Raises:
        ValueError: the appointment ends before it starts, or a buffer is negative.
    """
    if ends_at <= starts_at:
        raise ValueError("An appointment ends after it starts.")
    if buffer_before < 0 or buffer_after < 0:
        raise ValueError("A buffer is no less than zero minutes.")
    return starts_at - timedelta(minutes=buffer_before), ends_at + timedelta(minutes=buffer_after)
