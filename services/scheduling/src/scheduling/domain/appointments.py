"""What is planned: booked times, and the clients' seats on them.

A *booked time* takes part of a practitioner's calendar; an *appointment* is
one client's seat on it. A single session has one seat, a group several.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from portal_contracts.scheduling.rpc.appointments import PlaceKind
from portal_contracts.scheduling.rpc.services import ServiceColour
from scheduling.domain.policy import ClientRules, Standing
from scheduling.domain.requests import Answering
from scheduling.domain.series import SeriesRule
from scheduling.domain.wall_time import Span


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
"""States that take the practitioner's time: no two such times of one practitioner may overlap."""

NO_APPOINTMENT = (BookingStatus.HELD, BookingStatus.EXPIRED)
"""States in which nobody was promised anything, unless it was requested before."""

PLANNED = (BookingStatus.REQUESTED, BookingStatus.CONFIRMED)
"""States that a client sees among the upcoming appointments."""


@dataclass(frozen=True)
class SeriesPart:
    """The place of an appointment in its series.

    Attributes:
        id: the series'.
        slot: its number there, by which the rule says its wall time.
        told_starts_at: where the last act on the whole series put it; aware UTC instant.
        rule: how the series repeats.
        sequence: of the series' invitation.
    """

    id: UUID
    slot: int
    told_starts_at: datetime
    rule: SeriesRule
    sequence: int


@dataclass(frozen=True)
class Appointment:
    """One client's seat on a booked time.

    Attributes:
        id: the seat's id; its hold had, and the session it becomes bears the same one.
        practice_id: in which practice.
        client_id: whose seat it is.
        practitioner_id: whose calendar it is in.
        service_id: the bookable service.
        booked_time_id: the part of the calendar it is on.
        title: the bookable service's title when it was booked.
        starts_at: aware UTC instant.
        ends_at: aware UTC instant.
        timezone: IANA zone it was planned in, the practitioner's.
        status: the seat's state.
        place_kind: where one meets, as it was when it was booked.
        place: the address of the meeting, of the street, or how one is called.
        buffer_before: kept free before, as it was when it was booked.
        buffer_after: kept free after.
        expires_at: until when it is, or was, held, or waits for its answer.
        created_at: when it was held, or booked by the practice.
        booked_at: when it was confirmed; None for what never was.
        cancelled_at: when it was cancelled.
        cancelled_late: by the service's notice.
        moves: how often it was moved.
        ics_sequence: counts the changes that its invitation tells.
        sequence_raised: what restores have added to that in its invitation.
        policy_accepted: the text of the policy that the client accepted, or "".
        booking_note: what the client wrote when booking, sealed.
        cancel_reason: why it was cancelled, sealed.
        requested_at: when its client asked for it; None for what was booked at once.
        answer: what the practice wrote to the client with its answer, sealed.
        revealed: its client booked, moved or cancelled it on a device that a link let in
            which the practice saw.
        rules: the service's at present.
        reason_asked: the service asks clients who cancel for a reason.
        policy: the service's at present.
        colour: the service's at present.
        answering: the service's at present.
        form_template_ids: what the service asks for before, at present.
        series: its place in a series, if it is of one.
    """

    id: UUID
    practice_id: UUID
    client_id: UUID
    practitioner_id: UUID
    service_id: UUID
    booked_time_id: UUID
    title: str = field(repr=False)
    starts_at: datetime
    ends_at: datetime
    timezone: str
    status: BookingStatus
    place_kind: PlaceKind
    place: str = field(repr=False)
    buffer_before: timedelta
    buffer_after: timedelta
    expires_at: datetime | None
    created_at: datetime
    booked_at: datetime | None
    cancelled_at: datetime | None
    cancelled_late: bool
    moves: int
    ics_sequence: int
    sequence_raised: int
    policy_accepted: str = field(repr=False)
    booking_note: bytes | None = field(repr=False)
    cancel_reason: bytes | None = field(repr=False)
    revealed: bool
    rules: ClientRules
    reason_asked: bool
    policy: str = field(repr=False)
    colour: ServiceColour
    form_template_ids: Sequence[UUID]
    requested_at: datetime | None
    answer: bytes | None = field(repr=False)
    answering: Answering
    series: SeriesPart | None = None

    @property
    def standing(self) -> Standing:
        """What of it decides whether its client may cancel or move."""
        return Standing(
            starts_at=self.starts_at,
            booked_at=self.booked_at or self.created_at,
            moves=self.moves,
            live=self.status is BookingStatus.CONFIRMED,
            requested=self.status is BookingStatus.REQUESTED,
        )

    @property
    def is_mere_hold(self) -> bool:
        """Whether it is, or was, no more than a time kept for a client who was choosing."""
        return self.status in NO_APPOINTMENT and self.requested_at is None

    @property
    def withdrawn(self) -> bool:
        """Whether it was a request, which its client took back."""
        return (
            self.status is BookingStatus.CANCELLED
            and self.requested_at is not None
            and self.booked_at is None
        )

    @property
    def answer_by(self) -> datetime | None:
        """Until when the practice answers, while it is requested."""
        return self.expires_at if self.status is BookingStatus.REQUESTED else None

    @property
    def blocked(self) -> Span:
        """What it takes of the calendar, buffers included."""
        return Span(self.starts_at - self.buffer_before, self.ends_at + self.buffer_after)

    def is_session(self, now: datetime) -> bool:
        """Whether it is a session by now: it has begun, and took place or was cancelled late."""
        took_place = self.status is BookingStatus.CONFIRMED or self.cancelled_late
        return took_place and self.starts_at <= now

    def is_held(self, now: datetime) -> bool:
        """Whether its time is kept for a client who has not confirmed yet."""
        return (
            self.status is BookingStatus.HELD
            and self.expires_at is not None
            and self.expires_at > now
        )
