"""What a running process has in memory: nothing that only other processes need."""

from __future__ import annotations

import subprocess
import sys

import pytest

from portal_contracts.catalogue import SERVICES

ALL = ", ".join(f"{name}.service" for name in SERVICES)
PROCESSES = {
    "services": f"portal_chassis.launch, {ALL}",
    "gateway": "gateway.wsgi",
    "portal-in-one-process": f"portal_runner.standalone, {ALL}",
}
FOR_OTHERS = {
    "alembic": "loaded where there is something to migrate, and only then",
    "mako": "alembic's",
    "typer": "admin scripts'",
    "pydantic": "typer would take it for types of arguments that we do not have",
    "pygments": "structlog would take it if it found rich",
    "yaml": "kombu would take it if it found it",
    "msgpack": "kombu would take it if it found it",
    "dns": "names are resolved by the system, in a thread",
    "pytest": "tests'",
    "tests": "the test kit",
}
TAKEN = {
    "services": {"eventlet", "nameko", "sqlalchemy", "structlog", "kombu"},
    "gateway": {"falcon", "jinja2", "structlog", "kombu"},
    "portal-in-one-process": {"eventlet", "nameko", "sqlalchemy", "falcon"},
}
NOT_TAKEN = {
    "services": FOR_OTHERS.keys() | {"rich", "falcon", "gateway", "portal_runner"},
    "gateway": FOR_OTHERS.keys() | {"rich", "eventlet", "nameko", "sqlalchemy", "cryptography"},
    "portal-in-one-process": FOR_OTHERS.keys(),
}


@pytest.mark.parametrize("process", PROCESSES)
def test_a_process_loads_nothing_that_only_others_need(process):
    program = f"import sys, {PROCESSES[process]}; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    modules = set(done.stdout.split())
    packages = {name.partition(".")[0] for name in modules}
    assert packages >= TAKEN[process]
    assert packages & NOT_TAKEN[process] == set()
