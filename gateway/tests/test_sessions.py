"""Past sessions by year, and summaries as they were shared."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from portal_contracts.errors import Invalid, NotFound
from portal_contracts.scheduling.rpc.appointments import SummaryHead
from portal_contracts.scheduling.rpc.overview import (
    PORTAL_SCHEDULE,
    LatestSummary,
    PortalSchedule,
)
from portal_contracts.scheduling.rpc.sessions import (
    LIST_OWN_SESSIONS,
    READ_SUMMARY,
    OwnSessions,
    ReadableSession,
)
from tests.kit.gateway.made_bookings import SESSION, STARTS_AT

PAGE = f"/sessions/{SESSION.id}"
UNREAD = replace(SESSION, summary=SummaryHead(shared_at=STARTS_AT, read_at=None))


@pytest.fixture
def replies(house):
    return house.services.answers


@pytest.fixture
def anna(house):
    return house.as_client(house.anna)


def test_sessions_stand_by_year_and_lead_to_their_summary(anna, replies):
    new_year = replace(
        SESSION, id=SESSION.practitioner_id, started_at=STARTS_AT - timedelta(days=700)
    )
    replies[LIST_OWN_SESSIONS.address] = OwnSessions(items=[UNREAD, new_year], next_cursor="Mg")
    page = anna.open("/sessions")
    assert page.html.index(">2026</h2>") < page.html.index(">2025</h2>")
    assert PAGE in page.links
    assert "New" in page.html
    assert "/sessions?cursor=Mg" in page.links


def test_further_pages_are_asked_for_by_cursor_and_an_unknown_one_is_refused(anna, house, replies):
    replies[LIST_OWN_SESSIONS.address] = OwnSessions(items=[SESSION], next_cursor=None)
    anna.open("/sessions?cursor=Mg")
    assert house.services.calls(LIST_OWN_SESSIONS.address)[0].arguments.cursor == "Mg"
    replies[LIST_OWN_SESSIONS.address] = Invalid("cursor_invalid")
    assert anna.open("/sessions?cursor=junk").status == 422


def test_a_summary_is_shown_as_it_was_meant_and_does_no_harm(anna, replies):
    text = "We spoke of **sleep**.\n\n<script>alert(1)</script>"
    replies[READ_SUMMARY.address] = ReadableSession(session=UNREAD, text=text)
    page = anna.open(PAGE)
    assert "<strong>sleep</strong>" in page.html
    assert "<script>alert" not in page.html
    assert "Shared with you on" in page.html


def test_without_a_shared_summary_the_page_says_so(anna, replies):
    replies[READ_SUMMARY.address] = ReadableSession(session=SESSION, text=None)
    assert "There is no summary of this session" in anna.open(PAGE).html


def test_a_session_of_another_client_is_like_one_that_is_not(anna, replies):
    replies[READ_SUMMARY.address] = NotFound("session_not_found")
    assert anna.open(PAGE).status == 404


def test_home_offers_booking_and_the_latest_summary(anna, replies):
    replies[PORTAL_SCHEDULE.address] = PortalSchedule(
        upcoming=[],
        past=[SESSION],
        can_book=True,
        latest_summary=LatestSummary(session=UNREAD, beginning="We spoke of sleep."),
    )
    page = anna.open("/home")
    assert "/book" in page.links
    assert "We spoke of sleep." in page.html
    assert "New" in page.html
    assert PAGE in page.links
