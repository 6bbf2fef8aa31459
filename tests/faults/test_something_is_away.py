"""A mail server, the broker or a database is away: what was promised is kept."""

from __future__ import annotations

import psutil
import pytest

from portal_chassis.testing.waiting import eventually
from portal_runner.testing.health import wait_until_healthy

pytestmark = pytest.mark.timeout(240)


def test_mails_follow_when_the_mail_server_is_back(sharing, portal_stack, capsys) -> None:
    server = portal_stack.mail_server
    server.stop()
    for _ in range(3):
        address, form = sharing.prepare()
        assert sharing.press(address, form)
    visitor = portal_stack.practitioner()

    def says_why() -> bool:
        return "mail server" in visitor.open("/console/mails").text.lower()

    assert eventually(says_why, within=15)
    server.start()
    tally = sharing.count(within=60)
    with capsys.disabled():
        print(f"\nmail server away: {tally}")
    assert (tally.lost, tally.duplicated) == ([], [])


@pytest.mark.parametrize("name", ["scheduling-1", "forms-1"])
def test_the_rest_of_the_portal_works_while_a_service_is_down(portal_stack, name) -> None:
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

    def whole_again() -> bool:
        return "not available right now" not in client.open("/home").text.lower()

    assert eventually(whole_again, within=20)


def test_a_press_while_identity_links_is_down_is_answered_and_can_be_repeated(
    sharing, portal_stack
) -> None:
    address, form = sharing.prepare()
    process = psutil.Process(portal_stack.pids["identity-links-1"])
    process.suspend()
    try:
        assert not sharing.press(address, form)
    finally:
        process.resume()
    sharing.press_until_acknowledged(address, form)
    tally = sharing.count(within=30)
    assert (tally.lost, tally.duplicated) == ([], [])
    wait_until_healthy(portal_stack)
