"""A mail server, a service or the gateway is away: what was promised is kept."""

from __future__ import annotations

import time

import psutil
import pytest

from tests.kit.portal.client_acts import confirm
from tests.kit.portal.desk_acts import share
from tests.kit.portal.health import wait_until_healthy
from tests.kit.portal.load import Load, unclean
from tests.kit.portal.people import everybody
from tests.kit.portal.repeatable_acts import ANSWER_SECONDS
from tests.kit.waiting import eventually

pytestmark = pytest.mark.timeout(240)

A_MINUTE = 60.0
MOMENTS = (0.0, 0.03)
"""Seconds between the press and the kill of what keeps no state: anywhere in the request."""


@pytest.mark.long
def test_people_go_on_for_a_minute_without_a_mail_server(portal_stack, tally):
    server = portal_stack.mail_server
    answers = []
    booked, people = confirm(portal_stack), everybody(portal_stack, answers)
    server.stop()
    until = time.monotonic() + A_MINUTE
    assert tally.add(booked).press()
    with Load(tally, people) as load:
        load.wait_until_each_was_answered(within=ANSWER_SECONDS * 2)
        desk = portal_stack.practitioner()
        eventually(lambda: "mail server" in desk.open("/console/mails").text.lower(), within=20)
        today = desk.open("/console").text
        assert "Every mail has arrived" not in today
        assert "The mail server cannot be reached" in today
        eventually(lambda: time.monotonic() > until, within=A_MINUTE)
        server.start()
        load.wait_until_each_was_answered()
    tally.wait()
    assert unclean(answers) == []


@pytest.mark.parametrize("name", ["scheduling-1", "forms-1"])
def test_the_rest_of_the_portal_works_while_a_service_is_down(portal_stack, name):
    client = portal_stack.visitor()
    assert client.open(portal_stack.demo_link).heading == "Hello Anna"
    process = psutil.Process(portal_stack.pids[name])
    process.suspend()
    try:
        page = client.open("/home")
        assert page.status == 200
        assert page.heading == "Hello Anna"
        assert "not available right now" in page.text.lower()
    finally:
        process.resume()

    def whole_again():
        return "not available right now" not in client.open("/home").text.lower()

    assert eventually(whole_again, within=20)


def test_a_press_while_identity_links_is_down_is_answered_and_can_be_repeated(portal_stack, tally):
    act = tally.add(share(portal_stack))
    process = psutil.Process(portal_stack.pids["identity-links-1"])
    process.suspend()
    try:
        assert not act.press()
        assert act.slowest < ANSWER_SECONDS
    finally:
        process.resume()
    act.press_until_acknowledged()
    tally.wait()
    wait_until_healthy(portal_stack)


@pytest.mark.long
@pytest.mark.parametrize("moment", MOMENTS)
def test_an_act_whose_gateway_dies_happens_once(portal_stack, tally, kill_soon, moment):
    act = tally.add(share(portal_stack))
    former = portal_stack.pids["gateway"]
    kill_soon("gateway", moment)
    act.press()
    act.press_until_acknowledged()
    eventually(lambda: portal_stack.pids["gateway"] not in {former, None}, within=30)
    wait_until_healthy(portal_stack)
    tally.wait()
