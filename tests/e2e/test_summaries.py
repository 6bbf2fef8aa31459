"""A session is written up, its summary shared, mailed and read; the private note stays private."""

from __future__ import annotations

import pytest

from tests.kit.portal.journeys import only_id
from tests.kit.waiting import eventually

pytestmark = pytest.mark.timeout(240)

TEXT = "## What we spoke about\n\nThe **lighthouse** and the way home."
NOTE = "Only for me: ask about the harbour."


@pytest.fixture
def written_up(new_journey):
    ida = new_journey("Ida")
    ida.desk.open(f"{ida.client_page}/sessions/new")
    page = ida.desk.press("Record session", title="First talk", on="2026-01-14", at="10:00")
    session_id = only_id(page.path)
    ida.desk.open(f"/console/sessions/{session_id}")
    ida.desk.press("Save", summary=TEXT, note=NOTE)
    return ida, session_id


def share(ida):
    ida.desk.press("Share with client")
    return ida.desk.press("Share with client")


def test_a_draft_is_nobodys_but_the_practitioners(written_up):
    ida, session_id = written_up
    page = ida.client.open(f"/sessions/{session_id}")
    assert "lighthouse" not in page.text
    assert "lighthouse" not in ida.client.open("/home").text


def test_shared_mailed_read_and_taken_back(written_up):
    ida, session_id = written_up
    share(ida)
    mail = ida.mail(1)
    assert "lighthouse" not in mail.as_string()
    page = ida.follow_mail(1)
    assert page.path == f"/sessions/{session_id}"
    assert "<strong>lighthouse</strong>" in page.html
    assert "read" in ida.desk.open(f"{ida.client_page}/sessions").text.lower()

    ida.desk.open(f"/console/sessions/{session_id}")
    ida.desk.follow("Unshare")
    ida.desk.press("Unshare")
    assert "lighthouse" not in ida.client.open(f"/sessions/{session_id}").text


def test_the_private_note_reaches_no_page_of_the_portal(written_up):
    ida, session_id = written_up
    share(ida)
    for address in ("/home", "/sessions", f"/sessions/{session_id}", "/contact"):
        assert "harbour" not in ida.client.open(address).html
    assert "note" not in ida.client.open("/contact").text.lower()
    assert "harbour" in ida.desk.open(f"/console/sessions/{session_id}").html


def test_who_opened_what_is_in_the_access_log(written_up):
    ida, session_id = written_up
    share(ida)
    ida.client.open(f"/sessions/{session_id}")

    def logged():
        text = ida.desk.open(f"{ida.client_page}/access").text
        told = ("read the summary of", "shared the summary of", "wrote a private note on")
        return all(words in text for words in told)

    eventually(logged)
