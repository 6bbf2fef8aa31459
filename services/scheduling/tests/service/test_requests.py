"""Appointments on request: asked for, approved or declined, withdrawn, expired."""

from datetime import UTC, date, datetime, timedelta

import pytest
from msgspec.structs import replace
from sqlalchemy import select, update

from portal_chassis.ids import new_id
from portal_contracts.actor import NOBODY, Role
from portal_contracts.calls import Nothing
from portal_contracts.errors import Conflict, Forbidden, NotFound
from portal_contracts.scheduling.events import AppointmentBooked, AppointmentCancelled
from portal_contracts.scheduling.request_events import (
    AppointmentDeclined,
    AppointmentExpired,
    AppointmentRequested,
    AppointmentWithdrawn,
)
from portal_contracts.scheduling.rpc.booking import (
    CANCEL_OWN_APPOINTMENT,
    CONFIRM_HOLD,
    GET_HOLD,
    GET_OWN_APPOINTMENT,
    HOLD_TIME,
    LIST_OWN_APPOINTMENTS,
    MOVE_OWN_APPOINTMENT,
    RELEASE_HOLD,
    CancelOwnAppointment,
    CancelTold,
    ConfirmHold,
    GetHold,
    GetOwnAppointment,
    HoldTime,
    MoveOwnAppointment,
)
from portal_contracts.scheduling.rpc.calendar import (
    BOOK_FOR_CLIENT,
    CANCEL_FOR_CLIENT,
    GET_APPOINTMENT,
    LIST_CALENDAR,
    MOVE_FOR_CLIENT,
    BookForClient,
    CancelForClient,
    GetAppointment,
    ListCalendar,
    MoveForClient,
)
from portal_contracts.scheduling.rpc.free_times import LIST_FREE_TIMES, ListFreeTimes
from portal_contracts.scheduling.rpc.offering import LIST_OFFERED
from portal_contracts.scheduling.rpc.requests import (
    APPROVE_APPOINTMENT,
    DECLINE_APPOINTMENT,
    LIST_REQUESTED_APPOINTMENTS,
    AnswerRequest,
    ListRequestedAppointments,
)
from portal_contracts.scheduling.rpc.undone import LIST_UNDONE, ListUndone
from scheduling.operations import letting_go
from scheduling.storage.tables import appointment, bookable_service, booked_time

