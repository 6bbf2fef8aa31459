"""Hours of a service's own, public holidays, and what new hours leave stranded."""

from datetime import UTC, date, datetime

import pytest
from msgspec.structs import replace

from portal_chassis.ids import new_id
from portal_contracts.actor import Actor, ActorKind, Role
from portal_contracts.errors import Conflict, Forbidden, Invalid, NotFound
from portal_contracts.scheduling.events import AppointmentBooked
from portal_contracts.scheduling.rpc.availability import (
    EXPLAIN_TIME,
    GET_AVAILABILITY,
    PREVIEW_TIMES,
    SAVE_AVAILABILITY,
    Availability,
    ExplainTime,
    GetAvailability,
    Holidays,
    Override,
    PreviewTimes,
    SaveAvailability,
    TimeOff,
    WhyNot,
    Window,
)
from portal_contracts.scheduling.rpc.calendar import BOOK_FOR_CLIENT, BookForClient
from portal_contracts.scheduling.rpc.holidays import LIST_HOLIDAYS, ListHolidays
from portal_contracts.scheduling.rpc.services import (
    ADD_SERVICE,
    COPY_SERVICE,
    EDIT_SERVICE,
    GET_SERVICE,
    AddService,
    CopyService,
    EditService,
    GetService,
    ServiceFields,
)
from portal_contracts.scheduling.rpc.stranded import (
    LIST_STRANDED,
    LIST_STRANDED_BY_SERVICE,
    ListStranded,
    ListStrandedByService,
)

MORNING = [Window(start="09:00", end="12:00")]
EVENING = [Window(start="18:00", end="20:00")]
MORNINGS = Availability(timezone="Europe/Berlin", weekly=[MORNING] * 7)
WEDNESDAY = datetime(2026, 12, 2, 8, tzinfo=UTC)
CHRISTMAS = datetime(2026, 12, 25, 8, tzinfo=UTC)


@pytest.fixture
def vera(calendar):
    calendar.hours(("09:00", "12:00"))
    return calendar.practitioner()


@pytest.fixture
def save(desk, vera):
    def hours(said, *, version=1, **more):
        command = SaveAvailability(version=version, availability=said, **more)
        return desk.ask(SAVE_AVAILABILITY, command, vera).version

    return hours


@pytest.fixture
def why(desk, vera):
    def reason(service, starts_at):
        command = ExplainTime(service_id=service, starts_at=starts_at)
        return desk.ask(EXPLAIN_TIME, command, vera).reason

    return reason


@pytest.fixture
def stranded(desk, vera):
    def listed(said, actor=vera):
        found = desk.ask(LIST_STRANDED, ListStranded(availability=said), actor)
        assert found.total == len(found.items)
        return [one.starts_at for one in found.items]

    return listed


def edit(desk, actor, service, **more):
    stored = desk.ask(GET_SERVICE, GetService(service_id=service), actor)
    unless_stranded = more.pop("unless_stranded", False)
    fields = replace(stored.fields, place="https://meet.example.org/vera", **more)
    command = EditService(
        service_id=service,
        version=stored.version,
        fields=fields,
        unless_stranded=unless_stranded,
    )
    return desk.ask(EDIT_SERVICE, command, actor)


def test_a_service_with_hours_of_its_own_is_booked_in_them_and_others_are_not(desk, vera, calendar):
    usual, late = calendar.offer(), calendar.offer()
    edit(desk, vera, late, weekly=[EVENING] * 7)
    starts = {
        service: desk.ask(PREVIEW_TIMES, PreviewTimes(service_id=service, limit=1), vera).starts
        for service in (usual, late)
    }
    assert starts[usual] == [WEDNESDAY]
    assert starts[late] == [datetime(2026, 12, 1, 17, tzinfo=UTC)]
    edit(desk, vera, late, weekly=None)
    assert desk.ask(GET_SERVICE, GetService(service_id=late), vera).fields.weekly is None


def test_what_is_closed_for_everybody_is_closed_for_a_service_with_its_own_hours(
    desk, vera, calendar, save, why
):
    late = calendar.offer()
    edit(desk, vera, late, weekly=[EVENING] * 7)
    save(
        replace(
            MORNINGS,
            holidays=Holidays(country="DE"),
            time_off=[
                TimeOff(first_on=date(2026, 12, 3), last_on=date(2026, 12, 3), start="19:00")
            ],
            overrides=[Override(on=date(2026, 12, 4), windows=MORNING)],
        )
    )
    assert why(late, datetime(2026, 12, 3, 17, tzinfo=UTC)) is None
    assert why(late, datetime(2026, 12, 3, 18, tzinfo=UTC)) is WhyNot.TIME_OFF
    assert why(late, datetime(2026, 12, 4, 17, tzinfo=UTC)) is WhyNot.OVERRIDE
    assert why(late, datetime(2026, 12, 25, 17, tzinfo=UTC)) is WhyNot.HOLIDAY


