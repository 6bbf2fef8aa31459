"""An appointment is a session from its start on: written about, once, and in one place."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from portal_contracts.actor import Actor, ActorKind, Role
from portal_contracts.errors import Conflict, NotFound, PortalError
from portal_contracts.scheduling.rpc.appointments import SessionStatus
from portal_contracts.scheduling.rpc.calendar import (
    CANCEL_FOR_CLIENT,
    GET_APPOINTMENT,
    LIST_CALENDAR,
    LIST_CLIENT_APPOINTMENTS,
    MOVE_FOR_CLIENT,
    CancelForClient,
    GetAppointment,
    ListCalendar,
    ListClientAppointments,
    MoveForClient,
    SessionHead,
)
from portal_contracts.scheduling.rpc.notes import SAVE_NOTE, SaveNote
from portal_contracts.scheduling.rpc.sessions import (
    GET_SESSION,
    LIST_CLIENT_SESSIONS,
    LIST_OWN_SESSIONS,
    MARK_SESSION,
    OPEN_SUMMARY,
    READ_SUMMARY,
    SAVE_SUMMARY,
    SHARE_SUMMARY,
    GetSession,
    ListClientSessions,
    ListOwnSessions,
    MarkSession,
    ReadSummary,
    SaveSummary,
    ShareSummary,
)
from scheduling.storage import tables

MOMENT = timedelta(microseconds=1)
DAY = timedelta(days=1)


@pytest.fixture
def client(calendar):
    return calendar.client()


@pytest.fixture
def practitioner(calendar):
    return calendar.practitioner()


@pytest.fixture
def running(calendar, client, now):
    calendar.hours(("00:00", "24:00"))
    return calendar.appointment(client, now)


def written(session, text="We talked."):
    return SaveSummary(session_id=session, revision=0, text=text)


def rows(calendar):
    with calendar.database.transaction() as tx:
        return tx.execute(select(func.count()).select_from(tables.session)).scalar_one()


def test_it_is_written_about_from_its_start_on_and_not_before(
    desk, calendar, client, practitioner, running, now
):
    for method, command in (
        (OPEN_SUMMARY, GetSession(session_id=running)),
        (SAVE_SUMMARY, written(running)),
        (SAVE_NOTE, SaveNote(session_id=running, revision=0, text="Tired.")),
        (MARK_SESSION, MarkSession(session_id=running, status=SessionStatus.NO_SHOW)),
    ):
        with pytest.raises(NotFound, match="session_not_found"):
            desk.ask(method, command, practitioner, at=now - MOMENT)
        desk.ask(method, command, practitioner, at=now)
    assert rows(calendar) == 1


def test_opening_it_makes_nothing(desk, calendar, practitioner, running):
    for method in (OPEN_SUMMARY, GET_SESSION):
        desk.ask(method, GetSession(session_id=running), practitioner)
    assert rows(calendar) == 0


def test_the_practice_has_it_at_its_start_and_the_client_at_its_end(
    desk, client, practitioner, running, now
):
    desk.ask(SAVE_SUMMARY, written(running), practitioner)

    def listed(at):
        theirs = desk.ask(
            LIST_CLIENT_SESSIONS, ListClientSessions(client_id=client.id), practitioner, at=at
        )
        own = desk.ask(LIST_OWN_SESSIONS, ListOwnSessions(), client, at=at)
        return [one.id for one in theirs.items], [one.id for one in own.items]

    end = now + timedelta(minutes=50)
    assert listed(now) == ([running], [])
    assert listed(end - MOMENT) == ([running], [])
    assert listed(end) == ([running], [running])


def test_a_summary_that_is_shared_before_the_end_is_read_at_once(
    desk, client, practitioner, running
):
    desk.ask(SAVE_SUMMARY, written(running), practitioner)
    desk.ask(SHARE_SUMMARY, ShareSummary(session_id=running, revision=1), practitioner)
    assert desk.ask(READ_SUMMARY, ReadSummary(session_id=running), client).text == "We talked."


def test_lists_tell_how_it_stands(desk, client, practitioner, running, now):
    def heads(actor=practitioner, at=now):
        stretch = ListCalendar(
            starts_from=now - DAY,
            starts_before=now + DAY,
            practitioner_id=None if actor is practitioner else practitioner.id,
        )
        (in_calendar,) = desk.ask(LIST_CALENDAR, stretch, actor, at=at).items
        asked = ListClientAppointments(client_id=client.id)
        (of_client,) = desk.ask(LIST_CLIENT_APPOINTMENTS, asked, actor, at=at).items
        alone = desk.ask(GET_APPOINTMENT, GetAppointment(appointment_id=running), actor, at=at)
        assert in_calendar.session == of_client.session == alone.session
        return alone.session

    assert heads(at=now - MOMENT) is None
    assert heads() == SessionHead(status=SessionStatus.ATTENDED)
    desk.ask(SAVE_SUMMARY, written(running), practitioner)
    assert heads() == SessionHead(status=SessionStatus.ATTENDED, written=True)
    desk.ask(SHARE_SUMMARY, ShareSummary(session_id=running, revision=1), practitioner)
    missed = MarkSession(session_id=running, status=SessionStatus.NO_SHOW)
    desk.ask(MARK_SESSION, missed, practitioner)
    shared = SessionHead(status=SessionStatus.NO_SHOW, written=True, shared=True)
    assert heads() == shared


def test_what_is_written_about_is_neither_moved_nor_cancelled(
    desk, calendar, practitioner, running, now
):
    desk.ask(SAVE_SUMMARY, written(running), practitioner)
    away = MoveForClient(appointment_id=running, starts_at=now + DAY, despite=True)
    for method, command in (
        (MOVE_FOR_CLIENT, away),
        (CANCEL_FOR_CLIENT, CancelForClient(appointment_id=running)),
    ):
        with pytest.raises(Conflict) as error:
            desk.ask(method, command, practitioner, at=now + timedelta(minutes=5))
        assert error.value.fields == {"appointment": "recorded"}


def test_what_nobody_wrote_about_is_moved_and_then_is_no_session(desk, practitioner, running, now):
    away = MoveForClient(appointment_id=running, starts_at=now + DAY, despite=True)
    desk.ask(MOVE_FOR_CLIENT, away, practitioner, at=now + timedelta(minutes=5))
    with pytest.raises(NotFound, match="session_not_found"):
        desk.ask(SAVE_SUMMARY, written(running), practitioner, at=now + timedelta(minutes=5))


def test_pressed_twice_at_once_it_is_one_session(desk, calendar, practitioner, running):
    with ThreadPoolExecutor(4) as threads:
        saves = [
            threads.submit(desk.ask, SAVE_SUMMARY, written(running), practitioner) for _ in range(4)
        ]
        assert {one.result().revision for one in saves} == {1}
    assert rows(calendar) == 1


def test_either_the_move_or_the_writing_wins(desk, calendar, practitioner, running, now):
    """Never both: nothing is written about an appointment that is to come."""
    at = now + timedelta(minutes=5)
    away = MoveForClient(appointment_id=running, starts_at=now + DAY, despite=True)

    def outcome(method, command):
        try:
            desk.ask(method, command, practitioner, at=at)
        except PortalError as error:
            return error.code
        return "done"

    with ThreadPoolExecutor(2) as threads:
        acts = ((MOVE_FOR_CLIENT, away), (SAVE_SUMMARY, written(running)))
        moved, saved = threads.map(lambda act: outcome(*act), acts)
    assert (moved, saved) in {("done", "session_not_found"), ("move_closed", "done")}
    assert rows(calendar) == (saved == "done")


def test_an_assistant_is_told_that_it_began(desk, calendar, running):
    assistant = Actor(
        kind=ActorKind.PRACTITIONER,
        id=calendar.practitioner_id,
        practice_id=calendar.practice_id,
        role=Role.ASSISTANT,
    )
    found = desk.ask(GET_APPOINTMENT, GetAppointment(appointment_id=running), assistant)
    assert found.session == SessionHead(status=SessionStatus.ATTENDED)
