"""Scenes of booking, appointments and sessions."""

from __future__ import annotations

import dataclasses
from datetime import UTC, date, datetime, timedelta
from typing import Any

import fixtures as made
import msgspec
from scene import Scene, done, home, portal

from gateway.portal.calendar_links import CalendarLinks
from gateway.portal.contact import people
from gateway.portal.month import Month
from gateway.portal.nearest_times import MissedTime
from gateway.portal.picker import TimeChoice
from gateway.portal.sessions import by_year
from gateway.web.portal_home import on_now
from gateway.words.markdown import render_markdown
from portal_contracts.actor import ActorKind, Role
from portal_contracts.identity_links.rpc.access import PractitionerCard, Practitioners
from portal_contracts.scheduling.rpc.appointments import (
    Allowance,
    AppointmentStatus,
    Closed,
    MoveUndo,
    OfferedService,
    Place,
    PlaceKind,
    SummaryHead,
    UpcomingAppointment,
)
from portal_contracts.scheduling.rpc.availability import Window
from portal_contracts.scheduling.rpc.booking import Hold, HoldState, OwnAppointments
from portal_contracts.scheduling.rpc.free_times import NearestFreeTimes
from portal_contracts.scheduling.rpc.offering import OfferedHours, OfferedServices
from portal_contracts.scheduling.rpc.overview import LatestSummary, PortalSchedule
from tests.kit.gateway.made_schedule import made_change

ZONES = ("Europe/Berlin", "Europe/London", "America/New_York", "America/St_Johns", "Asia/Tokyo")
NAMES = {made.number(2): "Dr. Miriam Rivera", made.number(3): "Jonas Feld"}
POLICY = (
    "You can cancel free of charge until 24 hours before.\n"
    "After that the session is charged in full, whatever the reason."
)
ADDRESS = Place(kind=PlaceKind.ADDRESS, text="Seestraße 14, 2nd floor, 10999 Berlin")
NOON = [Window(start="09:00", end="12:00"), Window(start="13:00", end="17:30")]
PEOPLE = people(
    Practitioners(
        items=[
            PractitionerCard(id=made.number(3), name="Jonas Feld", role=Role.PRACTITIONER),
            PractitionerCard(id=made.number(2), name="Dr. Miriam Rivera", role=Role.OWNER),
        ]
    ),
    OfferedServices(
        items=[],
        hours=[
            OfferedHours(
                practitioner_id=made.number(2),
                timezone="Europe/Berlin",
                weekly=[NOON, NOON, NOON, [], NOON[:1], [], []],
            )
        ],
    ),
)
VIDEO = Place(kind=PlaceKind.VIDEO, text="")


def service(key: int, title: str, **more: Any) -> OfferedService:
    fields = {
        "description": "",
        "minutes": 50,
        "price": "€ 95",
        "place": VIDEO,
        "policy": "",
        "timezone": "Europe/Berlin",
        "practitioner_id": made.number(2),
    }
    return OfferedService(id=made.number(key), title=title, **(fields | more))


SESSION = service(
    90,
    "Individual session",
    description="Fifty minutes for what is on your mind.\nBy video, from wherever you are.",
)
FIRST_TALK = service(
    91, "First talk", minutes=20, price="free of charge", practitioner_id=made.number(3)
)
COUPLES = service(92, "Couples session at the practice", minutes=90, place=ADDRESS, policy=POLICY)


def at(day: int, hour: int, minute: int = 0, month: int = 12) -> datetime:
    return datetime(2027 if month == 1 else 2026, month, day, hour, minute, tzinfo=UTC)


STARTS = [
    *(at(day, hour) for day in (3, 4, 8, 10, 11, 15, 17, 18) for hour in (8, 9, 13)),
    *(at(9, hour, minute) for hour in (7, 8, 11, 12, 15, 16, 17) for minute in (0, 30)),
]


def choice(selected: date | None, zone: str = "Europe/Berlin", **more: Any) -> TimeChoice:
    path = more.get("path", f"/book/{made.number(90)}")
    starts = sorted(more.get("starts", STARTS))
    month = Month(
        path=path,
        first_on=date(2026, 12, 1),
        today=made.NOW.date(),
        zone=zone,
        chosen_zone=more.get("chosen_zone"),
        starts=starts,
        next_start=more.get("next_start"),
        earliest_on=made.NOW.date(),
        last_bookable_on=date(2027, 1, 31),
        selected=selected,
    )
    return TimeChoice(
        service=more.get("service", SESSION),
        month=month,
        soonest=starts[:3],
        usual=more.get("usual"),
        own_zone="Europe/Berlin",
        zone_fixed=more.get("fixed", False),
        has_others=True,
    )