def test_wrong_hours_of_a_service_are_named_by_their_places(desk, vera, calendar):
    service = calendar.offer()
    with pytest.raises(Invalid) as refused:
        edit(desk, vera, service, weekly=[[Window(start="10:00", end="9:00")], *[[]] * 5])
    assert refused.value.fields == {"weekly": "seven_days", "weekly.0.0.end": "not_a_time"}


def test_a_holiday_is_closed_unless_it_is_worked_on_or_has_hours_of_its_own(
    calendar, save, why, desk, vera
):
    service = calendar.offer()
    save(replace(MORNINGS, holidays=Holidays(country="DE")))
    assert why(service, CHRISTMAS) is WhyNot.HOLIDAY
    open_on = [CHRISTMAS.date()]
    save(replace(MORNINGS, holidays=Holidays(country="DE", open_on=open_on)), version=2)
    assert why(service, CHRISTMAS) is None
    differs = Override(on=CHRISTMAS.date(), windows=MORNING)
    said = replace(MORNINGS, holidays=Holidays(country="DE"), overrides=[differs])
    save(said, version=3)
    assert why(service, CHRISTMAS) is None
    assert desk.ask(GET_AVAILABILITY, GetAvailability(), vera).availability == said


def test_what_new_hours_strand_is_listed_and_refused_if_it_is_not_to_be(
    desk, vera, calendar, save, stranded
):
    service, client = calendar.offer(), calendar.client()
    for starts_at in (WEDNESDAY, CHRISTMAS):
        calendar.appointment(client, starts_at, service_id=service)
    calendar.appointment(client, datetime(2026, 12, 9, 8, tzinfo=UTC), status="cancelled")
    # Booked outside of the hours on purpose: no change of them tells of it.
    calendar.appointment(client, datetime(2026, 12, 10, 20, tzinfo=UTC), service_id=service)
    holidays = replace(MORNINGS, holidays=Holidays(country="DE"))
    assert stranded(MORNINGS) == []
    assert stranded(holidays) == [CHRISTMAS]
    assert stranded(replace(MORNINGS, timezone="Asia/Tokyo")) == [WEDNESDAY, CHRISTMAS]
    with pytest.raises(Conflict) as refused:
        save(holidays, unless_stranded=True)
    assert refused.value.code == "strands_appointments"
    assert desk.ask(GET_AVAILABILITY, GetAvailability(), vera).version == 1
    assert save(MORNINGS, unless_stranded=True) == 2
    assert save(holidays, version=2) == 3
    assert stranded(holidays) == []


def test_what_a_services_new_hours_strand_is_told_of_too(desk, vera, calendar):
    service, other, client = calendar.offer(), calendar.offer(), calendar.client()
    calendar.appointment(client, WEDNESDAY, service_id=service)
    calendar.appointment(client, CHRISTMAS, service_id=other)
    command = ListStrandedByService(service_id=service, weekly=[EVENING] * 7)
    found = desk.ask(LIST_STRANDED_BY_SERVICE, command, vera)
    assert [(one.starts_at, one.client_id) for one in found.items] == [(WEDNESDAY, client.id)]
    with pytest.raises(Conflict) as refused:
        edit(desk, vera, service, weekly=[EVENING] * 7, unless_stranded=True)
    assert refused.value.code == "strands_appointments"
    edit(desk, vera, service, title="Other words", unless_stranded=True)
    edit(desk, vera, service, weekly=[EVENING] * 7)


def test_a_hidden_client_is_a_time_that_is_stranded_and_nothing_more(desk, vera, calendar):
    calendar.appointment(calendar.client(), WEDNESDAY, service_id=calendar.offer())
    desk.identity.visible = []
    limited = replace(vera, caseload_only=True)
    closed = replace(MORNINGS, weekly=[[]] * 7)
    found = desk.ask(LIST_STRANDED, ListStranded(availability=closed), limited)
    assert [(one.client_id, one.title) for one in found.items] == [(None, "")]


