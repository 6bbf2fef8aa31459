"""Past sessions: which there are, and what a practitioner says about them."""

from datetime import timedelta

import pytest

from portal_chassis.ids import new_id
from portal_contracts.actor import NOBODY, Actor, ActorKind, Role, service_actor
from portal_contracts.errors import Forbidden, Invalid, NotFound
from portal_contracts.permissions import Permission
from portal_contracts.scheduling.events import ScheduleAccessRecorded
from portal_contracts.scheduling.rpc.appointments import SessionStatus
from portal_contracts.scheduling.rpc.sessions import (
    GET_SESSION,
    LIST_CLIENT_SESSIONS,
    LIST_OWN_SESSIONS,
    MARK_SESSION,
    RECORD_SESSION,
    GetSession,
    ListClientSessions,
    ListOwnSessions,
    MarkSession,
    RecordSession,
)


@pytest.fixture
def client(calendar):
    return calendar.client()


@pytest.fixture
def practitioner(calendar):
    return calendar.practitioner()


def recording(client, now, **changes):
    given = {
        "client_id": client.id,
        "title": " First talk ",
        "started_at": now - timedelta(hours=3),
        "minutes": 50,
        "timezone": "Europe/Berlin",
    }
    return RecordSession(**(given | changes))


def listed(desk, actor, client, **query):
    return desk.ask(LIST_CLIENT_SESSIONS, ListClientSessions(client_id=client.id, **query), actor)


def test_pages_follow_each_other_without_gap_or_repetition(
    desk, calendar, client, practitioner, now
):
    same = now - timedelta(days=3)
    made = [calendar.session(client, same), calendar.session(client, same)]
    made += [calendar.appointment(client, now - timedelta(days=day)) for day in (1, 2, 4)]
    whole = [one.id for one in listed(desk, practitioner, client).items]
    assert sorted(whole) == sorted(made)

    for method, command, actor in (
        (LIST_CLIENT_SESSIONS, ListClientSessions(client_id=client.id, limit=2), practitioner),
        (LIST_OWN_SESSIONS, ListOwnSessions(limit=2), client),
    ):
        seen, cursor = [], None
        while True:
            fields = {name: getattr(command, name) for name in command.__struct_fields__}
            page = desk.ask(method, type(command)(**(fields | {"cursor": cursor})), actor)
            seen += [one.id for one in page.items]
            cursor = page.next_cursor
            if cursor is None:
                break
        assert seen == whole


def test_a_page_is_as_full_whatever_of_it_has_a_row(desk, calendar, client, practitioner, now):
    """Half of the appointments have a row beside them, among others of the same start."""
    same = now - timedelta(days=5)
    made = {same: [calendar.session(client, same), calendar.session(client, same)]}
    for day in range(1, 9):
        start = now - timedelta(days=day)
        one = calendar.appointment(client, start)
        made.setdefault(start, []).append(one)
        if day % 2:
            calendar.session(client, start, id=one, appointment_id=one)
    whole = [one for start in sorted(made, reverse=True) for one in sorted(made[start])[::-1]]
    for limit in range(1, len(whole) + 1):
        page = listed(desk, practitioner, client, limit=limit)
        assert [one.id for one in page.items] == whole[:limit]
        assert (page.next_cursor is None) == (limit == len(whole))
        if page.next_cursor is not None:
            rest = listed(desk, practitioner, client, limit=20, cursor=page.next_cursor)
            assert [one.id for one in rest.items] == whole[limit:]


def test_a_session_tells_whether_it_had_an_appointment(desk, calendar, client, practitioner, now):
    planned = calendar.appointment(client, now - timedelta(days=1))
    recorded = desk.ask(RECORD_SESSION, recording(client, now), practitioner).session_id
    rows = {one.id: one for one in listed(desk, practitioner, client).items}
    assert (rows[planned].had_appointment, rows[recorded].had_appointment) == (True, False)


def test_a_recorded_session_is_the_practitioners_and_the_client_sees_it(
    desk, client, practitioner, now
):
    recorded = desk.ask(RECORD_SESSION, recording(client, now), practitioner).session_id
    row = desk.ask(GET_SESSION, GetSession(session_id=recorded), practitioner)
    assert (row.title, row.status) == ("First talk", SessionStatus.ATTENDED)
    assert (row.practitioner_id, row.client_id) == (practitioner.id, client.id)
    assert row.ended_at - row.started_at == timedelta(minutes=50)
    (own,) = desk.ask(LIST_OWN_SESSIONS, ListOwnSessions(), client).items
    assert (own.id, own.title, own.summary) == (recorded, "First talk", None)
    assert desk.acts() == [("session.recorded", "done")]


def test_the_same_recording_twice_is_one_session(desk, client, practitioner, now):
    command = recording(client, now)
    first, second = (desk.ask(RECORD_SESSION, command, practitioner, key="once") for _ in range(2))
    assert first == second
    assert len(listed(desk, practitioner, client).items) == 1