def booking(name: str, chosen: TimeChoice) -> Scene:
    path = chosen.month.path
    return portal(
        name,
        path,
        template="booking",
        choice=chosen,
        names=NAMES,
        zones=ZONES,
        action=f"{path}/hold",
    )


ON_REQUEST = msgspec.structs.replace(COUPLES, on_request=True, answer_hours=48)
APPOINTMENT = msgspec.structs.replace(made.SCHEDULE.upcoming[0], note="I may be five minutes late.")
SOON = msgspec.structs.replace(
    APPOINTMENT,
    starts_at=made.ahead(minutes=40),
    ends_at=made.ahead(minutes=90),
    join_opens_at=made.ahead(minutes=30),
    join_closes_at=made.ahead(minutes=120),
    move=Allowance(closed=Closed.NOTICE),
    cancel=Allowance(late=True),
)
OPEN = msgspec.structs.replace(
    SOON,
    starts_at=made.ahead(minutes=5),
    ends_at=made.ahead(minutes=55),
    join_opens_at=made.ago(minutes=5),
    move=Allowance(closed=Closed.NOTICE),
    cancel=Allowance(closed=Closed.NOTICE),
)
IN_PERSON = msgspec.structs.replace(
    APPOINTMENT,
    id=made.number(104),
    title="Couples session at the practice",
    place=ADDRESS,
    move=Allowance(until=made.ahead(hours=20)),
    cancel=Allowance(until=made.ahead(hours=20)),
    reason_asked=True,
    policy=POLICY,
)
SOON_ON = msgspec.structs.replace(
    SOON,
    starts_at=made.ahead(minutes=18),
    ends_at=made.ahead(minutes=68),
    join_opens_at=made.ahead(minutes=8),
)
ENDING = msgspec.structs.replace(
    OPEN,
    id=made.number(105),
    starts_at=made.ago(minutes=45),
    ends_at=made.ahead(minutes=5),
    join_opens_at=made.ago(minutes=55),
)
MISSING = msgspec.structs.replace(SOON_ON, id=made.number(106), meeting_missing=True)
CANCELLED = msgspec.structs.replace(made.SCHEDULE.upcoming[1], status=AppointmentStatus.CANCELLED)
REQUESTED = msgspec.structs.replace(
    IN_PERSON,
    id=made.number(108),
    status=AppointmentStatus.REQUESTED,
    answer_by=made.ahead(hours=30),
    move=Allowance(closed=Closed.REQUESTED),
)
DECLINED = msgspec.structs.replace(
    REQUESTED,
    status=AppointmentStatus.DECLINED,
    answer_by=None,
    answer="I am away that week, sorry. How about the Tuesday after, at the same time?",
    changes=[
        made_change("declined", made.ago(hours=1), at(3, 9), made.number(2)),
        made_change("requested", made.ago(hours=9), at(3, 9), ActorKind.CLIENT),
    ],
)
MOVED = msgspec.structs.replace(
    IN_PERSON, undo=MoveUndo(starts_at=at(2, 9), until=made.ahead(minutes=4))
)
AT_THE_PRACTICE = msgspec.structs.replace(
    SOON_ON, id=made.number(107), title=IN_PERSON.title, place=ADDRESS
)
PAST = msgspec.structs.replace(
    APPOINTMENT,
    starts_at=made.ago(days=3),
    ends_at=made.ago(days=3, minutes=-50),
    join_opens_at=made.ago(days=4),
    join_closes_at=made.ago(days=2),
    note="",
)
IN_PERSON = msgspec.structs.replace(
    IN_PERSON,
    changes=[
        made_change("moved", made.ago(days=1), at(3, 9), made.number(2), previous=at(2, 9)),
        made_change("moved", made.ago(days=2), at(2, 9), ActorKind.CLIENT, previous=at(1, 9)),
        made_change("booked", made.ago(days=6), at(1, 9), made.number(3), by_program=True),
    ],
)
CALENDAR = CalendarLinks(
    "https://calendar.google.com/calendar/render?action=TEMPLATE",
    "https://outlook.live.com/calendar/0/deeplink/compose?rru=addevent",
)
OWN = OwnAppointments(
    upcoming=[SOON, REQUESTED, *made.SCHEDULE.upcoming[2:]],
    cancelled=[msgspec.structs.replace(CANCELLED, id=made.number(109))],
)


def appointment(name: str, which: Any, **more: Any) -> Scene:
    context = {"booked": False, "forms": None, "calendar": CALENDAR, "names": NAMES} | more
    context["current"] = on_now([which], made.NOW)
    path = f"/appointments/{which.id}"
    return portal(name, path, template="appointment", appointment=which, **context)


