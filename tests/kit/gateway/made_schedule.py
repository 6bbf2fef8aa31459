"""Made-up things of scheduling, as its contract has them, for tests and scenes."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from portal_chassis.ids import new_id
from portal_contracts.actor import Actor, ActorKind
from portal_contracts.scheduling.rpc.appointments import (
    AppointmentChange,
    AppointmentStatus,
    ChangeKind,
    OfferedService,
    Place,
    PlaceKind,
    RepeatUnit,
    SeriesHead,
    SessionStatus,
)
from portal_contracts.scheduling.rpc.availability import Availability, Window
from portal_contracts.scheduling.rpc.booking import Cancelled
from portal_contracts.scheduling.rpc.calendar import (
    AppointmentDetails,
    CalendarEntry,
    CancelForClient,
    ClientAppointments,
)
from portal_contracts.scheduling.rpc.services import BookableService, ServiceFields
from portal_contracts.scheduling.rpc.sessions import SessionRow

STARTS_AT = datetime(2026, 12, 3, 9, 0, tzinfo=UTC)
LENGTH = timedelta(minutes=50)
ZONE = "Europe/Berlin"
TITLE = "Individual session"
MEETING = "https://meet.example.org/rivera-4711"


def made_service(**fields: Any) -> BookableService:
    """A bookable service; keywords are its own or those of its fields."""
    own: dict[str, Any] = {"id": new_id(), "version": 3, "practitioner_id": new_id()}
    own |= {
        name: fields.pop(name)
        for name in ("id", "version", "practitioner_id", "archived")
        if name in fields
    }
    whole: dict[str, Any] = {"title": TITLE, "place": MEETING, "self_scheduling": True} | fields
    return BookableService(
        **({"archived": False} | own),
        fields=ServiceFields(**whole),
    )


def made_offer(service: BookableService) -> OfferedService:
    """The same service as it is offered."""
    return OfferedService(
        id=service.id,
        practitioner_id=service.practitioner_id,
        title=service.fields.title,
        description=service.fields.description,
        minutes=service.fields.minutes,
        price=service.fields.price,
        place=Place(kind=service.fields.place_kind, text=""),
        policy=service.fields.policy,
        timezone=ZONE,
    )


def made_entry(starts_at: datetime = STARTS_AT, **fields: Any) -> CalendarEntry:
    """An appointment in the calendar."""
    whole: dict[str, Any] = {
        "id": new_id(),
        "client_id": new_id(),
        "service_id": new_id(),
        "title": TITLE,
        "starts_at": starts_at,
        "ends_at": starts_at + LENGTH,
        "timezone": ZONE,
        "status": AppointmentStatus.CONFIRMED,
        "place_kind": PlaceKind.VIDEO,
    }
    return CalendarEntry(**(whole | fields))


def serve_appointments(answers: dict[str, Any]) -> list[CalendarEntry]:
    """Answer with two appointments to come of whichever client; a cancelled one leaves the list."""
    entries = [made_entry(STARTS_AT + timedelta(days=days)) for days in (0, 7)]

    def cancel(command: CancelForClient, _actor: Actor) -> Cancelled:
        entries[:] = [one for one in entries if one.id != command.appointment_id]
        return Cancelled(appointment_id=command.appointment_id, late=False)

    answers["scheduling.list_client_appointments"] = lambda *_: ClientAppointments(
        items=list(entries)
    )
    answers["scheduling.cancel_for_client"] = cancel
    return entries


def made_appointment(starts_at: datetime = STARTS_AT, **fields: Any) -> AppointmentDetails:
    """All of an appointment."""
    whole: dict[str, Any] = {
        "id": new_id(),
        "client_id": new_id(),
        "service_id": new_id(),
        "practitioner_id": new_id(),
        "title": TITLE,
        "starts_at": starts_at,
        "ends_at": starts_at + LENGTH,
        "timezone": ZONE,
        "status": AppointmentStatus.CONFIRMED,
        "place": Place(kind=PlaceKind.VIDEO, text=MEETING),
        "moves": 0,
        "created_at": starts_at - timedelta(days=9),
        "cancelled_at": None,
        "cancelled_late": False,
        "note": "",
        "cancel_reason": "",
    }
    return AppointmentDetails(**(whole | fields))


def made_series(**fields: Any) -> SeriesHead:
    """Every Thursday at ten, for half a year from `STARTS_AT`."""
    usual: dict[str, Any] = {
        "id": new_id(),
        "unit": RepeatUnit.WEEKLY,
        "every": 1,
        "weekday": 3,
        "week_of_month": None,
        "clock": "10:00",
        "timezone": ZONE,
        "last_on": date(2027, 6, 3),
    }
    return SeriesHead(**(usual | fields))


def made_change(
    kind: str,
    at: datetime,
    starts_at: datetime,
    by: ActorKind | UUID | None,
    *,
    previous: datetime | None = None,
    **fields: Any,
) -> AppointmentChange:
    """What became of an appointment, by a practitioner, a client, a service, or nobody known."""
    return AppointmentChange(
        kind=ChangeKind(kind),
        at=at,
        by=ActorKind.PRACTITIONER if isinstance(by, UUID) else by,
        practitioner_id=by if isinstance(by, UUID) else None,
        starts_at=starts_at,
        previous_starts_at=previous,
        **fields,
    )


def made_session(started_at: datetime = STARTS_AT, **fields: Any) -> SessionRow:
    """A past session."""
    whole: dict[str, Any] = {
        "id": new_id(),
        "client_id": new_id(),
        "practitioner_id": new_id(),
        "title": TITLE,
        "started_at": started_at,
        "ended_at": started_at + LENGTH,
        "timezone": ZONE,
        "status": SessionStatus.ATTENDED,
        "had_appointment": True,
        "summary": None,
    }
    return SessionRow(**(whole | fields))


def made_hours(**fields: Any) -> Availability:
    """Nine to five on weekdays, with an hour for lunch."""
    day = [Window(start="09:00", end="12:00"), Window(start="13:00", end="17:00")]
    weekly = [*([day] * 5), [], []]
    return Availability(**({"timezone": ZONE, "weekly": weekly} | fields))
