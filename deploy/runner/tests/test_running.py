"""One portal per data folder."""

import os
import stat
import subprocess
import sys

import pytest

from portal_runner.running import AlreadyRunningError, RunningPortal, read_running


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