def test_what_is_wrong_with_a_recording_is_told_field_by_field(desk, client, practitioner, now):
    wrong = recording(client, now, title="  ", started_at=now, minutes=0, timezone="Nowhere")
    with pytest.raises(Invalid) as error:
        desk.ask(RECORD_SESSION, wrong, practitioner)
    assert error.value.code == "session_fields"
    assert error.value.fields == {
        "title": "required",
        "started_at": "in_the_future",
        "minutes": "out_of_range",
        "timezone": "unknown_timezone",
    }


def test_another_practices_client_gets_no_session(desk, calendar, client, practitioner, now):
    desk.identity.unknown.add(client.id)
    with pytest.raises(NotFound):
        desk.ask(RECORD_SESSION, recording(client, now), practitioner)
    assert desk.identity.asked[-1].permission is Permission.SESSIONS_WRITE
    assert desk.acts() == [("record_session.not_found", "denied")]


@pytest.mark.parametrize("status", list(SessionStatus))
def test_a_passed_appointment_is_marked(desk, calendar, client, practitioner, now, status):
    session = calendar.appointment(client, now - timedelta(days=1))
    for _ in range(2):
        desk.ask(MARK_SESSION, MarkSession(session_id=session, status=status), practitioner)
    row = desk.ask(GET_SESSION, GetSession(session_id=session), practitioner)
    assert (row.status, row.had_appointment) == (status, True)
    changed = status is not SessionStatus.ATTENDED
    assert desk.acts() == [("session.marked", "done")] * changed


def test_a_late_cancellation_can_be_let_pass(desk, calendar, client, practitioner, now):
    session = calendar.appointment(
        client, now - timedelta(days=1), status="cancelled", cancelled_late=True
    )
    asked = GetSession(session_id=session)
    assert desk.ask(GET_SESSION, asked, practitioner).status is SessionStatus.CANCELLED_LATE
    command = MarkSession(session_id=session, status=SessionStatus.NO_SHOW)
    desk.ask(MARK_SESSION, command, practitioner)
    assert desk.ask(GET_SESSION, asked, practitioner).status is SessionStatus.NO_SHOW


def test_only_what_has_begun_in_ones_own_practice_is_found(
    desk, calendar, client, practitioner, now
):
    ours = calendar.appointment(client, now - timedelta(days=1))
    to_come = calendar.appointment(client, now + timedelta(minutes=10))
    stranger = Actor(
        kind=ActorKind.PRACTITIONER, id=new_id(), practice_id=new_id(), role=Role.OWNER
    )
    for actor, session in ((stranger, ours), (practitioner, to_come), (practitioner, new_id())):
        for method, command in (
            (GET_SESSION, GetSession(session_id=session)),
            (MARK_SESSION, MarkSession(session_id=session, status=SessionStatus.NO_SHOW)),
        ):
            with pytest.raises(NotFound, match="session_not_found"):
                desk.ask(method, command, actor)


@pytest.mark.parametrize("role", list(Role))
def test_an_assistant_sees_sessions_and_says_nothing_about_them(desk, calendar, client, now, role):
    session = calendar.appointment(client, now - timedelta(days=1))
    actor = calendar.practitioner(role)
    assert [one.id for one in listed(desk, actor, client).items] == [session]
    command = MarkSession(session_id=session, status=SessionStatus.NO_SHOW)
    if role is Role.ASSISTANT:
        with pytest.raises(Forbidden):
            desk.ask(MARK_SESSION, command, actor)
    else:
        desk.ask(MARK_SESSION, command, actor)


def test_the_console_is_closed_to_everybody_else(desk, calendar, client, now):
    session = calendar.appointment(client, now - timedelta(days=1))
    for actor in (NOBODY, client, service_actor("notifications")):
        for method, command in (
            (LIST_CLIENT_SESSIONS, ListClientSessions(client_id=client.id)),
            (GET_SESSION, GetSession(session_id=session)),
            (RECORD_SESSION, recording(client, now)),
            (MARK_SESSION, MarkSession(session_id=session, status=SessionStatus.NO_SHOW)),
        ):
            with pytest.raises(Forbidden):
                desk.ask(method, command, actor)
    # Nobody and services belong to no practice, whose log could tell of them.
    told = desk.events(ScheduleAccessRecorded)
    assert {one.actor.id for one in told} == {client.id}
    assert {one.data.address for one in told} == {"192.0.2.7"}
    assert {one.data.subject_id for one in told} == {None, session}


def test_a_clients_list_is_her_own(desk, calendar, client, now):
    calendar.session(calendar.client(), now - timedelta(days=1))
    assert desk.ask(LIST_OWN_SESSIONS, ListOwnSessions(), client).items == []
    with pytest.raises(Forbidden):
        desk.ask(LIST_OWN_SESSIONS, ListOwnSessions(), calendar.practitioner())
