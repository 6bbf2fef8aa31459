"""The broker or the databases break while people book, fill in and share: nothing is lost."""

from __future__ import annotations

import os
import signal
import time

import psutil
import pytest

from tests.kit.portal.load import Load, unclean
from tests.kit.portal.people import everybody
from tests.kit.waiting import eventually

pytestmark = [pytest.mark.timeout(180), pytest.mark.long]

FROZEN_SECONDS = 12.0
"""Longer than anybody waits for an answer, and than a statement or a lock may take."""


@pytest.fixture
def answers(capsys):
    """Every answer that people got, also to the pages before an act."""
    kept = []
    yield kept
    with capsys.disabled():
        print(
            f"\n{len(kept)} answers, the slowest after {max(one.seconds for one in kept):.1f} s, "
            f"{sum(one.status == 503 for one in kept)} times 503"
        )
    assert unclean(kept) == []


def told(capsys, seconds):
    with capsys.disabled():
        print(f"\neverybody served {seconds:.1f} s after its return")


@pytest.mark.parametrize(
    ("server", "blow"),
    [
        pytest.param("rabbitmq", signal.SIGTERM, id="rabbitmq-stopped"),
        pytest.param("rabbitmq", signal.SIGKILL, id="rabbitmq-killed"),
        pytest.param("postgres", signal.SIGINT, id="postgres-stopped"),
        pytest.param("postgres", signal.SIGKILL, id="postgres-killed"),
    ],
)
def test_a_restart_under_load(portal_stack, tally, answers, capsys, server, blow):
    with Load(tally, everybody(portal_stack, answers)) as load:
        load.wait_until_each_was_answered(2)
        former = portal_stack.pids[server]
        os.kill(former, blow)
        eventually(lambda: portal_stack.pids[server] not in {former, None}, within=60)
        told(capsys, load.wait_until_each_was_answered())
    tally.wait()


def test_connections_to_the_databases_are_cut_under_load(portal_stack, tally, answers, capsys):
    with Load(tally, everybody(portal_stack, answers)) as load:
        load.wait_until_each_was_answered(2)
        with portal_stack.connect("postgres") as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
            )
        told(capsys, load.wait_until_each_was_answered())
    tally.wait()


def test_the_databases_hang_under_load(portal_stack, tally, answers, capsys):
    with Load(tally, everybody(portal_stack, answers)) as load:
        load.wait_until_each_was_answered(2)
        postmaster = psutil.Process(portal_stack.pids["postgres"])
        until = time.monotonic() + FROZEN_SECONDS
        postmaster.suspend()
        frozen = [postmaster, *postmaster.children()]
        for process in frozen:
            process.suspend()
        try:
            eventually(lambda: time.monotonic() > until, within=FROZEN_SECONDS + 1)
        finally:
            for process in frozen:
                process.resume()
        told(capsys, load.wait_until_each_was_answered())
    tally.wait()
