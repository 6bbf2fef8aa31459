"""Operations on bookable services, a practitioner's availability, and appointments."""

from __future__ import annotations

from typing import Final

from gateway.api.changing import Changing
from gateway.api.headings import Heading
from gateway.api.operation import Operation
from gateway.web.routing import Owner
from portal_contracts.permissions import Permission
from portal_contracts.scheduling.rpc import (
    availability,
    busy_calendars,
    calendar,
    free_times,
    holidays,
    series,
    services,
    stranded,
)
from portal_contracts.scheduling.rpc.appointments import LONGEST_RANGE_DAYS

_SERVICES: Final = Heading("Bookable services", Owner.PRACTITIONER)
_AVAILABILITY: Final = Heading("Availability", Owner.PRACTITIONER)
_APPOINTMENTS: Final = Heading("Appointments", Owner.PRACTITIONER)
_SERVICE: Final = "/services/{service_id}"
_BUSY_CALENDAR: Final = "/busy-calendars/{busy_calendar_id}"
_APPOINTMENT: Final = "/appointments/{appointment_id}"
_OF_CLIENT: Final = "/clients/{client_id}/appointments"

_SERVICE_OPERATIONS: Final = (
    _SERVICES.call(
        "GET /services",
        services.LIST_SERVICES,
        "A practitioner's bookable services.",
        Permission.APPOINTMENTS_READ,
    ),
    _SERVICES.call(
        "POST /services",
        services.ADD_SERVICE,
        "Add a bookable service.",
        Permission.SERVICES_WRITE,
        body="fields",
        etag="version",
        created="/services/{service_id}",
    ),
    _SERVICES.call(
        f"GET {_SERVICE}",
        services.GET_SERVICE,
        "One bookable service.",
        Permission.APPOINTMENTS_READ,
        etag="version",
    ),
    *_SERVICES.changes(
        _SERVICE,
        Changing(
            ids=("service_id",),
            read=services.GET_SERVICE,
            edit=services.EDIT_SERVICE,
            body="fields",
            states=(services.ARCHIVE_SERVICE,),
            later=frozenset(
                {"answer_hours", "colour", "form_template_ids", "on_request"}
                | {"usual_time", "weekly"}
            ),
        ),
        "Change a bookable service.",
        Permission.SERVICES_WRITE,
        name="service",
        note="What is booked stays as it is. Archived, it is offered to nobody.",
    ),
    _SERVICES.call(
        f"POST {_SERVICE}/copy",
        services.COPY_SERVICE,
        "Copy a bookable service, with self-scheduling off.",
        Permission.SERVICES_WRITE,
        note="One that has forms sent is copied by who may send forms.",
        etag="version",
        created="/services/{service_id}",
    ),
)

_AVAILABILITY_OPERATIONS: Final = (
    _AVAILABILITY.call(
        "GET /availability",
        availability.GET_AVAILABILITY,
        "When a practitioner works.",
        Permission.APPOINTMENTS_READ,
        etag="version",
        note='The ETag is `"0"` before anything was saved.',
    ),
    *_AVAILABILITY.changes(
        "/availability",
        Changing(
            ids=(),
            read=availability.GET_AVAILABILITY,
            edit=availability.SAVE_AVAILABILITY,
            body="availability",
            later=frozenset({"holidays"}),
        ),
        "Change when a practitioner works.",
        Permission.AVAILABILITY_WRITE,
        name="availability",
        note="Booked times stay, also outside of the new hours, unless `unless_stranded` asks for "
        "a refusal. `POST /availability/stranded` tells of them before.",
    ),
    _AVAILABILITY.call(
        "POST /availability/stranded",
        stranded.LIST_STRANDED,
        "Booked times that would lie outside of hours that are not saved yet.",
        Permission.APPOINTMENTS_READ,
        note="Nothing is saved. With `unless_stranded` a change is refused where there are some.",
    ),
    _AVAILABILITY.call(
        f"POST {_SERVICE}/stranded",
        stranded.LIST_STRANDED_BY_SERVICE,
        "Booked times that would lie outside of a service's own hours that are not saved yet.",
        Permission.APPOINTMENTS_READ,
    ),
    _AVAILABILITY.call(
        "GET /holidays",
        holidays.LIST_HOLIDAYS,
        "Public holidays of a country or a region, and where they are known.",
        Permission.APPOINTMENTS_READ,
    ),
    _AVAILABILITY.call(
        f"POST {_SERVICE}/preview",
        availability.PREVIEW_TIMES,
        "The next times clients would be offered, by hours that may not be saved yet.",
        Permission.APPOINTMENTS_READ,
    ),
    _AVAILABILITY.call(
        "GET /explain",
        availability.EXPLAIN_TIME,
        "Why a time is not offered to clients, or to one of them.",
        Permission.APPOINTMENTS_READ,
    ),
    _AVAILABILITY.call(
        "GET /free-times",
        free_times.LIST_FREE_TIMES,
        f"Free times of a service in a range of at most {LONGEST_RANGE_DAYS} days.",
        Permission.APPOINTMENTS_READ,
        note="Each of `starts` is booked as it is. `despite` lists the other free starts, each "
        "with the rules for clients that it breaks: they are booked with `despite`.",
    ),
    _AVAILABILITY.call(
        "GET /nearest-times",
        free_times.NEAREST_TIMES,
        "The free times nearest to one, for booking as they are.",
        Permission.APPOINTMENTS_READ,
    ),
)