def test_others_learn_nothing_of_what_would_be_stranded(desk, vera, calendar, stranded):
    service = calendar.offer()
    elsewhere = Actor(
        kind=ActorKind.PRACTITIONER, id=new_id(), practice_id=new_id(), role=Role.OWNER
    )
    by_service = ListStrandedByService(service_id=service)
    with pytest.raises(NotFound):
        desk.ask(LIST_STRANDED_BY_SERVICE, by_service, elsewhere)
    for actor in (calendar.client(), calendar.colleague().practitioner()):
        with pytest.raises(Forbidden):
            desk.ask(LIST_STRANDED_BY_SERVICE, by_service, actor)
    with pytest.raises(Forbidden):
        stranded(MORNINGS, calendar.client())


def test_holidays_are_listed_by_place_and_in_the_language_asked_for(desk, vera):
    def ask(**more):
        days = {"first_on": date(2026, 12, 1), "last_on": date(2027, 1, 31)} | more
        return desk.ask(LIST_HOLIDAYS, ListHolidays(**days), vera)

    assert {"AT", "CA", "CH", "DE"} <= set(ask().countries)
    assert (ask().regions, ask().items) == ([], [])
    bavaria = ask(country="DE", region="BY", language="de")
    assert ("BY", "Bayern") in [(one.code, one.name) for one in bavaria.regions]
    assert [one.on.isoformat() for one in bavaria.items] == [
        "2026-12-25", "2026-12-26", "2027-01-01", "2027-01-06",
    ]  # fmt: skip
    assert bavaria.items[-1].name == "Heilige Drei Könige"
    assert ask(country="DE", region="BY").items[-1].name == "Epiphany"
    # French holidays have no German names here: they are called what they are called there.
    assert ask(country="FR", language="de").items[0].name == "Noël"


@pytest.mark.parametrize(
    ("more", "wrong"),
    [
        ({"country": "XX"}, {"country": "unknown_country"}),
        ({"country": "DE", "region": "XX"}, {"region": "unknown_region"}),
        ({"last_on": date(2026, 1, 1)}, {"last_on": "order"}),
        ({"last_on": date(2036, 1, 1)}, {"last_on": "too_long"}),
    ],
)
def test_holidays_of_nowhere_and_never_are_refused(desk, vera, more, wrong):
    days = {"first_on": date(2026, 12, 1), "last_on": date(2027, 1, 31)} | more
    with pytest.raises(Invalid) as refused:
        desk.ask(LIST_HOLIDAYS, ListHolidays(**days), vera)
    assert refused.value.fields == wrong


def test_the_release_before_keeps_what_it_does_not_know(desk, vera, calendar):
    """A service of the old contract has no hours of its own and the first colour."""
    stored = desk.ask(GET_SERVICE, GetService(service_id=calendar.offer()), vera).fields
    assert (stored.weekly, stored.colour) == (None, ServiceFields(title="x").colour)


def test_what_a_service_asks_for_before_is_told_when_it_is_booked(desk, vera, calendar):
    service, wanted = calendar.offer(), [new_id(), new_id()]
    edit(desk, vera, service, form_template_ids=[*wanted, wanted[0]])
    command = BookForClient(client_id=calendar.client().id, service_id=service, starts_at=WEDNESDAY)
    desk.ask(BOOK_FOR_CLIENT, command, vera)
    [told] = desk.events(AppointmentBooked)
    assert list(told.data.form_template_ids) == wanted
    with pytest.raises(Invalid) as refused:
        edit(desk, vera, service, form_template_ids=[new_id() for _one in range(6)])
    assert refused.value.fields == {"form_template_ids": "too_many"}


def test_a_program_that_may_send_no_forms_has_none_sent_by_a_service(desk, vera, calendar):
    service = calendar.offer()
    program = replace(vera, token_id=new_id(), scopes=("services.write", "appointments.read"))
    fields = ServiceFields(title="x", form_template_ids=[new_id()])
    for doing in (
        lambda: edit(desk, program, service, form_template_ids=[new_id()]),
        lambda: desk.ask(ADD_SERVICE, AddService(fields=fields), program),
    ):
        with pytest.raises(Forbidden):
            doing()
    edit(desk, vera, service, form_template_ids=fields.form_template_ids)
    edit(desk, program, service, title="y", form_template_ids=fields.form_template_ids)
    copy = CopyService(service_id=service)
    with pytest.raises(Forbidden):
        desk.ask(COPY_SERVICE, copy, program)
    desk.ask(COPY_SERVICE, copy, replace(program, scopes=(*program.scopes, "forms.send")))
    edit(desk, vera, service, form_template_ids=[])
    desk.ask(COPY_SERVICE, copy, program)
