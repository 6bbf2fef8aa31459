"""Forms that were sent: listed by urgency, counted, mailed again, wanted by another day."""

from datetime import date, timedelta

import pytest
from msgspec.structs import replace

from portal_contracts.errors import Conflict, Invalid
from portal_contracts.forms.events import FormResent, FormSent
from portal_contracts.forms.rpc import requests
from portal_contracts.forms.rpc.questions import RequestState

TODAY = date(2026, 12, 1)
LATE, SOON = TODAY - timedelta(days=2), TODAY + timedelta(days=2)


@pytest.fixture
def owner(world):
    return world.practitioner()


def listed(world, actor, **narrowed):
    """Ids of all pages, of two rows each."""
    command = requests.ListRequests(limit=2, today=TODAY, **narrowed)
    found = []
    while True:
        page = world.ask(actor, requests.LIST_REQUESTS, command)
        found += [row.id for row in page.items]
        if page.next_cursor is None:
            return found
        assert len(page.items) == 2
        command = replace(command, cursor=page.next_cursor)


def test_the_overdue_come_first_page_by_page_and_all_are_counted(world, practice, owner):
    owner = replace(owner, practice_id=practice.id)
    anna, ben = practice.client(), practice.client()
    late = [
        practice.request(client, sent_days_ago=days, due_on=LATE, state=state)
        for client, days, state in (
            (anna, 5, "started"),
            (ben, 7, "not_opened"),
            (anna, 9, "started"),
        )
    ]
    others = [
        practice.request(anna, sent_days_ago=1),
        practice.request(ben, sent_days_ago=2, due_on=SOON),
        practice.request(anna, sent_days_ago=3, due_on=TODAY),
        practice.request(anna, sent_days_ago=6, due_on=LATE, state="reviewed"),
        practice.request(ben, sent_days_ago=8, due_on=LATE, state="withdrawn"),
    ]
    assert listed(world, owner, overdue_first=True) == late + others
    assert listed(world, owner, overdue=True) == late
    assert listed(world, owner, client_ids=[ben.id], overdue_first=True) == [
        late[1], others[1], others[4],
    ]  # fmt: skip
    assert listed(world, owner, client_ids=[]) == []
    counted = world.ask(owner, requests.COUNT_REQUESTS, requests.CountRequests(today=TODAY))
    assert counted == requests.RequestCounts(
        states={"not_opened": 4, "started": 2, "reviewed": 1, "withdrawn": 1}, overdue=3
    )
    world.identity.visible = [ben.id]
    limited = world.practitioner(practice.id, role="practitioner")
    limited = replace(limited, caseload_only=True)
    counted = world.ask(limited, requests.COUNT_REQUESTS, requests.CountRequests(today=TODAY))
    assert (sum(counted.states.values()), counted.overdue) == (3, 1)
    assert listed(world, limited, overdue=True) == [late[1]]


@pytest.mark.parametrize("cursor", ["overdue.x", "x", "overdue"])
def test_a_cursor_that_is_none_is_refused(world, owner, cursor):
    command = requests.ListRequests(overdue_first=True, cursor=cursor)
    refused = world.refusal(world.ask, owner, requests.LIST_REQUESTS, command)
    assert (type(refused), refused.code) == (Invalid, "cursor_invalid")


def test_the_same_form_is_not_sent_twice_while_it_waits_unless_wanted(world, owner):
    anna, ben = world.client_of(owner), world.client_of(owner)
    template = world.from_library(owner, "gad7_en")
    first = world.sent(owner, anna, template, again=False)
    world.sent(owner, ben, template, again=False)
    refused = world.refusal(world.sent, owner, anna, template, again=False)
    assert (type(refused), refused.code) == (Conflict, "still_open")
    second = world.sent(owner, anna, template, again=True)
    for one in (first, second):
        world.ask(owner, requests.WITHDRAW_REQUEST, requests.GetRequest(request_id=one))
    world.sent(owner, anna, template, again=False)


def test_a_form_that_waits_is_mailed_again_and_wanted_by_another_day(world, owner):
    anna = world.client_of(owner)
    request = world.sent(owner, anna, world.from_library(owner, "gad7_en"), due_on=SOON)
    command = requests.GetRequest(request_id=request)
    assert world.ask(owner, requests.RESEND_FORM, command).state is RequestState.NOT_OPENED
    assert world.events(FormResent) == [FormResent(request_id=request, client_id=anna.id)]
    assert len(world.events(FormSent)) == 1
    for due_on in (SOON + timedelta(days=7), None):
        command = requests.ChangeDueDay(request_id=request, due_on=due_on)
        world.ask(owner, requests.CHANGE_DUE_DAY, command)
        world.ask(owner, requests.CHANGE_DUE_DAY, command)
        row = world.ask(owner, requests.GET_REQUEST, requests.GetRequest(request_id=request))
        assert row.due_on == due_on
    assert [act for act, _ in world.acts()] == [
        "form.sent", "form.resent", "form.due_day_changed", "form.due_day_changed",
    ]  # fmt: skip
    past = requests.ChangeDueDay(request_id=request, due_on=LATE)
    refused = world.refusal(world.ask, owner, requests.CHANGE_DUE_DAY, past)
    assert (type(refused), refused.fields) == (Invalid, {"due_on": "due_on_past"})


def test_what_came_back_or_was_withdrawn_is_neither_mailed_again_nor_due(world, owner):
    anna = world.client_of(owner)
    answers = {f"gad{number}": "not_at_all" for number in range(1, 8)}
    sent_back, withdrawn = (
        world.sent(owner, anna, world.from_library(owner, "gad7_en")) for _ in range(2)
    )
    world.saved(anna, sent_back, 0, answers)
    world.submitted(anna, sent_back, 1)
    world.ask(owner, requests.WITHDRAW_REQUEST, requests.GetRequest(request_id=withdrawn))
    for request, code in ((sent_back, "already_submitted"), (withdrawn, "withdrawn")):
        for method, command in (
            (requests.RESEND_FORM, requests.GetRequest(request_id=request)),
            (requests.CHANGE_DUE_DAY, requests.ChangeDueDay(request_id=request, due_on=SOON)),
        ):
            refused = world.refusal(world.ask, owner, method, command)
            assert (type(refused), refused.code) == (Conflict, code)
