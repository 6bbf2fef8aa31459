"""Child processes: watched, restarted, ended with all they started."""

import os
import sys

import psutil
import pytest

from portal_runner import processes
from portal_runner.processes import Child, stop_all
from tests.kit.waiting import eventually

SLEEPER = "import time; time.sleep(600)"
STUBBORN = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(600)"
WITH_CHILD = (
    "import subprocess, sys, time; subprocess.Popen([sys.executable, '-c', 'import time;"
    "time.sleep(600)']); time.sleep(600)"
)


@pytest.fixture
def start(tmp_path):
    children = []

    def start(script, name="child"):
        child = Child(name, [sys.executable, "-c", script], dict(os.environ), tmp_path / "log")
        child.start()
        children.append(child)
        return child

    yield start
    stop_all(children, within=0.1)


@pytest.fixture
def quick(monkeypatch):
    monkeypatch.setattr(processes, "FIRST_PAUSE_SECONDS", 0.02)


def test_a_process_that_runs_is_left_alone(start):
    child = start(SLEEPER)
    pid = child.pid
    assert not child.revive()
    assert child.pid == pid


def test_a_process_that_died_is_started_again_after_a_pause(quick, start):
    child = start(SLEEPER)
    former = child.pid
    os.kill(former, 9)
    eventually(child.revive)
    assert child.runs
    assert child.pid != former


def test_the_pause_grows_while_it_keeps_dying(quick, start):
    child = start("raise SystemExit(1)")
    pauses = []
    for _ in range(3):
        eventually(lambda: not child.runs)
        eventually(child.revive)
        pauses.append(child.pause)
    assert pauses == sorted(pauses)
    assert pauses[-1] > pauses[0]


def test_stopping_is_clean_where_sigterm_is_heard(start):
    child = start(SLEEPER)
    child.ask_to_stop()
    assert child.wait(5)
    assert child.pid is None


def test_one_that_ignores_sigterm_is_killed_in_time(start):
    child = start(STUBBORN)
    process = psutil.Process(child.pid)
    eventually(lambda: process.cpu_times().user >= 0 and process.status() == "sleeping")
    child.ask_to_stop()
    child.wait(0.3)
    assert not psutil.pid_exists(process.pid)


def test_what_it_has_started_ends_with_it(start):
    child = start(WITH_CHILD)
    process = psutil.Process(child.pid)
    [grandchild] = eventually(process.children)
    child.ask_to_stop()
    child.wait(5)
    eventually(lambda: not grandchild.is_running() or grandchild.status() == "zombie")


def test_it_ends_when_the_supervisor_is_killed(tmp_path):
    script = (
        "import os, sys; from pathlib import Path; from portal_runner.processes import Child\n"
        f"child = Child('c', [sys.executable, '-c', {SLEEPER!r}], dict(os.environ), Path('log'))\n"
        "child.start(); print(child.pid, flush=True); os.kill(os.getpid(), 9)\n"
    )
    supervisor = psutil.Popen([sys.executable, "-c", script], cwd=tmp_path, stdout=-1, text=True)
    pid = int(supervisor.stdout.readline())
    supervisor.wait()
    eventually(lambda: not psutil.pid_exists(pid) or psutil.Process(pid).status() == "zombie")
