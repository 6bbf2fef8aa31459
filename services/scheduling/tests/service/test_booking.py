"""A client books without the practice: hold, confirm, see, join."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from msgspec.structs import replace
from prometheus_client import REGISTRY
from sqlalchemy import select, update

from portal_chassis.ids import new_id
from portal_contracts.actor import NOBODY, Actor, ActorKind, service_actor
from portal_contracts.calls import Nothing
from portal_contracts.errors import Conflict, Forbidden, Invalid, NotFound
from portal_contracts.scheduling.events import (
    AppointmentBooked,
    AppointmentCancelled,
    ScheduleAccessRecorded,
)
from portal_contracts.scheduling.rpc.appointments import PlaceKind
from portal_contracts.scheduling.rpc.booking import (
    CANCEL_OWN_APPOINTMENT,
    CONFIRM_HOLD,
    GET_HOLD,
    GET_OWN_APPOINTMENT,
    HOLD_TIME,
    LIST_OWN_APPOINTMENTS,
    OPEN_MEETING,
    RELEASE_HOLD,
    CancelOwnAppointment,
    ConfirmHold,
    GetHold,
    GetOwnAppointment,
    HoldState,
    HoldTime,
    OpenMeeting,
)
from portal_contracts.scheduling.rpc.free_times import LIST_FREE_TIMES, ListFreeTimes
from scheduling.operations.letting_go import expire_holds
from scheduling.storage.tables import appointment, bookable_service

TEN = datetime(2026, 12, 3, 9, 0, tzinfo=UTC)
"""10:00 in Berlin."""

HOUR = timedelta(hours=1)


@pytest.fixture
def service(calendar):
    calendar.hours(("08:00", "18:00"))
    return calendar.offer()


@pytest.fixture
def anna(calendar):
    return calendar.client()


@pytest.fixture
def hold(desk, service):
    def keep(client, start=TEN, **options):
        command = HoldTime(service_id=options.pop("service_id", service), starts_at=start)
        return desk.ask(HOLD_TIME, command, client, **options)

    return keep


@pytest.fixture
def confirm(desk):
    def book(client, hold_id, *, note="", accepted=False, mark=None, **options):
        command = ConfirmHold(
            hold_id=hold_id, note=note, policy_accepted=accepted, policy_mark=mark
        )
        return desk.ask(CONFIRM_HOLD, command, client, **options).appointment_id

    return book


def change(calendar, service_id, **values):
    with calendar.database.transaction() as tx:
        tx.execute(
            update(bookable_service).where(bookable_service.c.id == service_id).values(**values)
        )


def stored(database, appointment_id):
    with database.transaction() as tx:
        return tx.execute(select(appointment).where(appointment.c.id == appointment_id)).one()


def test_a_held_time_becomes_the_appointment_of_the_same_id(desk, hold, confirm, anna, now):
    held = hold(anna)
    assert held.expires_at == now + timedelta(minutes=5)
    seen = desk.ask(GET_HOLD, GetHold(hold_id=held.hold_id), anna)
    assert (seen.state, seen.starts_at) == (HoldState.HELD, TEN)
    assert (seen.service.title, seen.service.minutes) == ("Counselling", 50)
    assert confirm(anna, held.hold_id, note="  My first time ") == held.hold_id
    assert desk.ask(GET_HOLD, GetHold(hold_id=held.hold_id), anna).state is HoldState.CONFIRMED
    own = desk.ask(GET_OWN_APPOINTMENT, GetOwnAppointment(appointment_id=held.hold_id), anna)
    assert (own.status, own.starts_at, own.note) == ("confirmed", TEN, "My first time")
    assert (own.timezone, own.ends_at) == ("Europe/Berlin", TEN + timedelta(minutes=50))


def test_what_the_client_wrote_is_sealed_and_in_no_event(desk, hold, confirm, anna):
    booked = confirm(anna, hold(anna).hold_id, note="canary")
    assert b"canary" not in bytes(stored(desk.database, booked).booking_note)
    (event,) = desk.events(AppointmentBooked)
    assert event.aggregate.type == "appointment"
    assert event.aggregate.id == event.data.appointment_id == booked
    assert event.data.client_id == anna.id
    assert (event.data.starts_wall, event.data.utc_offset_minutes) == ("2026-12-03T10:00", 60)
    assert (event.data.starts_at, event.data.ics_sequence) == (TEN, 0)
    assert desk.acts() == [("appointment.booked", "done")]


def test_a_hold_hides_the_time_from_others_and_not_from_its_client(hold, calendar, anna):
    hold(anna)
    with pytest.raises(Conflict) as error:
        hold(calendar.client())
    assert error.value.code == "slot_taken"
    hold(anna)


def test_a_new_hold_gives_the_old_one_back_also_with_another_practitioner(
    desk, hold, calendar, anna
):
    first = hold(anna)
    colleague = calendar.colleague()
    colleague.hours(("08:00", "18:00"))
    second = hold(anna, service_id=colleague.offer())
    assert desk.ask(GET_HOLD, GetHold(hold_id=first.hold_id), anna).state is HoldState.EXPIRED
    assert desk.ask(GET_HOLD, GetHold(hold_id=second.hold_id), anna).state is HoldState.HELD
    hold(calendar.client())


def test_a_hold_is_over_at_its_end_and_the_time_is_free(desk, hold, confirm, calendar, anna):
    held = hold(anna)
    with pytest.raises(Conflict) as error:
        confirm(anna, held.hold_id, at=held.expires_at)
    assert error.value.code == "hold_expired"
    state = desk.ask(GET_HOLD, GetHold(hold_id=held.hold_id), anna, at=held.expires_at).state
    assert state is HoldState.EXPIRED
    hold(calendar.client(), at=held.expires_at)
    with pytest.raises(Conflict):
        confirm(anna, held.hold_id)


def test_a_hold_is_confirmed_until_just_before_its_end(hold, confirm, anna):
    held = hold(anna)
    confirm(anna, held.hold_id, at=held.expires_at - timedelta(microseconds=1))


def test_the_job_lets_go_of_holds_that_are_over(database, hold, anna):
    held = hold(anna)
    counted = REGISTRY.get_sample_value("portal_holds_expired_total")
    with database.transaction() as tx:
        assert expire_holds(tx, now=held.expires_at - timedelta(seconds=1)) == 0
        assert expire_holds(tx, now=held.expires_at) == 1
        assert expire_holds(tx, now=held.expires_at) == 0
    assert stored(database, held.hold_id).status == "expired"
    assert REGISTRY.get_sample_value("portal_holds_expired_total") == counted + 1


def test_a_hold_given_back_frees_the_time_and_a_confirmed_one_is_not_given_back(
    desk, hold, confirm, calendar, anna
):
    held = hold(anna)
    for _ in range(2):
        desk.ask(RELEASE_HOLD, GetHold(hold_id=held.hold_id), anna)
    ben = calendar.client()
    booked = confirm(ben, hold(ben).hold_id)
    with pytest.raises(Conflict) as error:
        desk.ask(RELEASE_HOLD, GetHold(hold_id=booked), ben)
    assert error.value.code == "hold_confirmed"


def test_confirming_again_is_the_same_appointment(desk, hold, confirm, anna):
    held = hold(anna)
    first = confirm(anna, held.hold_id, key="one")
    assert confirm(anna, held.hold_id, key="one") == first
    assert confirm(anna, held.hold_id, key="two") == first
    assert len(desk.events(AppointmentBooked)) == 1


def test_what_is_told_of_one_act_is_numbered_in_its_order(desk, hold, confirm, anna):
    booked = confirm(anna, hold(anna).hold_id)
    desk.ask(CANCEL_OWN_APPOINTMENT, CancelOwnAppointment(appointment_id=booked, reason=""), anna)
    kinds = (AppointmentBooked, ScheduleAccessRecorded, AppointmentCancelled)
    told = [(one.aggregate, one.type) for kind in kinds for one in desk.events(kind)]
    assert {aggregate.id for aggregate, _type in told} == {booked}
    assert [kind for _aggregate, kind in sorted(told, key=lambda one: one[0].seq)] == [
        AppointmentBooked.TYPE,
        ScheduleAccessRecorded.TYPE,
        AppointmentCancelled.TYPE,
        ScheduleAccessRecorded.TYPE,
    ]
    assert [one.data.act for one in desk.events(ScheduleAccessRecorded)] == [
        "appointment.booked",
        "appointment.cancelled",
    ]


def test_a_policy_is_accepted_and_kept_as_it_was_read(desk, hold, confirm, calendar, service, anna):
    change(calendar, service, policy="Cancel a day before.")
    held = hold(anna)
    with pytest.raises(Invalid) as error:
        confirm(anna, held.hold_id)
    assert error.value.fields == {"policy_accepted": "required"}
    booked = confirm(anna, held.hold_id, accepted=True)
    change(calendar, service, policy="Cancel a week before.")
    own = desk.ask(GET_OWN_APPOINTMENT, GetOwnAppointment(appointment_id=booked), anna)
    assert own.policy == "Cancel a day before."


def test_terms_that_changed_since_they_were_read_are_not_accepted(
    desk, hold, confirm, calendar, service, anna
):
    def mark_of(held):
        return desk.ask(GET_HOLD, GetHold(hold_id=held.hold_id), anna).policy_mark

    held = hold(anna)
    none = mark_of(held)
    change(calendar, service, policy="Cancel a day before.")
    read = mark_of(held)
    change(calendar, service, policy="Cancel a week before.")
    for before in (none, read):
        with pytest.raises(Invalid) as error:
            confirm(anna, held.hold_id, accepted=True, mark=before)
        assert error.value.fields == {"policy_accepted": "policy_changed"}
    booked = confirm(anna, held.hold_id, accepted=True, mark=mark_of(held))
    own = desk.ask(GET_OWN_APPOINTMENT, GetOwnAppointment(appointment_id=booked), anna)
    assert own.policy == "Cancel a week before."


def test_terms_that_are_gone_since_they_were_read_are_no_obstacle(
    desk, hold, confirm, calendar, service, anna
):
    change(calendar, service, policy="Cancel a day before.")
    held = hold(anna)
    read = desk.ask(GET_HOLD, GetHold(hold_id=held.hold_id), anna).policy_mark
    change(calendar, service, policy="")
    assert confirm(anna, held.hold_id, accepted=True, mark=read) == held.hold_id


def test_a_hold_tells_when_the_client_herself_accepted_these_very_terms(
    desk, hold, confirm, calendar, service, anna, now
):
    def accepted_at(client, hold_id):
        return desk.ask(GET_HOLD, GetHold(hold_id=hold_id), client).policy_accepted_at

    change(calendar, service, policy="Cancel a day before.")
    first = hold(anna)
    assert accepted_at(anna, first.hold_id) is None
    confirm(anna, first.hold_id, accepted=True)
    again = hold(anna, TEN + HOUR)
    assert accepted_at(anna, again.hold_id) == now
    ben = calendar.client()
    assert accepted_at(ben, hold(ben, TEN + 2 * HOUR).hold_id) is None
    seen = replace(calendar.client(), revealed_link=new_id())
    confirm(seen, hold(seen, TEN + 3 * HOUR).hold_id, accepted=True)
    shown = hold(seen, TEN + 4 * HOUR)
    assert accepted_at(replace(seen, revealed_link=None), shown.hold_id) is None
    change(calendar, service, policy="Cancel a week before.")
    assert accepted_at(anna, again.hold_id) is None


def test_title_length_and_place_stay_as_they_were_booked(
    desk, hold, confirm, calendar, service, anna
):
    change(calendar, service, place_kind="address", place="Lindenweg 3")
    booked = confirm(anna, hold(anna).hold_id)
    change(calendar, service, title="Other", minutes=20, place_kind="phone", place="I call")
    own = desk.ask(GET_OWN_APPOINTMENT, GetOwnAppointment(appointment_id=booked), anna)
    assert (own.title, own.ends_at - own.starts_at) == ("Counselling", timedelta(minutes=50))
    assert (own.place.kind, own.place.text) == (PlaceKind.ADDRESS, "Lindenweg 3")


@pytest.mark.parametrize(
    ("start", "rules", "reason"),
    [
        (TEN.replace(hour=5), {}, "hours"),
        (TEN + timedelta(minutes=30), {}, "off_grid"),
        (TEN, {"min_notice_minutes": 60 * 24 * 7}, "notice"),
        (TEN, {"max_horizon_days": 1}, "outside_window"),
        (TEN, {"self_scheduling": False}, "service_off"),
        (TEN, {"archived": True}, "service_off"),
        (TEN, {"open_to": "chosen"}, "client_not_allowed"),
        (TEN - timedelta(days=7), {}, "notice"),
        (datetime.max.replace(tzinfo=timezone(-14 * HOUR)), {}, "outside_window"),
        (datetime.min.replace(tzinfo=timezone(14 * HOUR)), {}, "notice"),
    ],
)
def test_what_is_not_offered_is_refused_with_its_rule(
    hold, calendar, service, anna, start, rules, reason
):
    if rules:
        change(calendar, service, **rules)
    with pytest.raises(Conflict) as error:
        hold(anna, start)
    assert (error.value.code, error.value.fields) == ("not_offered", {"starts_at": reason})


def test_a_full_day_is_taken(hold, confirm, calendar, service, anna):
    change(calendar, service, max_per_day=1)
    confirm(anna, hold(anna).hold_id)
    with pytest.raises(Conflict) as error:
        hold(calendar.client(), TEN + timedelta(hours=3))
    assert error.value.code == "slot_taken"


def test_buffers_of_neighbours_are_kept(hold, calendar, service, anna):
    change(calendar, service, buffer_after_minutes=30)
    hold(anna)
    with pytest.raises(Conflict):
        hold(calendar.client(), TEN + timedelta(hours=1))
    hold(calendar.client(), TEN + timedelta(hours=2))


def test_a_time_that_the_clocks_skip_is_never_booked(hold, calendar, anna):
    night = calendar.colleague()
    night.hours(("02:00", "03:00"))
    service = night.offer(minutes=60, max_horizon_days=365)
    # 2027-03-28: the wall in Berlin goes from 02:00 to 03:00 at 01:00 UTC.
    change_at = datetime(2027, 3, 28, 1, 0, tzinfo=UTC)
    for minutes in (-60, -30, 0, 30):
        with pytest.raises(Conflict) as error:
            hold(anna, change_at + timedelta(minutes=minutes), service_id=service)
        assert error.value.fields == {"starts_at": "hours"}
    hold(anna, change_at + timedelta(days=1) - timedelta(hours=1), service_id=service)


def test_what_is_another_clients_or_practices_does_not_exist(desk, hold, confirm, calendar, anna):
    held = hold(anna)
    booked = confirm(anna, held.hold_id)
    stranger = Actor(kind=ActorKind.CLIENT, id=anna.id, practice_id=new_id())
    for client in (calendar.client(), stranger):
        for method, command in (
            (GET_HOLD, GetHold(hold_id=held.hold_id)),
            (RELEASE_HOLD, GetHold(hold_id=held.hold_id)),
            (CONFIRM_HOLD, ConfirmHold(hold_id=held.hold_id)),
            (GET_OWN_APPOINTMENT, GetOwnAppointment(appointment_id=booked)),
            (OPEN_MEETING, OpenMeeting(appointment_id=booked)),
        ):
            with pytest.raises(NotFound):
                desk.ask(method, command, client)
    with pytest.raises(NotFound) as error:
        hold(stranger)
    assert error.value.code == "service_not_found"


@pytest.mark.parametrize("alignment", ["window_start", "gap_start", "clock_grid"])
def test_what_is_listed_is_held_and_nothing_else(desk, hold, calendar, service, anna, alignment):
    change(calendar, service, alignment=alignment, increment_minutes=20, buffer_after_minutes=5)
    calendar.appointment(calendar.client(), TEN + timedelta(minutes=25), service_id=service)
    day = TEN.date()
    command = ListFreeTimes(service_id=service, first_on=day, last_on=day, timezone="Europe/Berlin")
    listed = set(desk.ask(LIST_FREE_TIMES, command, anna).starts)
    assert listed
    held = set()
    for minutes in range(-180, 540, 10):
        start = TEN + timedelta(minutes=minutes)
        try:
            hold(anna, start)
        except Conflict:
            continue
        held.add(start)
    assert {start for start in listed if start.minute % 10 == 0} == held


@pytest.mark.parametrize("actor", [NOBODY, service_actor("notifications")])
def test_only_clients_hold(hold, actor):
    with pytest.raises(Forbidden):
        hold(actor)


def test_a_mere_hold_is_no_appointment(desk, hold, anna):
    held = hold(anna)
    with pytest.raises(NotFound):
        desk.ask(GET_OWN_APPOINTMENT, GetOwnAppointment(appointment_id=held.hold_id), anna)
    assert desk.ask(LIST_OWN_APPOINTMENTS, Nothing(), anna).upcoming == []


def test_the_meeting_is_open_around_the_appointment(desk, hold, confirm, calendar, service, anna):
    change(calendar, service, place="https://meet.example.org/room")
    booked = confirm(anna, hold(anna).hold_id)
    end = TEN + timedelta(minutes=50)
    moment = timedelta(microseconds=1)

    def join(at):
        return desk.ask(OPEN_MEETING, OpenMeeting(appointment_id=booked), anna, at=at)

    for at, code in (
        (TEN - timedelta(minutes=10) - moment, "join_not_open"),
        (end + timedelta(minutes=30), "join_over"),
    ):
        with pytest.raises(Conflict) as error:
            join(at)
        assert error.value.code == code
    for at in (TEN - timedelta(minutes=10), end + timedelta(minutes=30) - moment):
        assert join(at).address == "https://meet.example.org/room"
    assert desk.acts().count(("appointment.joined", "done")) == 2
    own = desk.ask(GET_OWN_APPOINTMENT, GetOwnAppointment(appointment_id=booked), anna)
    assert own.place.text == ""
    assert not own.meeting_missing
    assert own.join_opens_at == TEN - timedelta(minutes=10)


@pytest.mark.parametrize("place", [{}, {"place_kind": "address", "place": "Lindenweg 3"}])
def test_without_a_meeting_address_there_is_no_meeting(
    desk, hold, confirm, calendar, service, anna, place
):
    if place:
        change(calendar, service, **place)
    booked = confirm(anna, hold(anna).hold_id)
    with pytest.raises(Conflict) as error:
        desk.ask(OPEN_MEETING, OpenMeeting(appointment_id=booked), anna, at=TEN)
    assert error.value.code == "no_meeting_address"
    own = desk.ask(GET_OWN_APPOINTMENT, GetOwnAppointment(appointment_id=booked), anna)
    assert own.meeting_missing is (not place)


def test_a_refusal_names_the_hold_it_was_about(desk, hold, calendar, anna):
    held = hold(anna).hold_id
    with pytest.raises(NotFound):
        desk.ask(CONFIRM_HOLD, ConfirmHold(hold_id=held), calendar.client())
    refused = [one.data for one in desk.events(ScheduleAccessRecorded)]
    assert [(one.act, one.subject_id) for one in refused] == [("confirm_hold.hold_not_found", held)]
