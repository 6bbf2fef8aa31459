"""From an empty folder to the first client in her portal: one start, and then the browser alone."""

from __future__ import annotations

import pytest

from portal_chassis.embedded.ports import free_port
from tests.kit.mail_server import RecordingMailServer
from tests.kit.waiting import eventually

pytestmark = pytest.mark.timeout(180)

OWNER, CLIENT = "rivera@practice.example", "clara@mail.example"
PASSWORD = "a whole sentence is fine"


@pytest.fixture
def provider():
    """The practice's mail provider."""
    server = RecordingMailServer()
    server.start()
    yield server
    server.stop()


@pytest.fixture
def served(start_portal):
    """``portal serve`` with nothing said but its address."""
    port = free_port()
    environment = {"PORTAL_PUBLIC_URL": f"http://127.0.0.1:{port}"}
    return start_portal("serve", environment=environment, port=port)


def test_from_an_empty_folder_to_the_first_client_without_a_shell(served, provider):
    file = served.folder / "setup-address"
    eventually(file.exists)
    address = file.read_text().strip()
    assert address not in served.log.read_text()
    owner = served.visitor()
    owner.open(address)
    owner.press(
        "Set up the portal",
        practice_name="Praxis Rivera",
        timezone="Europe/Berlin",
        country="DE",
        name="Dr Rivera",
        email=OWNER,
        password=PASSWORD,
    )
    assert served.visitor().open(address).heading == "This portal is set up"
    owner.press("Save hours", **{"weekly-0-0-start": "09:00", "weekly-0-0-end": "17:00"})
    meeting = "https://meet.example.org/rivera"
    owner.press("Add service", title="Consultation", place=meeting)
    owner.follow("Skip this step")
    owner.press("Add client", name="Clara Neu", email=CLIENT)
    today = owner.press("Share link")
    assert today.path == "/console"
    assert "4 of 5 done" in today.text
    assert provider.messages == []

    owner.follow("Set mail server")
    owner.press(
        "Save and send a test mail",
        host=provider.host,
        port=str(provider.port),
        security="none",
        to=OWNER,
    )
    [waited] = provider.wait_for(CLIENT)
    assert waited.sender == OWNER
    assert len(provider.wait_for(OWNER)) == 1

    settings = "/console/settings/mail-server"
    eventually(lambda: "has taken the test mail" in owner.open(settings).text)
    assert "First steps" not in owner.open("/console").text
    client = served.visitor()
    assert client.open(served.portal_link_in(waited.message)).heading == "Hello Clara"
