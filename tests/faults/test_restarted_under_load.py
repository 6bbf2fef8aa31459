"""The broker or the databases restart while people book, fill in and share: nothing is lost."""

from __future__ import annotations

import os
import signal

import pytest

from portal_chassis.testing.waiting import eventually
from portal_runner.testing.load import Load, unclean
from portal_runner.testing.people import everybody

pytestmark = [pytest.mark.timeout(180), pytest.mark.long]


@pytest.mark.parametrize(
    ("server", "blow"),
    [
        pytest.param("rabbitmq", signal.SIGTERM, id="rabbitmq-stopped"),
        pytest.param("rabbitmq", signal.SIGKILL, id="rabbitmq-killed"),
        pytest.param("postgres", signal.SIGINT, id="postgres-stopped"),
        pytest.param("postgres", signal.SIGKILL, id="postgres-killed"),
    ],
)
def test_a_restart_under_load(portal_stack, tally, capsys, server, blow):
    answers = []
    with Load(tally, everybody(portal_stack, answers)) as load:
        load.wait_until_each_was_answered(2)
        former = portal_stack.pids[server]
        os.kill(former, blow)
        eventually(lambda: portal_stack.pids[server] not in {former, None}, within=60)
        recovered = load.wait_until_each_was_answered()
    tally.wait()
    late = max(answer.seconds for answer in answers)
    with capsys.disabled():
        print(
            f"\n{server}: {len(answers)} answers, the slowest after {late:.1f} s, "
            f"{sum(answer.status == 503 for answer in answers)} times 503, "
            f"everybody served {recovered:.1f} s after its return"
        )
    assert unclean(answers) == []
