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
from portal_contracts.scheduling.rpc.booking import FreeTimes, Hold, HoldState

STARTS_AT = datetime(2026, 12, 3, 9, 0, tzinfo=UTC)
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
APPOINTMENT = UpcomingAppointment(
    id=new_id(),
    service_id=SERVICE.id,
    practitioner_id=SERVICE.practitioner_id,
    title="Individual session",
    starts_at=STARTS_AT,
    ends_at=STARTS_AT + timedelta(minutes=50),
    timezone="Europe/Berlin",
    status=AppointmentStatus.CONFIRMED,
    place=SERVICE.place,
    join_opens_at=STARTS_AT - timedelta(minutes=10),
    join_closes_at=STARTS_AT + timedelta(minutes=80),
    cancel=Allowance(),
    move=Allowance(),
    reason_asked=False,
    policy="",
    note="",
    ics_sequence=0,
)
SESSION = OwnSession(
    id=new_id(),
    practitioner_id=SERVICE.practitioner_id,
    title="Individual session",
    started_at=STARTS_AT - timedelta(days=21),
    ended_at=STARTS_AT - timedelta(days=21) + timedelta(minutes=50),
    timezone="Europe/Berlin",
    status=SessionStatus.ATTENDED,
    summary=None,
)


def free(*starts: datetime, **more: Any) -> FreeTimes:
    """Free times of `SERVICE`, or of another given as ``service``."""
    return FreeTimes(
        service=more.get("service", SERVICE),
        starts=list(starts),
        next_start=more.get("next_start"),
        last_bookable_on=more.get("last_bookable_on"),
    )


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
