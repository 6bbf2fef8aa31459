"""What the fault tests share: acts that are counted, and what must hold in the end."""

from __future__ import annotations

import threading

import psutil
import pytest

from tests.kit.portal.invariant_checks import InvariantChecks
from tests.kit.portal.portals import Portal
from tests.kit.portal.repeatable_acts import Tally


@pytest.fixture(scope="session")
def invariant_checks(portal_stack: Portal) -> InvariantChecks:
    return InvariantChecks(portal_stack)


@pytest.fixture(scope="module", autouse=True)
def what_must_hold(invariant_checks: InvariantChecks, request):
    """After the tests of each file: every invariant, over all that the stack keeps."""
    yield
    with request.config.pluginmanager.getplugin("capturemanager").global_and_fixture_disabled():
        print(f"\n{invariant_checks.check()}")


@pytest.fixture
def tally(request, invariant_checks: InvariantChecks, capsys):
    """Counts what came of a test's acts, prints it, and fails the test if anything is wrong."""
    counted = Tally(request.node.name, invariant_checks.journal)
    yield counted
    with capsys.disabled():
        print(f"\n{counted}")
    assert counted.lost == []
    assert counted.duplicated == []


@pytest.fixture
def kill_soon(portal_stack: Portal):
    """``kill_soon("gateway", 0.02)``: SIGKILL after so many seconds, from aside."""
    timers: list[threading.Timer] = []

    def arrange(name: str, seconds: float) -> None:
        process = psutil.Process(portal_stack.pids[name])
        timer = threading.Timer(seconds, process.kill)
        timers.append(timer)
        timer.start()

    yield arrange
    for timer in timers:
        timer.join()
