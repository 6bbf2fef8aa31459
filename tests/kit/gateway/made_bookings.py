"""Made-up services, appointments and sessions of a client, for tests that answer for scheduling."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from msgspec.structs import replace

from portal_chassis.ids import new_id
from portal_contracts.scheduling.rpc.appointments import (
    Allowance,
    AppointmentStatus,
    OfferedService,
    OwnSession,
    Place,
    PlaceKind,
    SessionStatus,
    UpcomingAppointment,
)
from portal_contracts.scheduling.rpc.booking import Hold, HoldState
from portal_contracts.scheduling.rpc.choosing import BrowsedTimes

STARTS_AT = datetime(2026, 12, 3, 9, 0, tzinfo=UTC)
LENGTH = timedelta(minutes=50)
SERVICE = OfferedService(
    id=new_id(),
    practitioner_id=new_id(),
    title="Individual session",
    description="",
    minutes=50,
    price="",
    place=Place(kind=PlaceKind.VIDEO, text=""),
    policy="",
    timezone="Europe/Berlin",
)


def upcoming(starts_at: datetime = STARTS_AT, **fields: Any) -> UpcomingAppointment:
    """An appointment of `SERVICE`, which may be cancelled and moved until it begins."""
    ends_at = starts_at + LENGTH
    whole: dict[str, Any] = {
        "id": new_id(),
        "service_id": SERVICE.id,
        "practitioner_id": SERVICE.practitioner_id,
        "title": SERVICE.title,
        "starts_at": starts_at,
        "ends_at": ends_at,
        "timezone": SERVICE.timezone,
        "status": AppointmentStatus.CONFIRMED,
        "place": SERVICE.place,
        "join_opens_at": starts_at - timedelta(minutes=10),
        "join_closes_at": ends_at + timedelta(minutes=30),
        "cancel": Allowance(until=starts_at),
        "move": Allowance(until=starts_at),
        "reason_asked": False,
        "policy": "",
        "note": "",
        "ics_sequence": 0,
    }
    return UpcomingAppointment(**(whole | fields))


def past(started_at: datetime = STARTS_AT - timedelta(days=21), **fields: Any) -> OwnSession:
    """A session that took place, without a summary."""
    whole: dict[str, Any] = {
        "id": new_id(),
        "practitioner_id": SERVICE.practitioner_id,
        "title": SERVICE.title,
        "started_at": started_at,
        "ended_at": started_at + LENGTH,
        "timezone": SERVICE.timezone,
        "status": SessionStatus.ATTENDED,
        "summary": None,
    }
    return OwnSession(**(whole | fields))


APPOINTMENT = upcoming()
SESSION = past()


def browsed(*starts: datetime, **more: Any) -> BrowsedTimes:
    """What a time of `SERVICE`, or of another given as ``service``, is chosen from."""
    first_on = (starts[0] if starts else STARTS_AT).date().replace(day=1)
    whole: dict[str, Any] = {
        "service": SERVICE,
        "timezone": "Europe/Berlin",
        "first_on": first_on,
        "starts": list(starts),
        "next_start": None,
        "soonest": list(starts[:3]),
        "usual": None,
        "last_bookable_on": None,
    }
    return BrowsedTimes(**(whole | more))


def hold(state: HoldState = HoldState.HELD, **service: Any) -> Hold:
    """A hold of `STARTS_AT`; `service` changes what is booked."""
    return Hold(
        id=new_id(),
        state=state,
        service=replace(SERVICE, **service),
        starts_at=STARTS_AT,
        ends_at=STARTS_AT + timedelta(minutes=50),
        expires_at=STARTS_AT - timedelta(days=2, minutes=-5),
    )
