"""The first replies of a process, read by many threads at once."""

from __future__ import annotations

import json
import subprocess
import sys
from contextlib import suppress

import pytest
from msgspec import inspect

from gateway.api.examples import example_of
from portal_contracts.catalogue import METHODS

READ_AT_ONCE = """
import sys, threading
from types import SimpleNamespace
from portal_contracts.catalogue import METHODS, prepare_messages
import msgspec, json

prepares, bodies = sys.argv[1] == "prepared", json.load(sys.stdin)
if prepares:
    prepare_messages()
sys.setswitchinterval(1e-6)

def read(barrier, body, kind):
    barrier.wait()
    msgspec.json.decode(body, type=kind)

for address, body in bodies.items():
    barrier = threading.Barrier(4)
    given = (barrier, json.dumps(body).encode(), METHODS[address].result)
    threads = [threading.Thread(target=read, args=given) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
"""


@pytest.fixture(scope="module")
def bodies() -> str:
    made = {}
    for address, method in METHODS.items():
        # Of some the API offers no example.
        with suppress(KeyError):
            made[address] = example_of(inspect.type_info(method.result))
    assert len(made) > len(METHODS) / 2
    return json.dumps(made)


def end_of(how: str, bodies: str) -> int:
    command = [sys.executable, "-c", READ_AT_ONCE, how]
    done = subprocess.run(command, input=bodies.encode(), capture_output=True, check=False)
    assert done.returncode < 0 or not done.stderr, done.stderr.decode()
    return done.returncode


def test_threads_may_read_their_first_replies_at_once(bodies: str) -> None:
    assert [end_of("prepared", bodies) for _ in range(3)] == [0, 0, 0]


def test_without_preparing_the_process_may_end(bodies: str) -> None:
    # Should this ever fail, msgspec has been mended, and nothing needs to be prepared.
    assert any(end_of("as it comes", bodies) < 0 for _ in range(5))
