"""An assistant works for chosen practitioners: what is another one's reads as if it was not."""

from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from portal_chassis.ids import new_id
from portal_contracts.actor import Role
from portal_contracts.errors import Forbidden, NotFound
from portal_contracts.scheduling.rpc.calendar import (
    BOOK_FOR_CLIENT,
    CANCEL_FOR_CLIENT,
    GET_APPOINTMENT,
    LIST_CALENDAR,
    LIST_CLIENT_APPOINTMENTS,
    BookForClient,
    CancelForClient,
    GetAppointment,
    ListCalendar,
    ListClientAppointments,
)
from portal_contracts.scheduling.rpc.notes import OPEN_NOTE, OpenNote
from portal_contracts.scheduling.rpc.services import LIST_SERVICES, ListServices
from portal_contracts.scheduling.rpc.sessions import (
    GET_SESSION,
    LIST_CLIENT_SESSIONS,
    OPEN_SUMMARY,
    GetSession,
    ListClientSessions,
)

TEN = datetime(2026, 12, 3, 9, 0, tzinfo=UTC)


@pytest.fixture
def desk_of(calendar):
    """An assistant who works for the first practitioner alone."""
    assistant = replace(calendar.practitioner(Role.ASSISTANT), id=new_id())
    return replace(assistant, works_for=(calendar.practitioner_id,))


def test_calendar_services_and_sessions_are_those_of_whom_one_works_for(desk, calendar, desk_of):
    other, anna = calendar.colleague(), calendar.client()
    for one in (calendar, other):
        one.hours(("09:00", "13:00"))
    mine, theirs = (one.appointment(anna, TEN) for one in (calendar, other))
    past = desk.now - timedelta(days=2)
    my_session, their_session = (one.session(anna, past) for one in (calendar, other))
    listed = ListClientAppointments(client_id=anna.id)
    assert [one.id for one in desk.ask(LIST_CLIENT_APPOINTMENTS, listed, desk_of).items] == [mine]
    sessions = desk.ask(LIST_CLIENT_SESSIONS, ListClientSessions(client_id=anna.id), desk_of)
    assert [one.id for one in sessions.items] == [my_session]
    desk.ask(GET_APPOINTMENT, GetAppointment(appointment_id=mine), desk_of)
    stretch = {"starts_from": TEN, "starts_before": TEN + timedelta(days=1)}
    for who, may in ((calendar, True), (other, False)):
        asked = (
            (LIST_CALENDAR, ListCalendar(practitioner_id=who.practitioner_id, **stretch)),
            (LIST_SERVICES, ListServices(practitioner_id=who.practitioner_id)),
        )
        for method, command in asked:
            if may:
                desk.ask(method, command, desk_of)
                continue
            with pytest.raises(Forbidden):
                desk.ask(method, command, desk_of)
    for method, command in (
        (GET_APPOINTMENT, GetAppointment(appointment_id=theirs)),
        (CANCEL_FOR_CLIENT, CancelForClient(appointment_id=theirs)),
        (GET_SESSION, GetSession(session_id=their_session)),
    ):
        with pytest.raises(NotFound):
            desk.ask(method, command, desk_of)
    booking = BookForClient(client_id=anna.id, service_id=other.service(), starts_at=TEN)
    with pytest.raises(Forbidden):
        desk.ask(BOOK_FOR_CLIENT, booking, desk_of)


def test_an_assistant_reads_neither_summaries_nor_notes(desk, calendar, desk_of):
    session = calendar.session(calendar.client(), desk.now - timedelta(days=2))
    for assistant in (desk_of, replace(desk_of, works_for=None)):
        for method, command in (
            (OPEN_SUMMARY, GetSession(session_id=session)),
            (OPEN_NOTE, OpenNote(session_id=session)),
        ):
            with pytest.raises(Forbidden):
                desk.ask(method, command, assistant)
