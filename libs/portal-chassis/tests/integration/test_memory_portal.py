"""Services in one process over the in-memory broker."""

import json
import subprocess
import sys

import pytest


@pytest.fixture(scope="module")
def seen(postgres, toys_on_path, tmp_path_factory):
    """What the process saw; see `toys/memory_portal.py`."""
    urls = [postgres.migrated("toy") for _ in range(2)]
    done = subprocess.run(
        [
            sys.executable,
            toys_on_path.folder / "memory_portal.py",
            *(one.runtime_url for one in urls),
        ],
        env=toys_on_path.environment,
        cwd=tmp_path_factory.mktemp("memory"),
        capture_output=True,
        text=True,
        check=False,
    )
    for one in urls:
        postgres.drop(one)
    assert done.returncode == 0, done.stderr
    assert "Anna Example" not in done.stderr
    return json.loads(done.stdout)


def test_a_row_counts_as_sent_only_when_its_subscriber_has_it(seen):
    assert seen["nobody runs"] == ["not_taken"]
    assert seen["the service runs"] == []
    assert seen["handled"] == 1


def test_a_row_counts_as_sent_only_after_the_commit_of_the_inbox(seen):
    assert seen["the inbox row is not committed"] == ["not_taken"]
    assert seen["the inbox row is committed"] == []
    assert seen["handled in the end"] == 2


def test_a_batch_is_sent_and_nothing_is_remembered(seen):
    assert seen["twenty more"] == []
    assert seen["remembered"] == 0


def test_calls_are_answered_at_once_and_failures_are_opaque(seen):
    # One that was only looked for at intervals would take half a second on average.
    assert seen["call in ms"] < 250
    assert seen["failure"] == "internal_error"


def test_idle_services_cost_next_to_nothing(seen):
    assert seen["idle CPU"] < 0.1


def test_they_stop_at_once(seen):
    assert seen["seconds to stop"] < 5
