"""The first path: a practitioner shares the portal link, the client's click opens the portal."""

from __future__ import annotations

import uuid

import pytest

pytestmark = pytest.mark.timeout(180)


def test_a_shared_link_opens_the_clients_portal(portal):
    address = f"anna.{uuid.uuid4().hex[:8]}@example.org"

    practitioner = portal.practitioner()
    practitioner.follow("Clients")
    practitioner.follow("New client")
    page = practitioner.press("Add client", name="Anna Lindqvist", email=address)
    assert page.heading == "Anna Lindqvist"

    practitioner.follow("Share link")
    assert address in practitioner.page.text
    page = practitioner.press("Share link")
    assert page.status == 200

    [mail] = portal.wait_for_mails(address)
    client = portal.visitor()
    page = client.open(portal.portal_link_in(mail))
    assert page.path == "/home"
    assert page.heading == "Hello Anna"


def test_the_mail_says_nothing_about_a_treatment_and_no_page_shows_its_token(portal):
    address = f"ben.{uuid.uuid4().hex[:8]}@example.org"
    practitioner = portal.practitioner()
    practitioner.open("/console/clients/new")
    practitioner.press("Add client", name="Ben Adeyemi", email=address)
    practitioner.follow("Share link")
    practitioner.press("Share link")

    [mail] = portal.wait_for_mails(address)
    link = portal.portal_link_in(mail)
    token = link.rsplit("/", 1)[1]
    assert "lk_" not in str(mail["Subject"])
    client = portal.visitor()
    page = client.open(link)
    assert token not in page.html
    assert token not in practitioner.open("/console/mails").html


def test_the_same_link_opens_the_portal_on_a_second_device(portal):
    for _device in range(2):
        page = portal.visitor().open(portal.demo_link)
        assert page.path == "/home"
        assert page.heading == "Hello Anna"


def test_a_visitor_without_a_device_is_led_to_the_front_page(portal):
    page = portal.visitor().open("/home")
    assert "Hello" not in page.text


def test_signing_out_ends_the_device_on_the_server(portal):
    client = portal.visitor()
    client.open(portal.demo_link)
    stolen = dict(client.cookies)
    client.press("Sign out")
    thief = portal.visitor()
    thief.cookies = stolen
    assert "Hello Anna" not in thief.open("/home").text
