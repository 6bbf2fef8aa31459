"""One portal per data folder."""

import os
import shutil
import stat
import subprocess
import sys

import pytest

from portal_chassis.embedded.running_portal import read_running
from portal_runner.processes import Child
from portal_runner.running import (
    AlreadyRunningError,
    RunningPortal,
    read_processes,
    write_private,
)
from tests.kit.waiting import eventually


def test_a_second_portal_in_the_same_folder_is_refused_and_told_where_the_first_is(tmp_path):
    first = RunningPortal(tmp_path)
    first.claim()
    first.announce(url="http://127.0.0.1:8000")
    with pytest.raises(AlreadyRunningError, match=r"127.0.0.1:8000 \(process \d+\)"):
        RunningPortal(tmp_path).claim()


def test_a_folder_that_was_given_free_is_taken_again(tmp_path):
    first = RunningPortal(tmp_path)
    first.claim()
    first.announce(url="http://127.0.0.1:8000")
    first.release()
    assert read_running(tmp_path) is None
    RunningPortal(tmp_path).claim()


def test_a_killed_portal_does_not_block_the_next(tmp_path):
    script = (
        "import os, sys; from pathlib import Path\n"
        "from portal_runner.running import RunningPortal\n"
        "portal = RunningPortal(Path(sys.argv[1])); portal.claim(); portal.announce(url='x')\n"
        "os.kill(os.getpid(), 9)\n"
    )
    subprocess.run([sys.executable, "-c", script, str(tmp_path)], check=False)
    RunningPortal(tmp_path).claim()
    assert read_running(tmp_path) is None


def test_what_is_announced_is_for_us_alone(tmp_path):
    running = RunningPortal(tmp_path)
    running.claim()
    running.announce(url="http://127.0.0.1:8000", amqp_uri="amqp://user:secret@127.0.0.1/")
    assert stat.S_IMODE((tmp_path / "running.json").stat().st_mode) == 0o600
    assert read_running(tmp_path)["pid"] == os.getpid()


def test_one_that_is_still_starting_is_named_too(tmp_path):
    first = RunningPortal(tmp_path)
    first.claim()
    with pytest.raises(AlreadyRunningError, match=rf"already \(process {os.getpid()}\)"):
        RunningPortal(tmp_path).claim()


def test_what_was_copied_with_the_folder_says_nothing_of_the_copy(tmp_path):
    folder = tmp_path / "var"
    folder.mkdir()
    first = RunningPortal(folder)
    first.claim()
    first.announce(url="http://127.0.0.1:8000", amqp_uri="amqp://original")
    write_private(folder / "processes.json", f'{{"gateway": {os.getpid()}}}')
    copy = shutil.copytree(folder, tmp_path / "copy")
    assert read_running(folder)["amqp_uri"] == "amqp://original"
    assert read_processes(folder) == {"gateway": os.getpid()}
    assert read_running(copy) is None
    assert read_processes(copy) == {}
    RunningPortal(copy).claim(former_seconds=0)


def test_the_processes_of_a_killed_portal_are_waited_for_and_named(tmp_path):
    former = RunningPortal(tmp_path)
    former.claim()
    command = [sys.executable, "-c", "import time; time.sleep(600)"]
    child = Child("c", command, {}, tmp_path / "log", inherited=former.inherited)
    child.start()
    write_private(tmp_path / "processes.json", f'{{"gateway": {child.pid}}}')
    former.release()
    with pytest.raises(AlreadyRunningError, match=rf"was killed.*{child.pid}"):
        RunningPortal(tmp_path).claim(former_seconds=0.1)
    child.ask_to_stop()
    eventually(lambda: not child.runs)
    RunningPortal(tmp_path).claim(former_seconds=5)
