"""What several calls of scheduling speak of."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Annotated, Final
from uuid import UUID

from msgspec import Meta, Struct

from portal_contracts.actor import ActorKind
from portal_contracts.instants import Instant
from portal_contracts.text import ONE_LINE

SERVICE = "scheduling"

LONGEST_TEXT: Final = 20_000
LONGEST_SHORT_TEXT: Final = 2_000
LONGEST_TITLE: Final = 200

LongText = Annotated[str, Meta(max_length=LONGEST_TEXT)]
"""A summary or a note."""

ShortText = Annotated[str, Meta(max_length=LONGEST_SHORT_TEXT)]
"""A booking note, a reason, a policy."""

Title = Annotated[str, Meta(max_length=LONGEST_TITLE, extra=ONE_LINE)]
"""What a service or a session is called."""

JOIN_OPENS_MINUTES: Final = 10
"""So long before its start a meeting opens."""

UNDO_MINUTES: Final = 5
"""So long after moving an appointment its client may undo that."""


class PlaceKind(StrEnum):
    """Where one meets."""

    VIDEO = "video"
    ADDRESS = "address"
    PHONE = "phone"


class AppointmentStatus(StrEnum):
    """How an appointment stands. ``held``: kept for a client who is choosing.

    ``requested``: asked for, and waiting for the practice's answer; ``declined`` by it, or
    ``expired`` without one.
    """

    HELD = "held"
    REQUESTED = "requested"
    CONFIRMED = "confirmed"
    CANCELLED = "cancelled"
    DECLINED = "declined"
    EXPIRED = "expired"


class SessionStatus(StrEnum):
    """How a session went."""

    ATTENDED = "attended"
    NO_SHOW = "no_show"
    CANCELLED_LATE = "cancelled_late"


class Closed(StrEnum):
    """Why an appointment may not be moved or cancelled now.

    ``requested``: it waits for the practice's answer; it can be withdrawn, not moved.
    ``recorded``: it has begun, and something was said about it as a session.
    """

    SWITCHED_OFF = "switched_off"
    NOTICE = "notice"
    MAX_MOVES = "max_moves"
    OVER = "over"
    REQUESTED = "requested"
    RECORDED = "recorded"


class Allowance(Struct, frozen=True, kw_only=True):
    """Whether a client may do something to an appointment now.

    `closed` says why not, None while it is possible. `until`: the last instant at
    which it is possible, if there is one. `late`: it is possible, and it counts as late: the
    session counts as held. `free_until`: the last instant at which it does not, or did not,
    before `until`; where it is left out, that is the same. Neither is told where it was over
    before the appointment was booked.
    """

    closed: Closed | None = None
    until: Instant | None = None
    late: bool = False
    free_until: Instant | None = None
    sentence: str = ""


class Place(Struct, frozen=True, kw_only=True):
    """Where an appointment is. For video `text` is empty: `OPEN_MEETING` tells the address."""

    kind: PlaceKind
    text: str


class ChangeKind(StrEnum):
    """What became of an appointment.

    ``moved_back``: a client undid a move. ``withdrawn``: of a request, by its client.
    """

    BOOKED = "booked"
    MOVED = "moved"
    MOVED_BACK = "moved_back"
    CANCELLED = "cancelled"
    REQUESTED = "requested"
    APPROVED = "approved"
    DECLINED = "declined"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"


class AppointmentChange(Struct, frozen=True, kw_only=True):
    """What became of an appointment, when and by whom.

    `by` is None for what was done before that was written down; `practitioner_id` names whoever
    did it for the practice, `by_program`: a program with an API token. `revealed`: a client's
    device did it that a link let in which the practice saw. `starts_at` is the start from then
    on, `previous_starts_at` the one before a move. `reason` is what whoever cancelled wrote,
    where the reader may read it: of the practice's own nothing is told to the client.
    `without_mail`: whoever did it wanted the client to get no mail of it.
    """

    kind: ChangeKind
    at: Instant
    by: ActorKind | None = None
    practitioner_id: UUID | None = None
    by_program: bool = False
    revealed: bool = False
    starts_at: Instant
    previous_starts_at: Instant | None = None
    late: bool = False
    reason: str = ""
    without_mail: bool = False


class RepeatUnit(StrEnum):
    """By what a series repeats: weeks, or months on the same weekday of the month."""

    WEEKLY = "weekly"
    MONTHLY = "monthly"


class SeriesHead(Struct, frozen=True, kw_only=True):
    """Of which series an appointment is, and how that repeats.

    `every` so many weeks or months on `weekday` (0 is Monday), at `clock` (``HH:MM``) on the wall
    in `timezone`; `week_of_month` is 1 to 4, or -1 for the last one, and None for weeks. `last_on`
    is the date of its last occurrence there.
    """

    id: UUID
    unit: RepeatUnit
    every: int
    weekday: int
    week_of_month: int | None
    clock: str
    timezone: str
    last_on: date


class MovedOccurrence(Struct, frozen=True, kw_only=True):
    """An occurrence that is not where its series has it, which would be at `wall`."""

    wall: str
    starts_at: Instant
    ends_at: Instant


class SeriesEntry(Struct, frozen=True, kw_only=True):
    """A series as one entry of a calendar (RFC 5545, section 3.8.5).

    Wall times are in `timezone`, ``2026-12-03T10:00``. `slots`: how many occurrences its rule
    has, from `first_wall` to `last_wall`; of these `left_out` do not take place, and `moved` do
    elsewhere. `live`: how many take place at all; none: the whole entry is off. `sequence` rises
    with every change of any of them.
    """

    id: UUID
    unit: RepeatUnit
    every: int
    week_of_month: int | None
    first_wall: str
    last_wall: str
    timezone: str
    minutes: int
    slots: int
    live: int
    sequence: int
    left_out: list[str]
    moved: list[MovedOccurrence]


class OfferedService(Struct, frozen=True, kw_only=True):
    """A bookable service as a client sees it. `timezone` is the practitioner's.

    `on_request`: a booking is a request, which the practice answers within `answer_hours`, or
    it expires.
    """

    id: UUID
    practitioner_id: UUID
    title: str
    description: str
    minutes: int
    price: str
    place: Place
    policy: str
    timezone: str
    on_request: bool = False
    answer_hours: int | None = None


class MoveUndo(Struct, frozen=True, kw_only=True):
    """A move that its client can still undo, until `until`; `starts_at`: when it was before."""

    starts_at: Instant
    until: Instant


class UpcomingAppointment(Struct, frozen=True, kw_only=True):
    """One of a client's appointments as the client sees it. `timezone` is the practitioner's.

    *Join* is open from `join_opens_at` until before `join_closes_at`, for
    video only; `meeting_missing`: there is no address yet to join by video at.
    `note` is what was written when booking. `cancelled_late`: by the service's notice, it
    counts as held. `changes` are told where one appointment is asked for alone, the latest
    first; so is `series_entry`, the series that it is of as an entry of a calendar, and `undo`.
    `answer_by`: the practice answers until then, while it is requested.
    `withdrawn`: it was a request, which its client took back. `answer` is what the practice wrote
    when it booked, or with its answer.
    """

    id: UUID
    service_id: UUID
    practitioner_id: UUID
    title: str
    starts_at: Instant
    ends_at: Instant
    timezone: str
    status: AppointmentStatus
    place: Place
    join_opens_at: Instant
    join_closes_at: Instant
    cancel: Allowance
    move: Allowance
    reason_asked: bool
    policy: str
    note: str
    ics_sequence: int
    meeting_missing: bool = False
    cancelled_late: bool = False
    changes: list[AppointmentChange] = []
    series: SeriesHead | None = None
    series_entry: SeriesEntry | None = None
    answer_by: Instant | None = None
    withdrawn: bool = False
    answer: str = ""
    undo: MoveUndo | None = None


class SummaryHead(Struct, frozen=True, kw_only=True):
    """That a summary is shared. `read_at`: when the client first opened this version.

    `read_revealed`: so far only on a device that was let in by a link which the practice saw.
    """

    shared_at: Instant
    read_at: Instant | None
    read_revealed: bool = False


class OwnSession(Struct, frozen=True, kw_only=True):
    """One of a client's past sessions; `summary` only while it is shared."""

    id: UUID
    practitioner_id: UUID
    title: str
    started_at: Instant
    ended_at: Instant
    timezone: str
    status: SessionStatus
    summary: SummaryHead | None


LONGEST_RANGE_DAYS: Final = 62
"""For so many days at most, free times or a calendar are asked for."""
