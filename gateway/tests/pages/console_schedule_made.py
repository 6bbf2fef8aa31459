"""What the scenes of calendar, services, hours and sessions show."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import cycle

import fixtures as made
import msgspec

from gateway.console.alerts import Alerts
from gateway.console.chosen_practitioner import ChosenPractitioner
from gateway.console.clients.client_choice import ClientChoice, ClientOption
from gateway.console.schedule import availability_fields
from gateway.console.schedule.booking_draft import BookingDraft, DayOfTimes
from gateway.console.schedule.calendar import Grid, lay_out
from gateway.console.schedule.calendar_address import CalendarAddress
from gateway.console.schedule.holidays import HolidayList
from gateway.console.schedule.stranded import StrandedRows
from gateway.console.schedule.time_choice import TimeChoice
from portal_contracts.actor import ActorKind, Role
from portal_contracts.forms.rpc.questions import RequestState
from portal_contracts.forms.rpc.requests import RequestPage, RequestRow
from portal_contracts.identity_links.rpc.access import PractitionerCard
from portal_contracts.scheduling.rpc.appointments import (
    AppointmentStatus,
    Place,
    PlaceKind,
    RepeatUnit,
    SeriesHead,
    SessionStatus,
)
from portal_contracts.scheduling.rpc.availability import (
    Holidays,
    Override,
    TimeOff,
    Times,
    WhyNot,
    Window,
)
from portal_contracts.scheduling.rpc.busy_calendars import (
    BusyCalendar,
    BusyCalendarState,
    BusyFailure,
)
from portal_contracts.scheduling.rpc.calendar import (
    Calendar,
    ClientAppointments,
    SessionHead,
    Stretch,
)
from portal_contracts.scheduling.rpc.free_times import FreeTimes, StartDespite
from portal_contracts.scheduling.rpc.holidays import PublicHoliday
from portal_contracts.scheduling.rpc.notes import NoteVersion, PrivateNote
from portal_contracts.scheduling.rpc.requests import RequestedAppointments
from portal_contracts.scheduling.rpc.series import SeriesReview, SeriesSlot, SlotState
from portal_contracts.scheduling.rpc.services import BookableService, OpenTo, ServiceColour
from portal_contracts.scheduling.rpc.sessions import (
    ClientSessions,
    SessionRow,
    SummaryDraft,
    SummaryState,
    SummaryVersion,
)
from portal_contracts.scheduling.rpc.stranded import StrandedAppointments
from tests.kit.gateway.made_schedule import (
    ZONE,
    made_appointment,
    made_change,
    made_entry,
    made_hours,
    made_offer,
    made_service,
    made_session,
)

MONDAY = date(2026, 11, 30)
TODAY = made.NOW.date()
TEXT = """## What we talked about

The weeks before the exam, and how *sleep* suffers from them.

- Going to bed at the same time, **also on Saturday**
- Ten minutes of breathing before the phone

> One step is enough for this week.

