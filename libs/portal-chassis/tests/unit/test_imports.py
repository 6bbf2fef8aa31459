"""What a process takes from the chassis without taking eventlet along."""

import subprocess
import sys

import pytest

SHOW = "print(*sorted({'eventlet', 'nameko', 'psycopg', 'sqlalchemy'} & set(sys.modules)))"


def loaded(*modules):
    names = ", ".join(f"portal_chassis.{module}" for module in modules)
    done = subprocess.run(
        [sys.executable, "-c", f"import sys, {names}; {SHOW}"],
        capture_output=True,
        text=True,
        check=True,
    )
    return set(done.stdout.split())


def test_what_the_gateway_takes_loads_neither_eventlet_nor_a_database():
    taken = ("rpc.client", "logging", "settings", "translations", "clock", "ids", "metrics")
    assert loaded(*taken) == set()


def test_what_admin_scripts_take_loads_neither_eventlet_nor_nameko():
    taken = ("admin", "database.transactions", "database.migrations", "database.sealed")
    taken += ("database.lease", "events.relay", "events.outbox", "events.inbox")
    assert not {"eventlet", "nameko"} & loaded(*taken)


@pytest.mark.parametrize(
    ("variable", "expected"), [("wait_selector", "fine"), ("wait_c", "refused"), ("", "refused")]
)
def test_a_process_with_greenthreads_refuses_the_blocking_wait(variable, expected):
    program = (
        "import warnings; warnings.simplefilter('ignore')\n"
        "from portal_chassis.process.eventlet_process import assert_cooperative_waiting\n"
        "try:\n    assert_cooperative_waiting()\n    print('fine')\n"
        "except RuntimeError as error:\n"
        "    assert 'wait_selector' in str(error)\n    print('refused')"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": ":".join(sys.path)}
        | ({"PSYCOPG_WAIT_FUNC": variable} if variable else {}),
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == [expected]
