"""The practice's side: it sees its calendar, books, moves and cancels for a client."""

from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace
from sqlalchemy import update

from portal_chassis.ids import new_id
from portal_contracts.actor import Actor, ActorKind, Role
from portal_contracts.errors import Conflict, Forbidden, Invalid, NotFound
from portal_contracts.permissions import Permission
from portal_contracts.scheduling.events import (
    AppointmentBooked,
    AppointmentCancelled,
    AppointmentMoved,
)
from portal_contracts.scheduling.rpc.booking import (
    CONFIRM_HOLD,
    HOLD_TIME,
    ConfirmHold,
    HoldTime,
)
from portal_contracts.scheduling.rpc.calendar import (
    BOOK_FOR_CLIENT,
    CANCEL_FOR_CLIENT,
    GET_APPOINTMENT,
    LIST_CALENDAR,
    LIST_CLIENT_APPOINTMENTS,
    LIST_CLIENT_TIMES,
    MOVE_FOR_CLIENT,
    BookForClient,
    CancelForClient,
    GetAppointment,
    ListCalendar,
    ListClientAppointments,
    ListClientTimes,
    MoveForClient,
)
from scheduling.storage.tables import bookable_service

TEN = datetime(2026, 12, 3, 9, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


@pytest.fixture
def service(calendar):
    calendar.hours(("08:00", "18:00"))
    return calendar.offer(place="https://meet.example.org/room")


@pytest.fixture
def rivera(calendar):
    return calendar.practitioner(Role.PRACTITIONER)


@pytest.fixture
def assistant(calendar):
    return Actor(
        kind=ActorKind.PRACTITIONER,
        id=new_id(),
        practice_id=calendar.practice_id,
        role=Role.ASSISTANT,
    )


@pytest.fixture
def anna(calendar):
    return calendar.client()


@pytest.fixture
def book(desk, service, rivera):
    def ask(client, start=TEN, actor=None, *, service_id=service, **options):
        command = BookForClient(
            client_id=client.id, service_id=service_id, starts_at=start, **options
        )
        return desk.ask(BOOK_FOR_CLIENT, command, actor or rivera).appointment_id

    return ask


@pytest.fixture
def move(desk, rivera):
    def ask(appointment_id, start, actor=None, *, at=None, **options):
        command = MoveForClient(appointment_id=appointment_id, starts_at=start, **options)
        return desk.ask(MOVE_FOR_CLIENT, command, actor or rivera, at=at)

    return ask


@pytest.fixture
def cancel(desk, rivera):
    def ask(appointment_id, actor=None, *, at=None, reason=""):
        command = CancelForClient(appointment_id=appointment_id, reason=reason)
        return desk.ask(CANCEL_FOR_CLIENT, command, actor or rivera, at=at)

    return ask


@pytest.fixture
def details(desk, rivera):
    def ask(appointment_id, actor=None):
        return desk.ask(
            GET_APPOINTMENT, GetAppointment(appointment_id=appointment_id), actor or rivera
        )

    return ask


@pytest.fixture
def entries(desk, rivera):
    def ask(actor=None, *, days=7, **options):
        command = ListCalendar(starts_from=TEN - HOUR, starts_before=TEN + days * DAY, **options)
        return [one.id for one in desk.ask(LIST_CALENDAR, command, actor or rivera).items]

    return ask


def rules(calendar, service, **values):
    with calendar.database.transaction() as tx:
        tx.execute(
            update(bookable_service).where(bookable_service.c.id == service).values(**values)
        )


def test_what_the_practice_books_is_confirmed_at_once(
    desk, book, details, entries, anna, rivera, service
):
    booked = book(anna)
    found = details(booked)
    assert (found.status, found.starts_at, found.client_id) == ("confirmed", TEN, anna.id)
    assert found.place.text == "https://meet.example.org/room"
    assert (found.note, found.cancel_reason, found.moves) == ("", "", 0)
    (event,) = desk.events(AppointmentBooked)
    assert (event.data.appointment_id, event.actor) == (booked, rivera)
    assert desk.acts() == [("appointment.booked", "done")]
    assert entries() == [booked]
    assert [(one.client_id, one.permission) for one in desk.identity.asked] == [
        (anna.id, Permission.APPOINTMENTS_WRITE)
    ]


@pytest.mark.parametrize(
    ("start", "changed", "reason"),
    [
        (TEN - 4 * HOUR, {}, "hours"),
        (TEN, {"min_notice_minutes": 7 * 1440}, "notice"),
        (TEN, {"max_horizon_days": 1}, "outside_window"),
        (TEN, {"archived": True}, "service_off"),
    ],
)
def test_a_rule_that_binds_clients_is_told_and_can_be_broken(
    book, calendar, service, anna, start, changed, reason
):
    if changed:
        rules(calendar, service, **changed)
    with pytest.raises(Conflict) as error:
        book(anna, start)
    assert error.value.code == "outside_rules"
    assert error.value.fields == {"starts_at": reason, "despite": "needed", "breaks.0": reason}
    book(anna, start, despite=True, despite_only=[reason])


def test_rules_of_which_nobody_was_warned_are_not_broken(book, move, calendar, service, anna):
    start = TEN + 2 * HOUR
    there = book(anna)
    rules(calendar, service, max_per_day=1, min_notice_minutes=7 * 1440)
    broken = {"starts_at": "notice", "despite": "needed", "breaks.0": "notice", "breaks.1": "cap"}
    for only in (["notice"], ["cap", "hours"], []):
        with pytest.raises(Conflict) as error:
            book(anna, start, despite=True, despite_only=only)
        assert error.value.fields == broken
    with pytest.raises(Conflict) as error:
        move(there, start, despite=True, despite_only=["hours"])
    assert error.value.fields["starts_at"] == "notice"
    move(there, start, despite=True, despite_only=["hours", "notice"])
    book(anna, despite=True, despite_only=["notice", "cap"])


def test_a_full_day_is_a_rule_too(book, calendar, service, anna):
    rules(calendar, service, max_per_day=1)
    book(anna)
    with pytest.raises(Conflict) as error:
        book(anna, TEN + 2 * HOUR)
    assert error.value.fields["starts_at"] == "cap"
    book(anna, TEN + 2 * HOUR, despite=True)


def test_who_may_book_alone_and_the_grid_are_no_rules_for_the_practice(
    book, calendar, service, anna
):
    rules(calendar, service, self_scheduling=False, open_to="chosen")
    book(anna, TEN + timedelta(minutes=7))


def test_never_over_another_appointment_or_hold(desk, book, service, calendar, anna):
    book(anna)
    desk.ask(HOLD_TIME, HoldTime(service_id=service, starts_at=TEN + HOUR), calendar.client())
    for start in (TEN, TEN + timedelta(minutes=30), TEN + HOUR):
        with pytest.raises(Conflict) as error:
            book(calendar.client(), start, despite=True)
        assert error.value.code == "slot_taken"


@pytest.mark.parametrize(
    ("start", "reason"),
    [
        (datetime(2026, 11, 30, 9, 0, tzinfo=UTC), "in_the_past"),
        (TEN + timedelta(seconds=1), "whole_minutes"),
        (datetime(2099, 1, 1, 9, 0, tzinfo=UTC), "too_far"),
    ],
)
def test_a_start_that_cannot_be_is_invalid(book, anna, start, reason):
    with pytest.raises(Invalid) as error:
        book(anna, start, despite=True)
    assert error.value.fields == {"starts_at": reason}


def test_the_practice_moves_beyond_the_clients_rules_and_counts_no_move_of_the_client(
    desk, book, move, details, calendar, service, anna
):
    rules(calendar, service, clients_may_move=False, max_moves=0)
    booked = book(anna)
    assert move(booked, TEN + DAY).starts_at == TEN + DAY
    with pytest.raises(Conflict) as error:
        move(booked, TEN + DAY - 4 * HOUR)
    assert error.value.code == "outside_rules"
    move(booked, TEN + DAY - 4 * HOUR, despite=True)
    found = details(booked)
    assert (found.starts_at, found.moves) == (TEN + DAY - 4 * HOUR, 0)
    assert [one.data.ics_sequence for one in desk.events(AppointmentMoved)] == [1, 2]


def test_the_practice_cancels_without_lateness_until_it_has_taken_place(
    desk, book, cancel, move, details, calendar, service, anna
):
    rules(calendar, service, cancel_notice_minutes=7 * 1440)
    booked, passed = book(anna), book(anna, TEN + HOUR)
    assert cancel(booked, reason="I am ill").late is False
    found = details(booked)
    assert (found.status, found.cancelled_late, found.cancel_reason) == (
        "cancelled",
        False,
        "I am ill",
    )
    assert len(desk.events(AppointmentCancelled)) == 1
    assert cancel(booked).late is False
    end = TEN + HOUR + timedelta(minutes=50)
    for act, ask in (
        ("cancel", lambda: cancel(passed, at=end)),
        ("move", lambda: move(passed, TEN + DAY, at=end)),
    ):
        with pytest.raises(Conflict) as error:
            ask()
        assert (error.value.code, error.value.fields) == (
            f"{act}_closed",
            {"appointment": "over"},
        )


def test_an_assistant_tends_to_every_calendar(
    book, move, cancel, entries, calendar, assistant, anna
):
    booked, other = book(anna, TEN, assistant), book(anna, TEN + HOUR, assistant)
    move(booked, TEN + 2 * HOUR, assistant)
    cancel(other, assistant)
    theirs = {"practitioner_id": calendar.practitioner_id}
    assert entries(assistant) == []
    assert entries(assistant, **theirs) == [booked]
    assert entries(assistant, with_cancelled=True, **theirs) == [other, booked]


def test_what_was_written_is_closed_to_an_assistant_and_its_opening_is_logged(
    desk, details, service, assistant, anna
):
    held = desk.ask(HOLD_TIME, HoldTime(service_id=service, starts_at=TEN), anna)
    desk.ask(CONFIRM_HOLD, ConfirmHold(hold_id=held.hold_id, note="canary"), anna)
    found = details(held.hold_id, assistant)
    assert (found.note, found.cancel_reason) == (None, None)
    assert ("appointment.opened", "done") not in desk.acts()
    assert details(held.hold_id).note == "canary"
    assert desk.acts().count(("appointment.opened", "done")) == 1


def test_a_practitioner_leaves_the_calendars_of_colleagues_alone(
    book, move, cancel, entries, calendar, anna
):
    booked = book(anna)
    colleague = calendar.colleague().practitioner(Role.PRACTITIONER)
    for ask in (
        lambda: book(anna, TEN + HOUR, colleague),
        lambda: move(booked, TEN + HOUR, colleague),
        lambda: cancel(booked, colleague),
        lambda: entries(colleague, practitioner_id=calendar.practitioner_id),
    ):
        with pytest.raises(Forbidden):
            ask()
    owner = calendar.colleague().practitioner(Role.OWNER)
    move(booked, TEN + HOUR, owner)


def test_what_is_another_practices_does_not_exist(
    desk, book, move, cancel, details, entries, calendar, anna
):
    booked = book(anna)
    elsewhere = Actor(
        kind=ActorKind.PRACTITIONER, id=new_id(), practice_id=new_id(), role=Role.OWNER
    )
    for ask in (
        lambda: book(anna, TEN + HOUR, elsewhere),
        lambda: move(booked, TEN + HOUR, elsewhere),
        lambda: cancel(booked, elsewhere),
        lambda: details(booked, elsewhere),
    ):
        with pytest.raises(NotFound):
            ask()
    assert entries(elsewhere, practitioner_id=calendar.practitioner_id) == []
    desk.identity.unknown.add(anna.id)
    with pytest.raises(NotFound):
        book(anna, TEN + HOUR)


def test_a_client_is_no_practice(book, move, cancel, details, entries, anna):
    booked = book(anna)
    for ask in (
        lambda: book(anna, TEN + HOUR, anna),
        lambda: move(booked, TEN + HOUR, anna),
        lambda: cancel(booked, anna),
        lambda: details(booked, anna),
        lambda: entries(anna),
    ):
        with pytest.raises(Forbidden):
            ask()


def test_a_stretch_is_listed_by_starts_and_has_an_end(book, entries, calendar, anna):
    first, last = book(anna), book(anna, TEN + DAY)
    assert entries(days=1) == [first]
    assert entries() == [first, last]
    for days, reason in ((63, "too_long"), (-1, "too_early")):
        with pytest.raises(Invalid) as error:
            entries(days=days)
        assert error.value.fields == {"starts_before": reason}


def test_a_clients_appointments_are_listed_to_come_or_all(desk, book, cancel, calendar, anna, now):
    soon, later, off = book(anna, TEN + HOUR), book(anna, TEN + DAY), book(anna)
    cancel(off)
    passed = calendar.appointment(anna, now - DAY)
    book(calendar.client(), TEN + 2 * DAY)

    def listed(**options):
        command = ListClientAppointments(client_id=anna.id, **options)
        answer = desk.ask(LIST_CLIENT_APPOINTMENTS, command, calendar.practitioner())
        return [one.id for one in answer.items]

    assert listed() == [soon, later]
    assert listed(upcoming_only=False) == [later, soon, off, passed]
    assert listed(upcoming_only=False, limit=1) == [later]


def test_when_clients_come_next_and_came_last_is_listed_at_once(desk, book, cancel, calendar, now):
    anna, ben, cem, nobody = (calendar.client() for _ in range(4))
    book(anna, TEN + DAY)
    book(anna, TEN)
    cancel(book(ben, TEN + HOUR))
    for days in (3, 1):
        calendar.appointment(anna, now - days * DAY)
    calendar.session(cem, now - 2 * DAY)
    people = [one.id for one in (anna, ben, cem, nobody)]

    def listed(actor):
        command = ListClientTimes(client_ids=[*people, new_id()])
        found = desk.ask(LIST_CLIENT_TIMES, command, actor).items
        return {one.client_id: (one.next_at, one.last_at) for one in found}

    assert listed(calendar.practitioner(Role.ASSISTANT)) == {
        anna.id: (TEN, now - DAY),
        cem.id: (None, now - 2 * DAY),
    }
    assert listed(replace(calendar.practitioner(), practice_id=new_id())) == {}
    with pytest.raises(Forbidden):
        listed(anna)


def test_nothing_new_is_booked_for_an_archived_client_and_what_there_is_is_called_off(
    desk, book, cancel, anna
):
    booked = book(anna)
    desk.identity.archived.add(anna.id)
    with pytest.raises(Conflict) as error:
        book(anna, TEN + DAY)
    assert error.value.code == "client_archived"
    cancel(booked)
    assert len(desk.events(AppointmentBooked)) == len(desk.events(AppointmentCancelled)) == 1