See <script>you</script> on Thursday.
"""


def at(day: int, hour: int, minute: int = 0, month: int = 12) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=UTC)


def card(key: int, name: str) -> PractitionerCard:
    return PractitionerCard(id=made.number(key), name=name, role=Role.PRACTITIONER)


OWN = ChosenPractitioner(made.number(2), "Dr. Miriam Rivera", own=True, people=[])
CHOICE = ChosenPractitioner(
    made.number(3),
    "Jonas Feld",
    own=False,
    people=[card(2, "Dr. Miriam Rivera"), card(3, "Jonas Feld")],
)
SERVICES: list[BookableService] = [
    made_service(
        id=made.number(200), practitioner_id=made.number(2), title="Couples session", minutes=90,
        price="180 €", place_kind=PlaceKind.ADDRESS, place="Seestraße 12, Berlin",
        self_scheduling=False,
    ),
    made_service(id=made.number(201), practitioner_id=made.number(2), title="First talk",
                 minutes=30, price="free of charge", place_kind=PlaceKind.PHONE),
    made_service(id=made.number(202), practitioner_id=made.number(2), price="110 €",
                 open_to=OpenTo.CHOSEN, place="",
                 chosen_client_ids=[made.number(10), made.number(13)], max_per_day=4,
                 policy="A session missed without notice is charged in full."),
]  # fmt: skip
ARCHIVED = [
    made_service(id=made.number(203), title="Group for beginners", minutes=75, archived=True)
]


def _entry(key: int, client: int, starts_at: datetime, title: str = "Individual session", **more):
    return made_entry(
        starts_at, id=made.number(key), client_id=made.number(client), title=title, **more
    )


ENTRIES = [
    _entry(210, 11, at(30, 9, month=11)),
    _entry(211, 12, at(30, 13, 30, month=11), status=AppointmentStatus.CANCELLED),
    _entry(212, 10, at(2, 8)),
    _entry(213, 11, at(2, 9, 15), place_kind=PlaceKind.PHONE, title="First talk"),
    _entry(214, 12, at(2, 13), ends_at=at(2, 14, 30), title="Couples session",
           place_kind=PlaceKind.ADDRESS),
    _entry(219, 13, at(2, 15)),
    _entry(215, 10, at(3, 9)),
    _entry(216, 13, at(4, 16), status=AppointmentStatus.REQUESTED, answer_by=made.ago(hours=-20)),
]  # fmt: skip
REQUESTED = RequestedAppointments(
    items=[ENTRIES[7], _entry(220, 11, at(8, 9), status=AppointmentStatus.REQUESTED,
                                  answer_by=made.ago(hours=-30), title="First talk")],
)  # fmt: skip
EXPIRED = _entry(221, 13, at(3, 16), status=AppointmentStatus.EXPIRED)
CALENDAR = Calendar(practitioner_id=made.number(2), timezone=ZONE, items=ENTRIES)


def stretch(day: int, *hours: float, month: int = 12) -> Stretch:
    starts_at, ends_at = (at(day, 0, month=month) + timedelta(hours=hour) for hour in hours)
    return Stretch(starts_at=starts_at, ends_at=ends_at)


WEEK = msgspec.structs.replace(
    CALENDAR,
    items=sorted(
        [
            *(
                msgspec.structs.replace(entry, colour=colour)
                for entry, colour in zip(ENTRIES, cycle(ServiceColour), strict=False)
            ),
            _entry(
                221,
                12,
                at(1, 9),
                session=SessionHead(status=SessionStatus.NO_SHOW),
                colour=ServiceColour.TEAL,
            ),
            _entry(222, 11, at(1, 13), ends_at=at(1, 13, 20), title="First talk"),
            _entry(223, 13, at(3, 13), series_id=made.number(80), colour=ServiceColour.VIOLET),
            made_entry(at(4, 9), id=made.number(224), client_id=None, title=""),
        ],
        key=lambda entry: entry.starts_at,
    ),
    hours=[
        *(stretch(day, 8, 11) for day in range(1, 5)),
        *(stretch(day, 12, 17.5) for day in range(1, 5)),
    ],
    busy_elsewhere=[stretch(3, 9.5, 11), stretch(4, 13, 15), stretch(5, 5, 6)],
)
NIGHT = msgspec.structs.replace(WEEK, items=[_entry(225, 11, at(1, 0)), *WEEK.items[3:]])
ON_MONDAY = CalendarAddress(MONDAY, cancelled=True)


def grid(address: CalendarAddress, *calendars: Calendar) -> Grid | None:
    people = CHOICE.people if len(calendars) > 1 else [None]
    told = list(zip(calendars, people, strict=True))
    return lay_out(told, address.days, ZONE, made.NOW)


APPOINTMENT = made_appointment(
    at(3, 9),
    id=made.number(215),
    client_id=made.number(10),
    service_id=made.number(202),
    practitioner_id=made.number(2),
    created_at=made.ago(days=6),
    moves=2,
    note="Could we talk about the exam?\nIt is on the 14th.",
    changes=[
        made_change("moved", made.ago(days=1), at(3, 9), ActorKind.CLIENT, previous=at(2, 9)),
        made_change("moved", made.ago(days=2), at(2, 9), made.number(2), previous=at(1, 9)),
        made_change("booked", made.ago(days=6), at(1, 9), ActorKind.CLIENT),
    ],
)
BEGUN = msgspec.structs.replace(
    APPOINTMENT, session=SessionHead(status=SessionStatus.ATTENDED, written=True, shared=True)
)
CANCELLED = made_appointment(
    at(4, 16),
    id=made.number(216),
    client_id=made.number(13),
    created_at=made.ago(days=20),
    status=AppointmentStatus.CANCELLED,
    cancelled_at=made.ago(hours=2),
    cancelled_late=True,
    cancel_reason="A cold, sorry.",
    changes=[
        made_change(
            "cancelled",
            made.ago(hours=2),
            at(4, 16),
            ActorKind.CLIENT,
            late=True,
            revealed=True,
            reason="A cold, sorry.",
        ),
        made_change("booked", made.ago(days=20), at(4, 16), None),
    ],
    place=Place(kind=PlaceKind.ADDRESS, text="Seestraße 12, Berlin"),
)
REQUEST = made_appointment(
    at(4, 16),
    id=made.number(216),
    client_id=made.number(13),
    status=AppointmentStatus.REQUESTED,
    answer_by=made.ago(hours=-20),
    note="It would be my first time.",
    changes=[made_change("requested", made.ago(hours=4), at(4, 16), ActorKind.CLIENT)],
)
DECLINED = made_appointment(
    at(4, 16),
    id=made.number(216),
    client_id=made.number(13),
    status=AppointmentStatus.DECLINED,
    answer="I am away that week. How about the one after?",
    changes=[
        made_change("declined", made.ago(hours=1), at(4, 16), made.number(2)),
        made_change("requested", made.ago(hours=4), at(4, 16), ActorKind.CLIENT),
    ],
)
UPCOMING = ClientAppointments(items=[ENTRIES[6]])
NO_APPOINTMENTS = ClientAppointments(items=[])
APPOINTMENTS = ClientAppointments(
    items=[ENTRIES[6], _entry(217, 10, at(10, 9)), ENTRIES[2],
           _entry(218, 10, at(26, 9, month=11), status=AppointmentStatus.CANCELLED)],
)  # fmt: skip


def free(*hours: int, next_start: datetime | None = None) -> TimeChoice:
    return TimeChoice(
        ZONE,
        FreeTimes(
            service=made_offer(SERVICES[2]),
            starts=[at(8, hour) for hour in hours],
            next_start=next_start,
            last_bookable_on=None,
            despite=[StartDespite(starts_at=at(8, 19), breaks=[WhyNot.CAP])] if hours else [],
        ),
    )


BOOKING = BookingDraft(
    person=OWN,
    client=ClientChoice(
        "",
        [ClientOption(row.id, row.name, row.email) for row in made.CLIENTS.items],
        ClientOption(made.CLIENTS.items[0].id, made.CLIENTS.items[0].name),
    ),
    services=SERVICES,
    service=SERVICES[2],
    preset=True,
    day=at(8, 9).date(),
    typed_day="",
    days=[
        DayOfTimes(
            at(day, 9).date(),
            [(at(day, hour), hour > 17) for hour in (8, 9, 10, 12, 13, 14, 15, 19)],
        )
        for day in (8, 9)
    ],
    later=at(10, 9).date(),
    zone=ZONE,
    typed={},
)

HOURS = availability_fields.with_spare_rows(
    availability_fields.of_availability(
        made_hours(
            overrides=[
                Override(on=date(2026, 12, 24), windows=[]),
                Override(
                    on=date(2026, 12, 12),
                    windows=[
                        Window(start="10:00", end="12:00"),
                        Window(start="14:00", end="24:00"),
                    ],
                ),
            ],
            time_off=[
                TimeOff(first_on=date(2026, 12, 28), last_on=date(2027, 1, 3)),
                TimeOff(
                    first_on=date(2027, 2, 1), last_on=date(2027, 2, 1), start="13:00", end="15:30"
                ),
            ],
            holidays=Holidays(country="DE", region="BY", open_on=[date(2027, 1, 6)]),
        )
    )
)
STRANDED = StrandedRows(
    StrandedAppointments(
        items=[*ENTRIES[:2], msgspec.structs.replace(ENTRIES[2], client_id=None, title="")],
        total=5,
    ),
    {str(made.number(10)): "Anna Bergmann"},
    "mark",
)
HOLIDAYS = HolidayList(
    countries=[("AT", "Austria"), ("CA", "Canada"), ("DE", "Germany")],
    regions=[("BY", "Bayern"), ("BE", "Berlin")],
    days=[
        PublicHoliday(on=date(2026, 12, 25), name="Christmas Day"),
        PublicHoliday(on=date(2026, 12, 26), name="Second Day of Christmas"),
        PublicHoliday(on=date(2027, 1, 6), name="Epiphany"),
    ],
    others=["2028-01-06"],
)
TIMES = Times(starts=[at(3, 10), at(3, 12), at(4, 8), at(4, 9), at(7, 8)], timezone=ZONE)
NO_TIMES = Times(starts=[], timezone=ZONE)


def summary(version: int, shared: int | None, *, read: bool = False) -> SummaryState:
    return SummaryState(
        version=version,
        shared_version=shared,
        shared_at=made.ago(days=5) if shared else None,
        read_at=made.ago(days=4) if read else None,
    )


def session(key: int, day: int, state: SummaryState | None = None, **more) -> SessionRow:
    return made_session(
        at(day, 9, month=11), id=made.number(key), client_id=made.number(10),
        practitioner_id=made.number(2), summary=state, **more,
    )  # fmt: skip


SESSIONS = ClientSessions(
    items=[
        session(220, 26, summary(2, 1, read=True)),
        session(221, 19, status=SessionStatus.CANCELLED_LATE),
        session(222, 12, summary(1, None)),
        session(223, 5, summary(1, 1), had_appointment=False, title="Talk on the phone"),
    ],
    next_cursor="MQ",
)
LATEST = ClientSessions(items=SESSIONS.items[:1], next_cursor=None)
NO_SESSIONS = ClientSessions(items=[], next_cursor=None)
DRAFT = SummaryDraft(
    session=SESSIONS.items[0],
    revision=7,
    version=2,
    text=TEXT,
    versions=[
        SummaryVersion(version=1, written_at=made.ago(days=6), shared_at=made.ago(days=5),
                       unshared_at=None, read_at=made.ago(days=4), read_revealed=True),
        SummaryVersion(version=2, written_at=made.ago(hours=1), shared_at=None,
                       unshared_at=None, read_at=None),
    ],
)  # fmt: skip
NO_DRAFT = SummaryDraft(session=SESSIONS.items[1], revision=0, version=0, text="", versions=[])
NOTE = PrivateNote(
    revision=3,
    text="Looks tired. Ask about the sister again.",
    saved_at=made.ago(hours=1),
    version=3,
    versions=[
        NoteVersion(version=3, written_at=made.ago(hours=1)),
        NoteVersion(version=2, written_at=made.ago(hours=2), set_aside=True),
        NoteVersion(version=1, written_at=made.ago(days=5)),
    ],
)
NO_NOTE = PrivateNote(revision=0, text="", saved_at=None)


def _submitted(key: int, client: int, title: str, *, alert: bool = False) -> RequestRow:
    return RequestRow(
        id=made.number(key), client_id=made.number(client), template_id=made.number(300),
        title=title, state=RequestState.SUBMITTED, percent=100, due_on=None,
        sent_by=made.number(2), sent_at=made.ago(days=3), opened_at=made.ago(days=2),
        submitted_at=made.ago(hours=3), reviewed_at=None, alert=alert,
    )  # fmt: skip


SUBMITTED = RequestPage(
    items=[
        _submitted(310, 11, "PHQ-9", alert=True),
        _submitted(311, 10, "Intake questionnaire"),
    ],
    next_cursor=None,
)
ALERTS = Alerts(
    [
        msgspec.structs.replace(SUBMITTED.items[0], alert_open=True, alert_at=made.ago(hours=3)),
        msgspec.structs.replace(
            SUBMITTED.items[1],
            id=made.number(312),
            state=RequestState.STARTED,
            submitted_at=None,
            alert=True,
            alert_open=True,
            alert_at=made.ago(days=1),
        ),
    ],
    more=True,
)
NOTHING_SUBMITTED = RequestPage(items=[], next_cursor=None)
OVERDUE = RequestPage(
    items=[
        msgspec.structs.replace(
            _submitted(313, 12, "Intake questionnaire"), state=RequestState.STARTED,
            submitted_at=None, due_on=made.ago(days=3).date(),
        )
    ],
    next_cursor="Mg",
)  # fmt: skip


def _busy_calendar(key: int, name: str, host: str, **more: object) -> BusyCalendar:
    values = {
        "id": made.number(key),
        "practitioner_id": made.number(2),
        "name": name,
        "shown_address": f"https://{host}/••••",
        "state": BusyCalendarState.READ,
        "added_at": made.ago(days=20),
        "read_at": made.ago(minutes=4),
    }
    return BusyCalendar(**(values | more))


BUSY_CALENDARS = [
    _busy_calendar(330, "Family", "calendar.google.com", unread_events=2),
    _busy_calendar(
        331,
        "The association of supervisors and their regional working groups",
        "outlook.office365.com",
        state=BusyCalendarState.FAILING,
        read_at=made.ago(days=2),
        failure=BusyFailure.NOT_FOUND,
        failing_since=made.ago(days=2),
    ),
    _busy_calendar(
        332,
        "cloud.example.org",
        "cloud.example.org",
        state=BusyCalendarState.FAILING,
        read_at=None,
        failure=BusyFailure.SIGN_IN_NEEDED,
        failing_since=made.ago(minutes=1),
    ),
]
NEW_BUSY_CALENDAR = _busy_calendar(
    333, "Choir", "choir.example.org", state=BusyCalendarState.NEW, read_at=None
)

SERIES = SeriesHead(
    id=made.number(230),
    unit=RepeatUnit.WEEKLY,
    every=1,
    weekday=1,
    week_of_month=None,
    clock="10:00",
    timezone=ZONE,
    last_on=date(2027, 6, 1),
)
REVIEW = SeriesReview(
    timezone=ZONE,
    minutes=50,
    slots=[
        SeriesSlot(
            slot=0, wall="2026-12-08T10:00", starts_at=at(8, 9), state=SlotState.FREE, repeated=True
        ),
        SeriesSlot(
            slot=1,
            wall="2026-12-15T10:00",
            starts_at=at(15, 9),
            state=SlotState.TAKEN,
            nearest=at(15, 11),
        ),
        SeriesSlot(
            slot=2,
            wall="2026-12-22T10:00",
            starts_at=at(22, 9),
            state=SlotState.OUTSIDE_RULES,
            breaks=[WhyNot.TIME_OFF],
        ),
        SeriesSlot(slot=3, wall="2026-12-29T10:00", starts_at=None, state=SlotState.SKIPPED),
    ],
)
