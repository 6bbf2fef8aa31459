"""A client is erased: every page says so in a sentence, in both ways of running the portal."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.kit.portal.portals import Portal
from tests.kit.waiting import eventually

pytestmark = pytest.mark.timeout(240)

ADMIN = "from identity_links.admin import app; app()"
KEYS = ("identity_links", "scheduling", "forms", "notifications")


def admin(portal: Portal, *arguments: str) -> str:
    """`identity-links-admin` beside the portal, where ``var`` is its data folder."""
    where = portal.folder.with_name(f"{portal.folder.name}.admin")
    where.mkdir(exist_ok=True)
    var = where / "var"
    if not var.exists():
        var.symlink_to(portal.folder)
    done = subprocess.run(
        [sys.executable, "-c", ADMIN, *arguments],
        env=portal.environment,
        cwd=where,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def keys_of(portal: Portal, client_id: str) -> list[str]:
    """The services that have a data key of the client."""
    found = []
    for service in KEYS:
        with portal.connect(service) as connection:
            query = "SELECT 1 FROM data_key WHERE client_id = %s"
            if connection.execute(query, [client_id]).fetchone():
                found.append(service)
    return found


def pages_about(visitor, client_id: str) -> list[str]:
    """Every page about the client that the client's tabs lead to."""
    base = f"/console/clients/{client_id}"
    names = ("", "/appointments", "/sessions", "/forms", "/mails", "/access")
    found = {f"{base}{name}" for name in names}
    for tab in sorted(found):
        links = visitor.open(tab).links.values()
        rooms = ("/console/sessions/", "/console/forms/", "/console/mails/", base)
        found |= {link for link in links if link.startswith(rooms)}
    return sorted(found)


def test_an_erased_clients_pages_are_sentences(start_portal):
    portal = start_portal("try")
    practitioner = portal.practitioner()
    client_id = somebody_with_keys(portal)
    pages = pages_about(practitioner, client_id)
    rooms = {page.split("/")[2] for page in pages}
    assert {"clients", "sessions"} <= rooms

    admin(portal, "client", "erase", client_id, "--apply")
    assert client_id in (portal.folder / "erased-clients.jsonl").read_text()
    eventually(lambda: not keys_of(portal, client_id), within=30)

    assert "erased on" in practitioner.open(f"/console/clients/{client_id}").text
    for address in pages:
        shown = practitioner.open(address)
        assert shown.status in {200, 404}, f"{address}: {shown.status}"
        assert "on our side" not in shown.text, address
    session = next(page for page in pages if page.startswith("/console/sessions/"))
    writing = [form for form in practitioner.open(session).forms if session in form.action]
    assert writing
    for form in writing:
        for button in form.buttons[:1]:
            practitioner.open(session)
            answer = practitioner.press(button)
            assert answer.status in {200, 404, 409, 422}, f"{button}: {answer.status}"
    assert "erased before" in admin(portal, "client", "erase", client_id, "--apply")
    assert "Erased the client" in practitioner.open(f"/console/clients/{client_id}/access").text


def somebody_with_keys(portal: Portal) -> str:
    """A client with summaries and answers."""
    with portal.connect("forms") as connection:
        answered = {row[0] for row in connection.execute("SELECT client_id FROM data_key")}
    with portal.connect("scheduling") as connection:
        met = {row[0] for row in connection.execute("SELECT client_id FROM data_key")}
    return str(min(answered & met))


@pytest.mark.long
def test_a_service_that_is_away_erases_when_it_is_back(start_portal):
    stack = start_portal("stack")
    # Practitioners with calendars elsewhere have keys there, too.
    client_id = somebody_with_keys(stack)
    stack.stop()
    # Nobody runs: the command starts the database for the while.
    admin(stack, "client", "erase", client_id, "--apply")
    again = start_portal("stack", folder=stack.folder)
    eventually(lambda: not keys_of(again, client_id), within=30)
