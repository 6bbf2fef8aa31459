"""`kill -9` of any process while a link is shared: the mail goes out, exactly once."""

from __future__ import annotations

import pytest

from portal_chassis.testing.waiting import eventually
from portal_runner.testing.health import wait_until_healthy

pytestmark = pytest.mark.timeout(240)

MOMENTS = (0.0, 0.01, 0.03, 0.08)
"""Seconds between the press and the kill: before the change, in it, before the mail, after."""


@pytest.mark.parametrize("name", ["identity-links-1", "notifications-1", "gateway"])
def test_the_mail_goes_out_exactly_once(sharing, kill_soon, portal_stack, name, capsys) -> None:
    for moment in MOMENTS:
        address, form = sharing.prepare()
        former = portal_stack.pids[name]
        kill_soon(name, moment)
        if not sharing.press(address, form):
            sharing.press_until_acknowledged(address, form)
        eventually(lambda: portal_stack.pids[name] not in {former, None}, within=30)  # noqa: B023
        wait_until_healthy(portal_stack)
    # A sender killed after its claim leaves the mail to its successor when the lease ends.
    tally = sharing.count(within=150)
    with capsys.disabled():
        print(f"\n{name} killed in mid-share: {tally}")
    assert tally.lost == []
    assert tally.duplicated == []
    assert len(tally.acknowledged) == len(MOMENTS)
