"""What is told of a process of which only the number is known."""

from __future__ import annotations

import shutil
import signal
import subprocess
from pathlib import Path

import pytest

from portal_chassis.embedded import processes
from portal_chassis.embedded.polling import wait_until


@pytest.fixture
def sleeper(tmp_path):
    """A program whose name reads like the end of a line of ``/proc``."""
    program = tmp_path / "nap (2) Z nap"
    shutil.copy(shutil.which("sleep") or "/bin/sleep", program)
    with subprocess.Popen([program, "60"]) as child:
        yield child
        child.kill()


@pytest.fixture(params=["shown as a file", "told by ps"])
def runs(request, monkeypatch):
    if request.param == "told by ps":
        monkeypatch.setattr(processes, "_from_proc", processes._from_ps)
    elif not Path("/proc/self/stat").exists():
        pytest.skip("this system does not show its processes as files")
    return processes.runs


def test_a_process_runs_by_its_name_alone(sleeper, runs):
    assert runs(sleeper.pid, "nap (2) Z nap")
    assert not runs(sleeper.pid, "postgres")


def test_who_is_dead_and_not_waited_for_does_not_run(sleeper, runs):
    sleeper.send_signal(signal.SIGKILL)
    assert wait_until(lambda: not runs(sleeper.pid, "nap"), within=10)


def test_a_number_that_nobody_has_is_no_process(runs):
    ended = subprocess.Popen(["true"])
    ended.wait()
    assert not runs(ended.pid, "true")
