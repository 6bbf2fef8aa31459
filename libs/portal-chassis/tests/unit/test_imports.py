"""What a process takes from the chassis without taking eventlet along."""

import subprocess
import sys

import pytest

SHOW = "print(*sorted({'eventlet', 'nameko', 'psycopg', 'sqlalchemy'} & set(sys.modules)))"


def loaded(module):
    done = subprocess.run(
        [sys.executable, "-c", f"import sys, {module}; {SHOW}"],
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.split()


@pytest.mark.parametrize(
    "module", ["rpc_client", "logging", "settings", "translations", "clock", "ids", "metrics"]
)
def test_the_gateway_loads_neither_eventlet_nor_a_database(module):
    assert loaded(f"portal_chassis.{module}") == []


@pytest.mark.parametrize("module", ["admin", "migrations", "database", "relay", "outbox", "sealed"])
def test_admin_scripts_load_neither_eventlet_nor_nameko(module):
    assert not {"eventlet", "nameko"} & set(loaded(f"portal_chassis.{module}"))


@pytest.mark.parametrize(
    ("variable", "expected"), [("wait_selector", "fine"), ("wait_c", "refused"), ("", "refused")]
)
def test_a_process_with_greenthreads_refuses_the_blocking_wait(variable, expected):
    program = (
        "import warnings; warnings.simplefilter('ignore')\n"
        "from portal_chassis.cooperative import assert_cooperative_waiting\n"
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
