"""What a portal shows is known by its calls, so that whoever may see a link may see all of it."""

from __future__ import annotations

import ast
import importlib
from collections.abc import Iterator

from gateway.api.all_operations import OPERATIONS
from gateway.web.pages import HERE
from gateway.web.routing import Owner
from portal_contracts.calls import Method
from portal_contracts.catalogue import METHODS
from portal_contracts.permissions import PORTAL_CALLS, PORTAL_SHOWS, Permission

ENTERING = {
    "identity_links.inspect_link",
    "identity_links.redeem_link",
    "identity_links.send_entry_code",
    "identity_links.renew_link",
    "identity_links.request_link",
    "identity_links.end_device",
}
"""Calls of whoever comes in or leaves: they show nothing of a client who is in."""
LISTED = {address for calls in PORTAL_CALLS.values() for address in calls}


def methods_imported(source: str) -> Iterator[str]:
    """The addresses of the calls that a module imports by their names."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.ImportFrom) or not (node.module or "").startswith(
            "portal_contracts."
        ):
            continue
        module = importlib.import_module(str(node.module))
        for name in node.names:
            found = getattr(module, name.name, None)
            if isinstance(found, Method):
                yield found.address


def test_every_call_of_the_portal_s_pages_is_listed() -> None:
    modules = [
        *(HERE / "portal").glob("*.py"),
        *(HERE / "web").glob("portal_*.py"),
        *(HERE / "api").glob("portal_*.py"),
    ]
    called = {one for path in modules for one in methods_imported(path.read_text("utf-8"))}
    assert len(called) > 20
    assert called - ENTERING <= LISTED


def test_every_call_of_a_client_s_program_is_listed() -> None:
    called = {one.method.address for one in OPERATIONS if one.owner is Owner.CLIENT and one.method}
    assert len(called) > 20
    assert called <= LISTED


def test_what_is_listed_is_there() -> None:
    assert METHODS.keys() >= LISTED


def test_a_portal_shows_what_it_is_known_for_and_no_private_note() -> None:
    known = {
        Permission.APPOINTMENTS_READ,
        Permission.SESSIONS_READ,
        Permission.SUMMARIES_READ,
        Permission.FORMS_READ,
        Permission.ANSWERS_READ,
    }
    assert known < PORTAL_SHOWS
    assert not {Permission.NOTES_READ, Permission.REMARK_READ} & PORTAL_SHOWS