def hold(name: str, of: OfferedService, **more: Any) -> Scene:
    held = Hold(
        id=made.number(95),
        state=HoldState.HELD,
        service=of,
        starts_at=at(3, 9),
        ends_at=at(3, 9) + timedelta(minutes=of.minutes),
        expires_at=made.ahead(minutes=5),
        policy_accepted_at=more.pop("accepted_at", None),
        answer_by=made.ahead(hours=of.answer_hours) if of.answer_hours else None,
    )
    context = {"zone": "Europe/Berlin", "chosen_zone": None, "note": "", "accepted": False}
    context |= {"errors": {}, "names": NAMES} | more
    return portal(name, f"/book/hold/{held.id}", template="hold", hold=held, **context)


def nearest(name: str, missed: MissedTime, starts: list[datetime] | None, **more: Any) -> Scene:
    found = None if starts is None else NearestFreeTimes(starts=starts, timezone="Europe/Berlin")
    path = f"/book/{missed.service_id}"
    context = {"action": f"{path}/hold", "all_times": f"{path}?month=2026-12&day=2026-12-03#times"}
    context |= {"others": [one for one in starts or () if one != missed.starts_at]}
    context |= {"still_free": missed.starts_at in (starts or ()), "errors": {}} | more
    return portal(name, path, template="nearest", missed=missed, nearest=found, **context)


TAKEN = MissedTime(
    "slot_taken",
    made.number(90),
    at(3, 9),
    "America/New_York",
    note="It is about my sleep again.\nNothing urgent.",
)
SHARED = SummaryHead(shared_at=made.ago(days=5), read_at=None)
READ = SummaryHead(shared_at=made.ago(days=12), read_at=made.ago(days=11))
SESSIONS = [
    msgspec.structs.replace(made.SCHEDULE.past[0], summary=SHARED),
    made.SCHEDULE.past[1],
    msgspec.structs.replace(made.SCHEDULE.past[2], summary=READ),
    made.SCHEDULE.past[3],
]
SUMMARY = render_markdown(
    """We talked about **sleep** and the two weeks since the new job began.

## What helps
1. A walk before dinner, *without* the phone
2. The [breathing exercise](https://example.org/breathe) when it gets loud

### Until next time
- Write down three evenings
- Call Mara

> It does not have to be perfect to count.
"""
)
BOOKABLE = msgspec.structs.replace(
    made.SCHEDULE,
    upcoming=[SOON, *made.SCHEDULE.upcoming[1:]],
    past=SESSIONS,
    can_book=True,
    latest_summary=LatestSummary(
        session=SESSIONS[0],
        beginning="We talked about sleep and the two weeks since the new job began. A walk before "
        "dinner, without the phone, and the breathing exercise when it gets loud. Until next "
        "time: write down three evenings, and call Mara on Thursday before the weekend begins.",
    ),
)


def with_upcoming(*appointments: UpcomingAppointment) -> PortalSchedule:
    return msgspec.structs.replace(BOOKABLE, upcoming=list(appointments))


