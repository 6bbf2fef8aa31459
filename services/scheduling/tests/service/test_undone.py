"""What is left to do of the last days: sessions to write up, and requests that expired."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from portal_chassis.ids import new_id
from portal_contracts.actor import Role
from portal_contracts.errors import Forbidden
from portal_contracts.scheduling.rpc.appointments import SessionStatus
from portal_contracts.scheduling.rpc.notes import SAVE_NOTE, SaveNote
from portal_contracts.scheduling.rpc.sessions import (
    MARK_SESSION,
    SAVE_SUMMARY,
    MarkSession,
    SaveSummary,
)
from portal_contracts.scheduling.rpc.undone import LIST_UNDONE, ListUndone
from scheduling.operations.undone import MOST_UNWRITTEN

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def client(calendar):
    return calendar.client()


@pytest.fixture
def practitioner(calendar):
    return calendar.practitioner()


@pytest.fixture
def unwritten(desk, practitioner):
    def ask(by=practitioner, **of):
        return [one.id for one in desk.ask(LIST_UNDONE, ListUndone(**of), by).unwritten]

    return ask


def test_a_session_is_to_be_written_up_once_it_is_over_and_for_two_weeks(
    calendar, client, unwritten, now
):
    calendar.appointment(client, now + DAY)
    calendar.appointment(client, now - timedelta(minutes=10))
    calendar.appointment(client, now - 15 * DAY)
    calendar.session(client, now - 20 * DAY)
    yesterday = calendar.appointment(client, now - DAY)
    recorded = calendar.session(client, now - 2 * DAY)
    before = calendar.appointment(client, now - 13 * DAY)
    assert unwritten() == [yesterday, recorded, before]


def test_whatever_is_written_or_did_not_take_place_is_done(
    desk, calendar, client, practitioner, unwritten, now
):
    summarised, noted, missed, left = (
        calendar.appointment(client, now - day * DAY) for day in (1, 2, 3, 4)
    )
    save = SaveSummary(session_id=summarised, revision=0, text="We spoke.")
    desk.ask(SAVE_SUMMARY, save, practitioner)
    desk.ask(SAVE_NOTE, SaveNote(session_id=noted, revision=0, text="Tired."), practitioner)
    mark = MarkSession(session_id=missed, status=SessionStatus.NO_SHOW)
    desk.ask(MARK_SESSION, mark, practitioner)
    assert unwritten() == [left]
    came = MarkSession(session_id=missed, status=SessionStatus.ATTENDED)
    desk.ask(MARK_SESSION, came, practitioner)
    assert unwritten() == [missed, left]


def test_more_than_a_few_are_cut_short_and_it_is_said(desk, calendar, client, practitioner, now):
    for number in range(MOST_UNWRITTEN + 1):
        calendar.session(client, now - DAY - number * HOUR)
    found = desk.ask(LIST_UNDONE, ListUndone(), practitioner)
    assert (len(found.unwritten), found.more_unwritten) == (MOST_UNWRITTEN, True)


def test_an_assistant_is_told_of_no_summary_and_nobody_of_a_hidden_client(
    desk, calendar, client, practitioner, unwritten, now
):
    session_id = calendar.session(client, now - DAY)
    calendar.session(calendar.client(), now - DAY)
    assert unwritten(replace(practitioner, role=Role.ASSISTANT)) == []
    desk.identity.visible = [client.id]
    assert unwritten(replace(practitioner, caseload_only=True)) == [session_id]


def test_another_practitioner_s_sessions_are_the_owner_s_to_see_by_name_alone(
    calendar, client, practitioner, unwritten, now
):
    session_id = calendar.appointment(client, now - DAY)
    owner = replace(calendar.practitioner(Role.OWNER), id=new_id())
    assert unwritten(owner) == []
    assert unwritten(owner, practitioner_id=practitioner.id) == [session_id]


def test_a_colleague_who_is_no_owner_is_refused(desk, calendar, practitioner):
    with pytest.raises(Forbidden):
        desk.ask(LIST_UNDONE, ListUndone(practitioner_id=calendar.client().id), practitioner)
