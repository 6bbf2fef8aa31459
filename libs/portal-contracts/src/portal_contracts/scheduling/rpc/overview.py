"""What the portal's home shows of the calendar, and the facts that mails are written from."""

from __future__ import annotations

from uuid import UUID

from msgspec import Struct

from portal_contracts.calls import Method, PortalOf
from portal_contracts.instants import Instant
from portal_contracts.scheduling.rpc.appointments import (
    SERVICE,
    Allowance,
    AppointmentStatus,
    OwnSession,
    Place,
    UpcomingAppointment,
)


class LatestSummary(Struct, frozen=True, kw_only=True):
    """The newest shared summary: its session, and how it begins, as plain text."""

    session: OwnSession
    beginning: str


class PortalSchedule(Struct, frozen=True, kw_only=True):
    """What the portal's home shows of the calendar: the nearest four of each kind first.

    `can_book`: self-scheduling is on for at least one service for the client.
    `latest_summary` is None in the preview of a role that may not read summaries.
    """

    upcoming: list[UpcomingAppointment]
    past: list[OwnSession]
    can_book: bool
    latest_summary: LatestSummary | None


class ReadAppointmentFacts(Struct, frozen=True, kw_only=True):
    """notifications is about to write of an appointment."""

    appointment_id: UUID


class OccurrenceFacts(Struct, frozen=True, kw_only=True):
    """The place of an appointment in its series, for an invitation to it alone.

    `wall`: where the rule of the series has it, in the series' zone, whose name and whose entry's
    `sequence` these are. `told_starts_at`: where the last act on the whole series put it.
    """

    series_id: UUID
    wall: str
    timezone: str
    sequence: int
    told_starts_at: Instant


class AppointmentFacts(Struct, frozen=True, kw_only=True):
    """An appointment as it is now. Without title or note: mails are discreet.

    `place.text` is empty for video: the meeting's address is never mailed. `cancel`, `move`:
    what its client may do by herself now; `has_policy`: it has terms in the practice's words.
    `answer_by`: while it is requested, it is answered until then; `was_requested`: the practice
    approved it; `has_answer`: the practice wrote something to the client, with its answer or when
    it booked.
    The SEQUENCE of its invitation is `ics_sequence`, which counts its changes, and
    `sequence_raised`, what restores have added. One of a series is part of its entry: `series`.
    """

    practice_id: UUID
    client_id: UUID
    practitioner_id: UUID
    status: AppointmentStatus
    starts_at: Instant
    ends_at: Instant
    timezone: str
    place: Place
    ics_sequence: int
    cancel: Allowance | None = None
    move: Allowance | None = None
    has_policy: bool = False
    sequence_raised: int = 0
    series: OccurrenceFacts | None = None
    answer_by: Instant | None = None
    was_requested: bool = False
    has_answer: bool = False


class ReadSummaryFacts(Struct, frozen=True, kw_only=True):
    """notifications is about to write of a shared summary."""

    session_id: UUID


class SummaryFacts(Struct, frozen=True, kw_only=True):
    """Whether a session's summary is shared at present, and which version.

    `read_at` is None also where it was only read on a device that was let in by a link
    which the practice saw: the client is still to be told.
    """

    practice_id: UUID
    client_id: UUID
    practitioner_id: UUID
    shared_version: int | None
    read_at: Instant | None


PORTAL_SCHEDULE = Method(
    SERVICE,
    "portal_schedule",
    PortalOf,
    PortalSchedule,
    "Upcoming appointments and past sessions of a client; leaves no read receipt.",
)
READ_APPOINTMENT_FACTS = Method(
    SERVICE,
    "read_appointment_facts",
    ReadAppointmentFacts,
    AppointmentFacts,
    "What a mail about an appointment is written from; for services only.",
    callers=("notifications",),
)
READ_SUMMARY_FACTS = Method(
    SERVICE,
    "read_summary_facts",
    ReadSummaryFacts,
    SummaryFacts,
    "What a mail about a summary is written from; for services only.",
    callers=("notifications",),
)

METHODS = (PORTAL_SCHEDULE, READ_APPOINTMENT_FACTS, READ_SUMMARY_FACTS)
