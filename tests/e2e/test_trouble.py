"""What goes wrong with links, and what a person sees then."""

from __future__ import annotations

import re
import uuid

import pytest

from tests.kit.waiting import eventually

pytestmark = pytest.mark.timeout(180)


@pytest.fixture
def shared(portal):
    """A new client's address, the practitioner on the client's page, and the link from the mail."""
    address = f"trouble.{uuid.uuid4().hex[:8]}@example.org"
    practitioner = portal.practitioner()
    practitioner.open("/console/clients/new")
    page = practitioner.press("Add client", name="Thea Trouble", email=address)
    client_page = page.path
    practitioner.follow("Share link")
    practitioner.press("Share link")
    [mail] = portal.wait_for_mails(address)
    return address, practitioner, client_page, portal.portal_link_in(mail)


def test_a_revoked_link_names_nobody_and_brings_a_new_one_by_one_button(portal, shared):
    address, practitioner, client_page, link = shared
    practitioner.open(client_page)
    one_link = next(label for label in practitioner.page.links if label.startswith("Revoke "))
    practitioner.follow(one_link)
    practitioner.submit(next(form for form in practitioner.page.forms if "revoke" in form.action))
    client = portal.visitor()
    page = client.open(link)
    assert page.path.startswith("/p/")
    assert address not in page.text
    assert "•••" not in page.text
    assert client.press("E-mail me a new link").status == 200
    mails = portal.wait_for_mails(address, count=2)
    assert client.open(portal.portal_link_in(mails[-1])).path == "/home"


def test_asking_twice_within_a_minute_mails_once(portal, shared):
    address, _, _, _ = shared
    client = portal.visitor()
    for _ in range(3):
        client.open("/")
        form = next(form for form in client.page.forms if "link-requests" in form.action)
        assert client.submit(form, email=address).status == 200
    portal.wait_for_mails(address, count=2)
    # Another client's mail, asked for later, has come: this one's would have come before it.
    later = portal.visitor()
    later.open("/")
    form = next(form for form in later.page.forms if "link-requests" in form.action)
    later.submit(form, email=address)
    assert len(portal.mails_to(address)) == 2


def test_known_and_unknown_addresses_get_the_same_answer(portal, shared):
    address, _, _, _ = shared
    answers = []
    for email in (address, f"nobody.{uuid.uuid4().hex[:8]}@example.org"):
        visitor = portal.visitor()
        visitor.open("/")
        form = next(form for form in visitor.page.forms if "link-requests" in form.action)
        page = visitor.submit(form, email=email)
        hidden = re.sub(r'(value|content)="[^"]*"', "", page.html)
        answers.append((page.status, page.path.split("?")[0], hidden.replace(email, "")))
    assert answers[0] == answers[1]


@pytest.mark.parametrize("token", ["lk_" + "A" * 43, "lk_short", "x", "lk_%00", "%F0%9F%94%91"])
def test_a_made_up_token_asks_for_an_address(portal, token):
    page = portal.visitor().open(f"/p/{token}")
    assert page.status in {200, 404}
    assert any("link-requests" in form.action for form in page.forms)


def test_what_only_looks_burns_nothing_and_shows_in_the_links_health(portal, shared):
    _, practitioner, client_page, link = shared
    path = "/p/" + link.rsplit("/", 1)[1]
    robot = portal.visitor()
    for method, headers in (
        ("HEAD", {}),
        ("GET", {"User-Agent": "curl/8"}),
        ("GET", {"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document",
                 "Sec-Purpose": "prefetch"}),
        ("GET", {"Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "empty"}),
    ):  # fmt: skip
        page = robot.request(method, path, headers=headers)
        assert page.status == 200
        assert not any("device" in name for name in robot.cookies)
    assert "scan" in practitioner.open(client_page).text.lower()
    assert portal.visitor().open(link).path == "/home"


def test_an_archived_client_is_out_at_once_and_her_links_are_dead(portal, shared):
    _, practitioner, client_page, link = shared
    client = portal.visitor()
    assert client.open(link).path == "/home"
    practitioner.open(client_page)
    practitioner.follow("Archive this client")
    practitioner.submit(next(one for one in practitioner.page.forms if "archive" in one.action))
    assert client.open("/home").path.startswith("/signed-out")
    assert portal.visitor().open(link).path != "/home"


def test_opening_anothers_link_on_a_signed_in_device_asks_first(portal, shared):
    _, _, _, link = shared
    client = portal.visitor()
    client.open(portal.demo_link)
    page = client.open(link)
    assert page.path.startswith("/p/")
    assert "Anna" in page.text
    assert "Thea" in page.text
    assert client.open("/home").heading == "Hello Anna"
    client.open(link)
    switch = next(form for form in client.page.forms if "switch" in form.fields)
    assert client.submit(switch).heading == "Hello Thea"


def test_no_log_and_no_answer_holds_a_token_or_an_address(portal, shared):
    address, _, _, link = shared
    token = link.rsplit("/", 1)[1]
    portal.visitor().open(link)
    for path, text in portal.logs().items():
        assert token not in text, path
        assert address not in text, path
        assert "Thea Trouble" not in text, path


def test_every_step_stands_in_the_access_log(portal, shared):
    _, practitioner, client_page, link = shared
    portal.visitor().open(link)

    def complete() -> bool:
        text = practitioner.open(f"{client_page}/access").text
        return "shared" in text.lower() and "added" in text.lower()

    assert eventually(complete, within=10)
