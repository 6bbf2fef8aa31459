"""Who may do what at the broker: as little as the code of each process needs."""

from __future__ import annotations

import importlib
import pkgutil
import re
from typing import Any

import pytest

import gateway
from portal_chassis.authority.require_authority import require_authority
from portal_chassis.authority.seen import require_client_of, require_sight, seen_by
from portal_chassis.authority.who import about_client, seen
from portal_chassis.broker import topology
from portal_contracts.broker_accounts import RIGHTS, permissions
from portal_contracts.calls import GATEWAY, Method
from portal_contracts.catalogue import METHODS, PROCESSES, SERVICES
from portal_contracts.identity_links.rpc.access import MAY
from portal_contracts.identity_links.rpc.caseload import LIST_VISIBLE_CLIENTS

ASKED_BY: dict[Method[Any, Any], tuple[Any, ...]] = {
    MAY: (require_authority, about_client, require_client_of, require_sight),
    LIST_VISIBLE_CLIENTS: (seen, seen_by),
}
"""What of the chassis makes a call for whoever names it."""


def named_in(package: str) -> list[Any]:
    """Everything that the modules of a package name at their top."""
    found = importlib.import_module(package)
    modules = [found] + [
        importlib.import_module(one.name)
        for one in pkgutil.walk_packages(found.__path__, f"{package}.")
        if ".migrations." not in one.name and one.name != "gateway.wsgi"
    ]
    return [value for module in modules for value in vars(module).values()]


def called_in(process: str) -> set[str]:
    named = named_in(process)
    called = {value.address for value in named if isinstance(value, Method)}
    callables = [value for value in named if callable(value)]
    for method, askers in ASKED_BY.items():
        if any(value in askers for value in callables):
            called.add(method.address)
    return {one for one in called if METHODS[one].service != process}


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_may_make_exactly_the_calls_it_makes(service: str):
    allowed = {name for name, method in METHODS.items() if service in method.callers}
    assert called_in(service) == allowed


def test_the_gateway_may_make_every_call_it_makes():
    assert gateway.__name__ == GATEWAY
    allowed = {name for name, method in METHODS.items() if GATEWAY in method.callers}
    assert called_in(GATEWAY) <= allowed


def test_a_call_is_for_somebody_else():
    for method in METHODS.values():
        assert method.callers
        assert set(method.callers) <= set(PROCESSES) - {method.service}


def allowed(process: str, right: str, names: set[str]) -> set[str]:
    (found,) = [one for one in permissions("/") if one["user"] == f"latchkey-{process}"]
    return {name for name in names if re.search(found[right], name)}


EXCHANGES = {one.name for one in topology.exchanges()} | {"amq.default"}
EVENT_QUEUES = {one.name for one in topology.queues()}
CALL_QUEUES = {topology.rpc_queue(service).name for service in SERVICES}
LIKE_THEM = {"forms_events", "xforms.events", "forms.eventsx", "rpc-formsx", "amq.topic", "x"}
EVERYTHING = EXCHANGES | EVENT_QUEUES | CALL_QUEUES | LIKE_THEM


def test_the_gateway_may_send_calls_and_nothing_else():
    assert allowed(GATEWAY, "configure", EVERYTHING) == set()
    assert allowed(GATEWAY, "read", EVERYTHING) == set()
    assert allowed(GATEWAY, "write", EVERYTHING) == {f"{name}.calls" for name in SERVICES}


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_may_read_what_is_for_it_and_write_what_is_its_own(service: str):
    mine = {f"rpc-{service}"}
    assert allowed(service, "configure", EVERYTHING) == mine
    events = {name for name in EVENT_QUEUES if name.startswith(f"{service}.")}
    assert allowed(service, "read", EVERYTHING) == mine | events | {f"{service}.calls"}
    written = allowed(service, "write", EVERYTHING)
    calls = {name for name in written if name.endswith(".calls")}
    assert written - calls == mine | {f"{service}.events", "amq.default"}
    assert f"{service}.calls" not in calls


def test_every_process_has_rights_and_nobody_else():
    assert set(RIGHTS) == set(PROCESSES)
