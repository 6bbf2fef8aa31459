"""What a running service has in memory: nothing that only other processes need."""

from __future__ import annotations

import subprocess
import sys

from portal_contracts.catalogue import SERVICES

FOR_OTHERS = {
    "alembic": "migrations run in a process of their own",
    "mako": "alembic's",
    "typer": "admin scripts'",
    "rich": "admin scripts'",
    "pygments": "rich's",
    "yaml": "kombu would take it if it found it",
    "msgpack": "kombu would take it if it found it",
    "dns": "names are resolved by the system, in a thread",
    "falcon": "the gateway's",
}


def test_a_service_loads_nothing_that_others_need():
    services = ", ".join(f"{name}.service" for name in SERVICES)
    program = f"import sys, portal_chassis.launch, {services}; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    loaded = {name.partition(".")[0] for name in done.stdout.split()}
    assert {"eventlet", "nameko", "sqlalchemy"} <= loaded
    assert loaded & FOR_OTHERS.keys() == set()