TEN = datetime(2026, 12, 3, 9, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def service(calendar):
    calendar.hours(("08:00", "18:00"))
    return calendar.offer(
        on_request=True, answer_hours=24, min_notice_minutes=120, policy="Be on time."
    )


@pytest.fixture
def anna(calendar):
    return calendar.client()


@pytest.fixture
def vera(calendar):
    return calendar.practitioner()


@pytest.fixture
def request_time(desk, service):
    def ask(client, start=TEN, *, at=None, note=""):
        held = desk.ask(HOLD_TIME, HoldTime(service_id=service, starts_at=start), client, at=at)
        command = ConfirmHold(hold_id=held.hold_id, policy_accepted=True, note=note)
        booked = desk.ask(CONFIRM_HOLD, command, client, at=at)
        assert booked.status == "requested"
        return booked.appointment_id

    return ask


@pytest.fixture
def approve(desk, vera):
    def ask(request, actor=vera, *, answer="", at=None):
        command = AnswerRequest(appointment_id=request, answer=answer)
        return desk.ask(APPROVE_APPOINTMENT, command, actor, at=at)

    return ask


@pytest.fixture
def decline(desk, vera):
    def ask(request, actor=vera, *, answer="", at=None):
        command = AnswerRequest(appointment_id=request, answer=answer)
        return desk.ask(DECLINE_APPOINTMENT, command, actor, at=at)

    return ask


@pytest.fixture
def own(desk, anna):
    def see(request, client=anna, *, at=None):
        return desk.ask(
            GET_OWN_APPOINTMENT, GetOwnAppointment(appointment_id=request), client, at=at
        )

    return see


@pytest.fixture
def withdraw(desk, anna):
    def ask(request, *, at=None, reason="", told=None):
        command = CancelOwnAppointment(appointment_id=request, reason=reason, told=told)
        return desk.ask(CANCEL_OWN_APPOINTMENT, command, anna, at=at)

    return ask


@pytest.fixture
def waiting(desk, vera):
    def ask(actor=vera, *, at=None, **whose):
        command = ListRequestedAppointments(**whose)
        found = desk.ask(LIST_REQUESTED_APPOINTMENTS, command, actor, at=at)
        return [one.id for one in found.items]

    return ask


@pytest.fixture
def expire(database):
    def run(at):
        with database.autocommit() as tx:
            late = letting_go.late_practitioners(tx, now=at)
        for one in late:
            with database.transaction() as tx:
                letting_go.expire_requests(tx, one, now=at)

    return run


def closed(refused):
    return refused.value.code, refused.value.fields


def test_a_booking_is_a_request_that_keeps_the_time(desk, service, request_time, own, anna, vera):
    offered = desk.ask(LIST_OFFERED, Nothing(), anna).items[0]
    assert (offered.on_request, offered.answer_hours) == (True, 24)
    request = request_time(anna, note="In the morning, please")
    seen = own(request)
    assert (seen.status, seen.answer_by) == ("requested", desk.now + 24 * HOUR)
    assert (seen.note, seen.policy) == ("In the morning, please", "Be on time.")
    assert [one.kind for one in seen.changes] == ["requested"]
    assert (seen.move.closed, seen.cancel.closed) == ("requested", None)
    assert desk.ask(GET_HOLD, GetHold(hold_id=request), anna).state == "requested"
    (event,) = desk.events(AppointmentRequested)
    assert (event.data.appointment_id, event.data.answer_by) == (request, seen.answer_by)
    assert desk.events(AppointmentBooked) == []
    assert desk.acts() == [("appointment.requested", "done")]
    command = BookForClient(client_id=anna.id, service_id=service, starts_at=TEN, despite=True)
    with pytest.raises(Conflict) as refused:
        desk.ask(BOOK_FOR_CLIENT, command, vera)
    assert refused.value.code == "slot_taken"


def test_a_request_counts_for_the_limits_of_a_day(desk, calendar, request_time, anna):
    with calendar.database.transaction() as tx:
        tx.execute(update(bookable_service).values(max_per_day=1))
    request_time(anna)
    with pytest.raises(Conflict) as refused:
        request_time(calendar.client(), TEN + HOUR)
    assert refused.value.code == "slot_taken"


def test_it_is_never_answered_later_than_the_notice_allows(
    request_time, own, anna, desk, service, calendar
):
    start = datetime(2026, 12, 2, 7, 0, tzinfo=UTC)
    ben = calendar.client()
    held = desk.ask(HOLD_TIME, HoldTime(service_id=service, starts_at=start), ben)
    hold = desk.ask(GET_HOLD, GetHold(hold_id=held.hold_id), ben)
    assert hold.answer_by == start - 2 * HOUR
    desk.ask(RELEASE_HOLD, GetHold(hold_id=held.hold_id), ben)
    assert own(request_time(anna, start)).answer_by == start - 2 * HOUR


def test_a_start_that_leaves_no_time_to_answer_is_not_offered(desk, service, anna):
    today = date(2026, 12, 1)
    command = ListFreeTimes(
        service_id=service, first_on=today, last_on=today, timezone="Europe/Berlin"
    )
    # It is noon in London: two hours of notice, and one in which it can be answered.
    starts = desk.ask(LIST_FREE_TIMES, command, anna).starts
    assert starts == [desk.now + 3 * HOUR, desk.now + 4 * HOUR]


def test_the_forms_before_are_told_of_once_a_request_is_approved(
    desk, service, request_time, approve, anna
):
    wanted = [new_id(), new_id()]
    with desk.database.transaction() as tx:
        tx.execute(update(bookable_service).values(form_template_ids=wanted))
    approve(request_time(anna))
    [told] = desk.events(AppointmentBooked)
    assert list(told.data.form_template_ids) == wanted


def test_an_approved_request_is_an_appointment(desk, request_time, approve, own, waiting, anna):
    request = request_time(anna)
    assert waiting() == [request]
    assert approve(request, answer="See you then.").appointment_id == request
    assert approve(request).status == "confirmed"
    seen = own(request)
    assert (seen.status, seen.answer_by, seen.answer) == ("confirmed", None, "See you then.")
    assert [one.kind for one in seen.changes] == ["approved", "requested"]
    assert (seen.move.closed, seen.policy, waiting()) == (None, "Be on time.", [])
    (event,) = desk.events(AppointmentBooked)
    assert (event.data.appointment_id, event.actor.kind) == (request, "practitioner")
    assert ("appointment.approved", "done") in desk.acts()


def test_a_declined_request_frees_its_time(
    desk, calendar, request_time, decline, own, waiting, anna
):
    request = request_time(anna)
    assert decline(request, answer="That week is full, I am sorry.").status == "declined"
    assert decline(request).status == "declined"
    seen = own(request)
    assert (seen.status, seen.answer) == ("declined", "That week is full, I am sorry.")
    assert (seen.cancel.closed, seen.move.closed, waiting()) == ("over", "over", [])
    assert len(desk.events(AppointmentDeclined)) == 1
    request_time(calendar.client())
    listed = desk.ask(LIST_OWN_APPOINTMENTS, Nothing(), anna)
    assert ([one.id for one in listed.cancelled], listed.upcoming) == ([request], [])


def test_what_the_practice_wrote_is_sealed_and_in_no_event(desk, request_time, decline, anna):
    request = request_time(anna)
    decline(request, answer="canary")
    with desk.database.transaction() as tx:
        row = tx.execute(select(appointment).where(appointment.c.id == request)).one()
    assert b"canary" not in bytes(row.answer)
    (event,) = desk.events(AppointmentDeclined)
    assert "canary" not in str(event)


def test_a_client_withdraws_a_request_whatever_the_rules_of_cancelling(
    desk, calendar, request_time, withdraw, approve, own, anna
):
    with calendar.database.transaction() as tx:
        tx.execute(update(bookable_service).values(clients_may_cancel=False))
    request = request_time(anna)
    assert not withdraw(request, reason="Found another one").late
    assert not withdraw(request).late
    seen = own(request)
    assert (seen.status, seen.withdrawn, seen.changes[0].reason) == (
        "cancelled",
        True,
        "Found another one",
    )
    assert len(desk.events(AppointmentWithdrawn)) == 1
    assert desk.events(AppointmentCancelled) == []
    with pytest.raises(Conflict) as refused:
        approve(request)
    assert closed(refused) == ("request_closed", {"appointment": "withdrawn"})
    request_time(calendar.client())


def test_a_request_approved_meanwhile_is_not_cancelled_as_if_it_were_withdrawn(
    desk, request_time, withdraw, approve, own, anna
):
    request = request_time(anna)
    approve(request)
    with pytest.raises(Conflict) as refused:
        withdraw(request, told=CancelTold.WITHDRAWS)
    assert closed(refused) == ("request_closed", {"appointment": "approved"})
    assert own(request).status == "confirmed"
    assert desk.events(AppointmentCancelled) == []


def test_an_unanswered_request_expires_once_and_frees_its_time(
    desk, calendar, request_time, approve, own, expire, waiting, anna
):
    request = request_time(anna)
    over = desk.now + 24 * HOUR
    expire(over - timedelta(seconds=1))
    assert (own(request).status, waiting(at=over)) == ("requested", [])
    expire(over)
    expire(over + HOUR)
    assert own(request).status == "expired"
    (event,) = desk.events(AppointmentExpired)
    assert (event.data.appointment_id, event.actor.kind) == (request, "service")
    with pytest.raises(Conflict) as refused:
        approve(request, at=over)
    assert closed(refused) == ("request_closed", {"appointment": "expired"})
    request_time(calendar.client(), at=over)


def test_whoever_comes_first_after_the_end_expires_it(
    desk, calendar, request_time, approve, own, anna
):
    request = request_time(anna)
    over = desk.now + 24 * HOUR
    with pytest.raises(Conflict) as refused:
        approve(request, at=over)
    assert closed(refused) == ("request_closed", {"appointment": "expired"})
    request_time(calendar.client(), at=over)
    assert own(request).status == "expired"
    assert len(desk.events(AppointmentExpired)) == 1


def test_a_confirmation_asked_twice_answers_the_same(desk, request_time, approve, anna):
    request = request_time(anna)
    again = ConfirmHold(hold_id=request, policy_accepted=True)
    assert desk.ask(CONFIRM_HOLD, again, anna).status == "requested"
    with pytest.raises(Conflict) as refused:
        desk.ask(RELEASE_HOLD, GetHold(hold_id=request), anna)
    assert refused.value.code == "hold_confirmed"
    approve(request)
    assert desk.ask(CONFIRM_HOLD, again, anna).status == "confirmed"


def test_what_waits_is_not_moved_by_its_client_nor_by_the_practice(desk, request_time, anna, vera):
    request = request_time(anna)
    for method, asks, actor in (
        (MOVE_OWN_APPOINTMENT, MoveOwnAppointment, anna),
        (MOVE_FOR_CLIENT, MoveForClient, vera),
    ):
        with pytest.raises(Conflict) as refused:
            desk.ask(method, asks(appointment_id=request, starts_at=TEN + HOUR), actor)
        assert closed(refused) == ("move_closed", {"appointment": "requested"})


def test_the_practice_that_cancels_a_request_declines_it(desk, request_time, own, anna, vera):
    request = request_time(anna)
    cancel = CancelForClient(appointment_id=request, reason="Away")
    for _ in range(2):
        assert not desk.ask(CANCEL_FOR_CLIENT, cancel, vera).late
    assert (own(request).status, own(request).answer) == ("declined", "")
    details = desk.ask(GET_APPOINTMENT, GetAppointment(appointment_id=request), vera)
    assert (details.cancel_reason, details.changes[0].reason) == ("Away", "Away")
    assert len(desk.events(AppointmentDeclined)) == 1


def test_an_appointment_that_was_booked_at_once_is_no_request(desk, calendar, approve, anna):
    booked = calendar.appointment(anna, TEN)
    with pytest.raises(Conflict) as refused:
        approve(booked)
    assert closed(refused) == ("request_closed", {"appointment": "approved"})


def test_who_may_answer(desk, calendar, request_time, approve, decline, waiting, anna, vera):
    request = request_time(anna)
    other = calendar.colleague()
    colleague = other.practitioner()
    for actor in (NOBODY, anna, colleague):
        for answer in (approve, decline):
            with pytest.raises((Forbidden, NotFound)):
                answer(request, actor)
    with pytest.raises(Forbidden):
        waiting(colleague, practitioner_id=calendar.practitioner_id)
    stranger = type(calendar)(calendar.database).practitioner()
    with pytest.raises(NotFound):
        approve(request, stranger)
    assistant = other.practitioner(Role.ASSISTANT)
    desk.identity.colleagues.add(calendar.practitioner_id)
    assert waiting(assistant, practitioner_id=calendar.practitioner_id) == [request]
    assert approve(request, assistant).status == "confirmed"


def test_a_hidden_client_s_request_is_a_time_that_is_taken_like_any_other(
    desk, request_time, approve, anna, vera
):
    """What differs of a request, a confirmed, a cancelled and a moved one tells of its client."""
    waits, agreed, gone = (request_time(anna, TEN + hours * HOUR) for hours in range(3))
    approve(agreed)
    desk.ask(CANCEL_FOR_CLIENT, CancelForClient(appointment_id=gone), vera)
    with desk.database.transaction() as tx:
        by_phone = update(booked_time).where(booked_time.c.starts_at == TEN + HOUR)
        assert tx.execute(by_phone.values(place_kind="phone")).rowcount == 1
    limited = replace(vera, caseload_only=True)
    desk.identity.visible = []
    assert desk.ask(LIST_REQUESTED_APPOINTMENTS, ListRequestedAppointments(), limited).items == []
    stretch = ListCalendar(starts_from=TEN, starts_before=TEN + 4 * HOUR, with_cancelled=True)
    asked, confirmed = desk.ask(LIST_CALENDAR, stretch, limited).items
    assert (asked.id, asked.starts_at, confirmed.id) == (waits, TEN, agreed)
    alike = {"id": asked.id, "starts_at": asked.starts_at, "ends_at": asked.ends_at}
    assert replace(confirmed, **alike) == asked
    assert (asked.client_id, asked.title, asked.service_id, asked.colour) == (None, "", None, None)
    assert (asked.status, asked.answer_by, asked.session) == ("confirmed", None, None)


def test_an_approved_one_is_moved_by_its_client_without_asking_again(
    desk, request_time, approve, own, anna
):
    request = request_time(anna)
    approve(request)
    with desk.database.transaction() as tx:
        tx.execute(update(bookable_service).values(move_notice_minutes=0))
    # Two hours of notice, and none to answer: a move is no request.
    start = desk.now + 2 * HOUR
    command = MoveOwnAppointment(appointment_id=request, starts_at=start)
    desk.ask(MOVE_OWN_APPOINTMENT, command, anna)
    assert (own(request).status, own(request).starts_at) == ("confirmed", start)


def test_an_expired_request_is_told_for_some_days_unless_the_client_comes_all_the_same(
    desk, calendar, request_time, expire, anna, vera
):
    def told(at, actor=vera):
        return [one.id for one in desk.ask(LIST_UNDONE, ListUndone(), actor, at=at).expired]

    request, over = request_time(anna), desk.now + 24 * HOUR
    assert told(over - timedelta(seconds=1)) == []
    assert told(over + HOUR) == [request], "over, whether or not anything has run since"
    expire(over + HOUR)
    days = over + 70 * HOUR
    assert told(over + HOUR) == told(days) == [request]
    assert told(over + 100 * HOUR) == []
    assert told(days, replace(vera, role=Role.ASSISTANT)) == [request]
    desk.identity.visible = []
    assert told(days, replace(vera, caseload_only=True)) == []
    calendar.appointment(anna, days + HOUR)
    assert told(days) == []