SCENES: list[Scene] = [
    home("home-whole", BOOKABLE),
    home("home-now", with_upcoming(SOON_ON, *made.SCHEDULE.upcoming[1:])),
    home("home-now-two", with_upcoming(ENDING, OPEN, *made.SCHEDULE.upcoming[1:])),
    home("home-now-in-person", with_upcoming(AT_THE_PRACTICE, MISSING)),
    portal(
        "booking-offer",
        "/book",
        template="book",
        offered=[SESSION, FIRST_TALK, COUPLES],
        names=NAMES,
    ),
    portal("booking-offer-none", "/book", template="book", offered=[], names={}),
    booking("booking", choice(date(2026, 12, 3))),
    booking(
        "booking-usual",
        choice(date(2026, 12, 3), usual=at(10, 9)),
    ),
    booking("booking-many", choice(date(2026, 12, 9))),
    booking(
        "booking-far-away",
        choice(date(2026, 12, 3), "America/New_York", chosen_zone="America/New_York"),
    ),
    booking("booking-in-person", choice(date(2026, 12, 8), service=COUPLES, fixed=True)),
    booking("booking-empty", choice(None, starts=[], next_start=at(5, 9, month=1))),
    booking("booking-nothing", choice(None, starts=[])),
    portal("booking-limit", "/book", template="booking_limit", limit="open"),
    hold("booking-hold", SESSION),
    hold(
        "booking-hold-request", msgspec.structs.replace(COUPLES, on_request=True, answer_hours=48)
    ),
    hold("booking-hold-again", COUPLES, accepted_at=made.ago(days=30)),
    hold(
        "booking-hold-wrong",
        COUPLES,
        note="We would like to talk about the move.",
        errors={"policy_accepted": "policy_not_accepted"},
    ),
    nearest("booking-taken", TAKEN, [at(3, 8), at(3, 13), at(4, 8), at(4, 9)]),
    nearest(
        "booking-another-day",
        dataclasses.replace(TAKEN, code="another", day="2026-12-03"),
        [at(3, 8), at(3, 13)],
    ),
    nearest(
        "booking-hold-expired",
        MissedTime("hold_expired", made.number(90), at(3, 9), "Europe/Berlin"),
        None,
    ),
    nearest(
        "booking-hold-expired-free",
        MissedTime("hold_expired", made.number(90), at(3, 9), "Europe/Berlin"),
        [at(3, 9), at(3, 13), at(4, 8), at(4, 9)],
    ),
    portal("appointments", "/appointments", own=OWN, names=NAMES, current=[], can_book=True),
    portal(
        "appointments-none",
        "/appointments",
        template="appointments",
        own=OwnAppointments(upcoming=[], cancelled=[]),
        names=NAMES,
        current=[],
        can_book=False,
    ),
    portal(
        "appointments-now",
        "/appointments",
        template="appointments",
        own=OwnAppointments(upcoming=[OPEN, IN_PERSON], cancelled=[]),
        names=NAMES,
        current=[OPEN],
        can_book=True,
    ),
    portal(
        "appointments-down",
        "/appointments",
        template="appointments",
        own=None,
        names=NAMES,
        current=[],
        can_book=False,
    ),
    appointment("appointment-requested", REQUESTED, booked=True),
    appointment("appointment-declined", DECLINED),
    appointment(
        "appointment", MOVED, flash=done("The appointment is moved. The new time is below.")
    ),
    appointment("appointment-booked", APPOINTMENT, booked=True, forms=made.FORMS),
    appointment("appointment-soon", SOON),
    appointment("appointment-open", OPEN),
    appointment("appointment-cancelled", CANCELLED),
    appointment("appointment-past", PAST),
    portal(
        "appointment-move",
        f"/appointments/{APPOINTMENT.id}/move",
        template="move",
        appointment=APPOINTMENT,
        choice=choice(
            date(2026, 12, 9), path=f"/appointments/{APPOINTMENT.id}/move", usual=at(10, 9)
        ),
        names=NAMES,
        zones=ZONES,
        action=f"/appointments/{APPOINTMENT.id}/move",
    ),
    portal(
        "appointment-move-review",
        f"/appointments/{APPOINTMENT.id}/move",
        template="move_review",
        appointment=APPOINTMENT,
        starts_at=at(9, 9),
        ends_at=at(9, 9) + timedelta(minutes=50),
        zone="Europe/Berlin",
        chosen_zone=None,
        all_times=f"/appointments/{APPOINTMENT.id}/move?month=2026-12&day=2026-12-09#times",
    ),
    portal(
        "appointment-move-closed",
        f"/appointments/{SOON.id}/move",
        template="move",
        appointment=SOON,
        choice=None,
        names=NAMES,
        zones=ZONES,
        action="",
    ),
    nearest(
        "appointment-move-taken",
        MissedTime(
            "not_offered", made.number(90), at(4, 9), "Europe/Berlin", moving=APPOINTMENT.id
        ),
        [at(4, 8), at(8, 8), at(8, 9), at(8, 13)],
        appointment=APPOINTMENT,
        action=f"/appointments/{APPOINTMENT.id}/move",
        all_times=f"/appointments/{APPOINTMENT.id}/move",
    ),
    *(
        portal(
            f"appointment-cancel{name}",
            f"/appointments/{which.id}/cancel",
            template="cancel",
            appointment=which,
            names=NAMES,
            reason="",
            errors={},
        )
        for name, which in (
            ("", IN_PERSON),
            ("-late", SOON),
            ("-closed", OPEN),
            ("-request", REQUESTED),
        )
    ),
    portal(
        "sessions",
        "/sessions",
        years=by_year(SESSIONS, "Europe/Berlin"),
        next_cursor="Mg",
        cursor=None,
    ),
    portal(
        "sessions-none", "/sessions", template="sessions", years=[], next_cursor=None, cursor=None
    ),
    portal(
        "sessions-down", "/sessions", template="sessions", years=None, next_cursor=None, cursor=None
    ),
    portal(
        "session", f"/sessions/{SESSIONS[0].id}", session=SESSIONS[0], summary=SUMMARY, names=NAMES
    ),
    portal(
        "session-bare",
        f"/sessions/{SESSIONS[1].id}",
        template="session",
        session=SESSIONS[1],
        summary=None,
        names={},
    ),
]
