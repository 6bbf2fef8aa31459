"""Series: appointments of one client that repeat, booked, moved and cancelled in one act."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Annotated, Final
from uuid import UUID

from msgspec import Meta, Struct

from portal_contracts.calls import Method
from portal_contracts.instants import Instant
from portal_contracts.scheduling.rpc.appointments import (
    SERVICE,
    Place,
    RepeatUnit,
    SeriesEntry,
    SeriesHead,
    ShortText,
)
from portal_contracts.scheduling.rpc.availability import WhyNot

MOST_OCCURRENCES: Final = 104
"""Two years of weeks."""

SERIES_RANGES: Final = {"every": (1, 52), "times": (2, MOST_OCCURRENCES)}
"""The least and the most of each number of a series."""

WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
LAST_WEEK: Final = -1
WEEKS_OF_MONTH: Final = (1, 2, 3, 4, LAST_WEEK)


class Repeat(Struct, frozen=True, kw_only=True):
    """How an appointment repeats: `every` so many weeks, or months on a weekday of the month.

    Weekday and wall time are those of the first occurrence, in the practitioner's zone;
    `weekday` (``mon`` … ``sun``) and `week_of_month` (1 to 4, -1 for the last) say them again, and
    have to agree. It ends with `until_on`, a date there, or after so many `times`: one of the two.
    """

    unit: RepeatUnit
    every: int = 1
    until_on: date | None = None
    times: int | None = None
    weekday: str = ""
    week_of_month: int | None = None


class SlotChoice(Struct, frozen=True, kw_only=True):
    """What becomes of one occurrence: it begins at `starts_at` instead, or is left out (None)."""

    slot: int
    starts_at: Instant | None


Choices = Annotated[list[SlotChoice], Meta(max_length=MOST_OCCURRENCES)]


class SlotState(StrEnum):
    """How an occurrence fits the calendar.

    ``outside_rules``: it breaks rules that bind clients, and can be booked despite them.
    ``skipped``: the clocks go forward over its wall time.
    """

    FREE = "free"
    TAKEN = "taken"
    OUTSIDE_RULES = "outside_rules"
    SKIPPED = "skipped"
    PAST = "past"


class SeriesSlot(Struct, frozen=True, kw_only=True):
    """One occurrence, its `slot` counted from 0, and whether it can take place.

    Attributes:
        wall: the wall time that is meant, ``2026-12-03T10:00``.
        starts_at: the instant of it, the first where the clocks repeat it; None: they skip it.
        state: how it fits.
        breaks: the rules for clients that it breaks.
        nearest: where it does not fit: the free start nearest to it that breaks no rule.
        repeated: the clocks show its wall time twice that day.
        previous_starts_at: when it was to be, where it is moved.
    """

    slot: int
    wall: str
    starts_at: Instant | None
    state: SlotState
    breaks: list[WhyNot] = []
    nearest: Instant | None = None
    repeated: bool = False
    previous_starts_at: Instant | None = None


class SeriesReview(Struct, frozen=True, kw_only=True):
    """Every occurrence in order. Whatever fits is booked as it is, at this same instant."""

    timezone: str
    minutes: int
    slots: list[SeriesSlot]


class ReviewSeries(Struct, frozen=True, kw_only=True):
    """Which occurrences of a series would fit, before it is booked; `minutes` as for booking."""

    client_id: UUID
    service_id: UUID
    starts_at: Instant
    repeat: Repeat
    minutes: int | None = None


class BookSeries(ReviewSeries, frozen=True, kw_only=True):
    """Book a series for a client, whole or not at all.

    `choices` decide occurrences that do not fit; `despite_slots`: with `despite`, those that may
    break rules, None: whichever. The rest as for booking one: each of them bears the message.
    """

    choices: Choices = []
    despite: bool = False
    despite_slots: list[int] | None = None
    without_mail: bool = False
    message: ShortText = ""


class BookedSeries(Struct, frozen=True, kw_only=True):
    """The series, and its appointments in order."""

    series_id: UUID
    appointment_ids: list[UUID]


class SeriesScope(StrEnum):
    """How much of a series is changed: from one occurrence on, or all that is still to come."""

    FOLLOWING = "following"
    ALL = "all"


class ReviewSeriesMove(Struct, frozen=True, kw_only=True):
    """Where occurrences would be if one begins at `starts_at` and the others follow it."""

    appointment_id: UUID
    scope: SeriesScope
    starts_at: Instant


class MoveSeries(Struct, frozen=True, kw_only=True):
    """Move an occurrence and those after it, or all to come; whole or not at all.

    `choices`, `despite` and `without_mail` as for booking; what is left out is cancelled.
    """

    appointment_id: UUID
    scope: SeriesScope
    starts_at: Instant
    choices: Choices = []
    despite: bool = False
    despite_slots: list[int] | None = None
    without_mail: bool = False


class CancelSeries(Struct, frozen=True, kw_only=True):
    """Cancel an occurrence and those after it, or all to come; `reason` is for the practice."""

    appointment_id: UUID
    scope: SeriesScope
    reason: ShortText = ""
    without_mail: bool = False


class MovedSeries(Struct, frozen=True, kw_only=True):
    """The series in which the moved occurrences are now: a new one where some stay before."""

    series_id: UUID
    moved: list[UUID]
    cancelled: list[UUID] = []


class CancelledSeries(Struct, frozen=True, kw_only=True):
    """The occurrences that were cancelled."""

    series_id: UUID
    cancelled: list[UUID]


class GetSeries(Struct, frozen=True, kw_only=True):
    """The series of an appointment."""

    appointment_id: UUID


class Occurrence(Struct, frozen=True, kw_only=True):
    """One appointment of a series that is still to come. `moved`: not where its series has it."""

    appointment_id: UUID
    slot: int
    starts_at: Instant
    ends_at: Instant
    moved: bool


class SeriesDetails(Struct, frozen=True, kw_only=True):
    """How a series repeats, and its appointments to come in order."""

    client_id: UUID
    head: SeriesHead
    to_come: list[Occurrence]


class ReadSeriesFacts(Struct, frozen=True, kw_only=True):
    """notifications is about to write of a series."""

    series_id: UUID


class SeriesFacts(Struct, frozen=True, kw_only=True):
    """A series as it is now, for mails. Without titles: mails are discreet.

    Attributes:
        practitioner_id: whose calendar the next one is in.
        head: how it repeats.
        entry: as one entry of a calendar.
        ended: the series that this one went on from lately, and where they end now.
        place: where one meets; no meeting's address.
        next_at: the start of the next one to come, or of the last one there was.
        to_come: how many are still to come.
        acts: counts what was done to the series as a whole.
        has_message: the practice wrote something to the client when it booked the next one.
    """

    practice_id: UUID
    client_id: UUID
    practitioner_id: UUID
    head: SeriesHead
    entry: SeriesEntry
    ended: list[SeriesEntry]
    place: Place
    next_at: Instant
    to_come: int
    acts: int
    has_message: bool = False


REVIEW_SERIES = Method(
    SERVICE, "review_series", ReviewSeries, SeriesReview, "Which occurrences of a series would fit."
)
BOOK_SERIES = Method(
    SERVICE,
    "book_series",
    BookSeries,
    BookedSeries,
    "Book a series for a client; Conflict series_collides with the occurrences that do not fit.",
    mutates=True,
)
GET_SERIES = Method(SERVICE, "get_series", GetSeries, SeriesDetails, "An appointment's series.")
REVIEW_SERIES_MOVE = Method(
    SERVICE,
    "review_series_move",
    ReviewSeriesMove,
    SeriesReview,
    "Where the occurrences of a series would be after a move, and which of them would fit.",
)
MOVE_SERIES = Method(
    SERVICE,
    "move_series",
    MoveSeries,
    MovedSeries,
    "Move an occurrence and those after it, or all to come, or none: Conflict series_collides.",
    mutates=True,
)
CANCEL_SERIES = Method(
    SERVICE,
    "cancel_series",
    CancelSeries,
    CancelledSeries,
    "Cancel an occurrence and those after it, or all to come.",
    mutates=True,
)
READ_SERIES_FACTS = Method(
    SERVICE,
    "read_series_facts",
    ReadSeriesFacts,
    SeriesFacts,
    "What a mail about a series is written from; for services only.",
    callers=("notifications",),
)
METHODS = (
    REVIEW_SERIES,
    BOOK_SERIES,
    GET_SERIES,
    REVIEW_SERIES_MOVE,
    MOVE_SERIES,
    CANCEL_SERIES,
    READ_SERIES_FACTS,
)
