"""The practitioner's calendar: see, book, move and cancel for a client."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from portal_contracts.calls import MOST_ON_A_PAGE, Method, PageSize
from portal_contracts.identity_links.rpc.caseload import CaseloadPair
from portal_contracts.instants import Instant
from portal_contracts.scheduling.rpc.appointments import (
    SERVICE,
    AppointmentChange,
    AppointmentStatus,
    Place,
    PlaceKind,
    SeriesHead,
    SessionStatus,
    ShortText,
)
from portal_contracts.scheduling.rpc.availability import WhyNot
from portal_contracts.scheduling.rpc.booking import Booked, Cancelled, Moved
from portal_contracts.scheduling.rpc.services import ServiceColour


class ListCalendar(Struct, frozen=True, kw_only=True):
    """What starts in a stretch of at most 62 days (None: the actor's own calendar).

    `with_hours`: also when the practitioner works in that stretch, and is busy elsewhere.
    """

    starts_from: Instant
    starts_before: Instant
    practitioner_id: UUID | None = None
    with_cancelled: bool = False
    with_hours: bool = False


class SessionHead(Struct, frozen=True, kw_only=True):
    """How the session stands that an appointment is since it began.

    `written`: there is a summary, a draft or more; `shared`: the client sees it.
    """

    status: SessionStatus
    written: bool = False
    shared: bool = False


class CalendarEntry(Struct, frozen=True, kw_only=True):
    """One appointment in the calendar; a request is answered until `answer_by`.

    `client_id`, `service_id` and `colour`, the service's, are None, and `title` is empty, where
    whoever asks does not see the client: the time is taken, and that is all. `status` and
    `place_kind` are then the same for every such time, whatever they are.
    `series_id`: it is of one, whose other appointments have the same.
    `session`: it has begun, and is a session of the same id.
    """

    id: UUID
    client_id: UUID | None
    service_id: UUID | None
    title: str
    starts_at: Instant
    ends_at: Instant
    timezone: str
    status: AppointmentStatus
    place_kind: PlaceKind
    answer_by: Instant | None = None
    series_id: UUID | None = None
    session: SessionHead | None = None
    colour: ServiceColour | None = None


class Stretch(Struct, frozen=True, kw_only=True):
    """A part of time; its end does not belong to it."""

    starts_at: Instant
    ends_at: Instant


class Calendar(Struct, frozen=True, kw_only=True):
    """Appointments in order of their starts, and the practitioner's zone.

    `hours`: when the practitioner works, and `busy_elsewhere`: when busy by calendars that are kept
    elsewhere; both in order, apart, cut to the stretch, and empty where they were not asked for.
    """

    practitioner_id: UUID
    timezone: str
    items: list[CalendarEntry]
    hours: list[Stretch] = []
    busy_elsewhere: list[Stretch] = []


class ListClientAppointments(Struct, frozen=True, kw_only=True):
    """One client's appointments: to come (the nearest first), or cancelled and past ones too."""

    client_id: UUID
    upcoming_only: bool = True
    limit: PageSize = 100


class ClientAppointments(Struct, frozen=True, kw_only=True):
    """Appointments of one client."""

    items: list[CalendarEntry]


class ListClientTimes(Struct, frozen=True, kw_only=True):
    """When some clients come next and came last, for a list of them."""

    client_ids: Annotated[list[UUID], Meta(max_length=MOST_ON_A_PAGE)]


class ClientTime(Struct, frozen=True, kw_only=True):
    """The starts of a client's next appointment and last session; None where there is none."""

    client_id: UUID
    next_at: Instant | None
    last_at: Instant | None


class ClientTimes(Struct, frozen=True, kw_only=True):
    """Of those clients of the practice who have either."""

    items: list[ClientTime]


class ListMeetings(Struct, frozen=True, kw_only=True):
    """Which clients meet, or met, which practitioners; a page after `cursor`."""

    cursor: str | None = None


class Meetings(Struct, frozen=True, kw_only=True):
    """Pairs in the order of the clients, of each the one met last first."""

    items: list[CaseloadPair]
    next_cursor: str | None


class GetAppointment(Struct, frozen=True, kw_only=True):
    """One appointment, in the console."""

    appointment_id: UUID


class AppointmentDetails(Struct, frozen=True, kw_only=True):
    """All of one appointment. `place.text` is the meeting address here, for video too.

    `note` and `cancel_reason` are None for a role that may not read them
    (permission ``answers.read``), empty where the client wrote nothing; so is `answer`, what the
    practice wrote to the client when it booked, or with its answer to a request. `revealed`: it
    was booked, moved or cancelled on a client's device that was let in by a link which
    the practice saw. `changes`: the latest first. `answer_by`: a request is answered until then.
    `withdrawn`: it was a request, which its client took back. `session`: it has begun, and is
    a session of the same id; None too for a role that may not read sessions.
    """

    id: UUID
    client_id: UUID
    service_id: UUID
    practitioner_id: UUID
    title: str
    starts_at: Instant
    ends_at: Instant
    timezone: str
    status: AppointmentStatus
    place: Place
    moves: int
    created_at: Instant
    cancelled_at: Instant | None
    cancelled_late: bool
    note: str | None
    cancel_reason: str | None
    revealed: bool = False
    changes: list[AppointmentChange] = []
    series: SeriesHead | None = None
    answer_by: Instant | None = None
    withdrawn: bool = False
    answer: str | None = None
    session: SessionHead | None = None


class BookForClient(Struct, frozen=True, kw_only=True):
    """Book a time for a client.

    `despite`: also where rules that bind clients are broken (hours, notice,
    limits). Never over another appointment. `despite_only`: where it breaks no others than these,
    of which somebody was warned; None: whichever it breaks. `minutes`: its length; None: the
    service's. `without_mail`: the client gets no mail of this act, nor of forms that it sends;
    reminders and what becomes of it later are mailed. `message` is what the practice writes to
    the client, which the portal shows.
    """

    client_id: UUID
    service_id: UUID
    starts_at: Instant
    despite: bool = False
    despite_only: list[WhyNot] | None = None
    minutes: int | None = None
    without_mail: bool = False
    message: ShortText = ""


class MoveForClient(Struct, frozen=True, kw_only=True):
    """Move a client's appointment; `despite`, `despite_only` and `without_mail` as for booking."""

    appointment_id: UUID
    starts_at: Instant
    despite: bool = False
    despite_only: list[WhyNot] | None = None
    without_mail: bool = False


class CancelForClient(Struct, frozen=True, kw_only=True):
    """Cancel a client's appointment, or decline a request.

    `reason` is kept for the practice, not mailed. `without_mail` as for booking; whoever asked for
    a request is mailed all the same that it is declined.
    """

    appointment_id: UUID
    reason: ShortText = ""
    without_mail: bool = False


LIST_CALENDAR = Method(
    SERVICE, "list_calendar", ListCalendar, Calendar, "A practitioner's appointments in a stretch."
)
LIST_CLIENT_APPOINTMENTS = Method(
    SERVICE,
    "list_client_appointments",
    ListClientAppointments,
    ClientAppointments,
    "The appointments of one client.",
)
LIST_CLIENT_TIMES = Method(
    SERVICE,
    "list_client_times",
    ListClientTimes,
    ClientTimes,
    "When some clients come next and came last.",
)
GET_APPOINTMENT = Method(
    SERVICE, "get_appointment", GetAppointment, AppointmentDetails, "One appointment's details."
)
BOOK_FOR_CLIENT = Method(
    SERVICE,
    "book_for_client",
    BookForClient,
    Booked,
    "Book for a client; Conflict slot_taken, or outside_rules with the rule at `starts_at` and all "
    "that it breaks at `breaks`: `despite` books it.",
    mutates=True,
)
MOVE_FOR_CLIENT = Method(
    SERVICE,
    "move_for_client",
    MoveForClient,
    Moved,
    "Move a client's appointment; Conflict slot_taken, or outside_rules as for booking.",
    mutates=True,
)
CANCEL_FOR_CLIENT = Method(
    SERVICE,
    "cancel_for_client",
    CancelForClient,
    Cancelled,
    "Cancel a client's appointment.",
    mutates=True,
)

LIST_MEETINGS = Method(
    SERVICE,
    "list_meetings",
    ListMeetings,
    Meetings,
    "Which clients of the practice meet, or met, which practitioners.",
)

METHODS = (
    LIST_CALENDAR,
    LIST_CLIENT_APPOINTMENTS,
    LIST_CLIENT_TIMES,
    LIST_MEETINGS,
    GET_APPOINTMENT,
    BOOK_FOR_CLIENT,
    MOVE_FOR_CLIENT,
    CANCEL_FOR_CLIENT,
)