_BUSY_CALENDAR_OPERATIONS: Final = (
    _AVAILABILITY.call(
        "GET /busy-calendars",
        busy_calendars.LIST_BUSY_CALENDARS,
        "A practitioner's calendars that are kept elsewhere, and how reading them goes.",
        Permission.AVAILABILITY_WRITE,
    ),
    _AVAILABILITY.call(
        f"GET {_BUSY_CALENDAR}",
        busy_calendars.GET_BUSY_CALENDAR,
        "One calendar that is kept elsewhere, and how reading it goes.",
        Permission.AVAILABILITY_WRITE,
    ),
    _AVAILABILITY.call(
        "POST /busy-calendars",
        busy_calendars.ADD_BUSY_CALENDAR,
        "Have a calendar read that is kept elsewhere, by its ICS address.",
        Permission.AVAILABILITY_WRITE,
        note="It is read within seconds; its `state` tells what came of it. The same address "
        "again is the same calendar.",
        created=_BUSY_CALENDAR,
    ),
    _AVAILABILITY.call(
        f"POST {_BUSY_CALENDAR}/fetch",
        busy_calendars.FETCH_BUSY_CALENDAR,
        "Read a calendar within seconds, not waiting for its ten minutes.",
        Permission.AVAILABILITY_WRITE,
    ),
    _AVAILABILITY.call(
        f"DELETE {_BUSY_CALENDAR}",
        busy_calendars.REMOVE_BUSY_CALENDAR,
        "Read a calendar no more, and forget its address and what it said.",
        Permission.AVAILABILITY_WRITE,
    ),
)

_APPOINTMENT_OPERATIONS: Final = (
    _APPOINTMENTS.call(
        "GET /calendar",
        calendar.LIST_CALENDAR,
        f"A practitioner's appointments in a stretch of at most {LONGEST_RANGE_DAYS} days.",
        Permission.APPOINTMENTS_READ,
    ),
    _APPOINTMENTS.call(
        f"GET {_OF_CLIENT}",
        calendar.LIST_CLIENT_APPOINTMENTS,
        "The appointments of one client.",
        Permission.APPOINTMENTS_READ,
    ),
    _APPOINTMENTS.call(
        f"POST {_OF_CLIENT}",
        calendar.BOOK_FOR_CLIENT,
        "Book a time for a client, never over another appointment.",
        Permission.APPOINTMENTS_WRITE,
        created="/appointments/{appointment_id}",
    ),
    _APPOINTMENTS.call(
        f"GET {_APPOINTMENT}",
        calendar.GET_APPOINTMENT,
        "One appointment's details.",
        Permission.APPOINTMENTS_READ,
    ),
    _APPOINTMENTS.call(
        f"POST {_APPOINTMENT}/move",
        calendar.MOVE_FOR_CLIENT,
        "Move a client's appointment; else the old time stands.",
        Permission.APPOINTMENTS_WRITE,
    ),
    _APPOINTMENTS.call(
        f"POST {_APPOINTMENT}/cancel",
        calendar.CANCEL_FOR_CLIENT,
        "Cancel a client's appointment, or decline a request.",
        Permission.APPOINTMENTS_WRITE,
    ),
)

_SERIES_OPERATIONS: Final = (
    _APPOINTMENTS.call(
        "POST /clients/{client_id}/series/review",
        series.REVIEW_SERIES,
        "Which occurrences of a series would fit, and the nearest free time for each other one.",
        Permission.APPOINTMENTS_WRITE,
        also=(409,),
        note="What it lists as `free` is booked as it is. Every other slot needs a choice.",
    ),
    _APPOINTMENTS.call(
        "POST /clients/{client_id}/series",
        series.BOOK_SERIES,
        "Book appointments that repeat, all of them or none.",
        Permission.APPOINTMENTS_WRITE,
        created="",
    ),
    _APPOINTMENTS.call(
        f"GET {_APPOINTMENT}/series",
        series.GET_SERIES,
        "The series of an appointment, and its appointments to come.",
        Permission.APPOINTMENTS_READ,
    ),
    _APPOINTMENTS.call(
        f"POST {_APPOINTMENT}/series/review",
        series.REVIEW_SERIES_MOVE,
        "Where the occurrences of a series would be after a move, and which would fit.",
        Permission.APPOINTMENTS_WRITE,
        also=(409,),
    ),
    _APPOINTMENTS.call(
        f"POST {_APPOINTMENT}/series/move",
        series.MOVE_SERIES,
        "Move an appointment of a series and those after it, or all to come; all or none.",
        Permission.APPOINTMENTS_WRITE,
    ),
    _APPOINTMENTS.call(
        f"POST {_APPOINTMENT}/series/cancel",
        series.CANCEL_SERIES,
        "Cancel an appointment of a series and those after it, or all to come.",
        Permission.APPOINTMENTS_WRITE,
    ),
)

OPERATIONS: Final[tuple[Operation, ...]] = (
    *_SERVICE_OPERATIONS,
    *_AVAILABILITY_OPERATIONS,
    *_BUSY_CALENDAR_OPERATIONS,
    *_APPOINTMENT_OPERATIONS,
    *_SERIES_OPERATIONS,
)
