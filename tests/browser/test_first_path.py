"""The first path as people walk it: console, mail, click, portal. With and without scripts."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.timeout(240)

PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 800}


def violations(page: Page) -> list[str]:
    page.wait_for_load_state()
    found = Axe().run(page).response["violations"]
    return [f"{page.url}: {one['id']}: {one['help']}" for one in found]


def sign_in(page: Page, portal: Any) -> None:
    page.goto(f"{portal.base_url}/console")
    page.get_by_label("E-mail").fill(portal.demo["email"])
    page.get_by_label("Password", exact=True).fill(portal.demo["password"])
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/console")


def share_with_a_new_client(page: Page, name: str, address: str) -> None:
    page.get_by_role("link", name="Clients").first.click()
    page.get_by_role("link", name="New client").first.click()
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_label("E-mail").fill(address)
    page.get_by_role("button", name="Add client").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(name)
    page.get_by_role("link", name="Share link").first.click()
    expect(page.locator("main")).to_contain_text(address)
    page.get_by_role("button", name="Share link").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(name)


def test_share_mail_click_home(portal, new_page, scripts: bool) -> None:
    address = f"walk.{uuid.uuid4().hex[:8]}@example.org"
    desk = new_page(scripts=scripts)
    sign_in(desk, portal)
    share_with_a_new_client(desk, "Wanda Walker", address)
    [mail] = portal.wait_for_mails(address)

    phone = new_page(scripts=scripts, viewport=PHONE)
    phone.goto(portal.portal_link_in(mail))
    phone.wait_for_url("**/home")
    expect(phone.get_by_role("heading", level=1)).to_have_text("Hello Wanda")
    for label in ("Appointments", "Forms", "Sessions", "Contact"):
        phone.get_by_role("link", name=label, exact=True).first.click()
        phone.wait_for_url(f"**/{label.lower()}")
        expect(phone.get_by_role("heading", level=1)).to_be_visible()
    phone.get_by_role("button", name="Sign out").first.click()
    phone.wait_for_url("**/signed-out**")
    phone.goto(f"{portal.base_url}/home")
    expect(phone.locator("body")).not_to_contain_text("Wanda")


def test_the_path_by_keyboard_alone(portal, new_page) -> None:
    page = new_page()
    page.goto(f"{portal.base_url}/console")
    page.get_by_label("E-mail").focus()
    page.keyboard.type(portal.demo["email"])
    page.keyboard.press("Tab")
    page.get_by_label("Password", exact=True).focus()
    page.keyboard.type(portal.demo["password"])
    page.keyboard.press("Enter")
    page.wait_for_url("**/console")
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_text("Skip to the content")
    page.goto(f"{portal.base_url}/console/clients")
    page.keyboard.press("/")
    expect(page.locator(":focus")).to_have_attribute("type", "search")


@pytest.mark.parametrize(
    ("viewport", "scheme"),
    [
        pytest.param(PHONE, "light", id="390-light"),
        pytest.param(DESK, "dark", id="1280-dark", marks=pytest.mark.long),
        pytest.param(PHONE, "dark", id="390-dark", marks=pytest.mark.long),
        pytest.param(DESK, "light", id="1280-light", marks=pytest.mark.long),
    ],
)
def test_no_page_of_the_path_hinders_anyone(
    portal_in_one_process, new_page, scheme: str, viewport: Any
) -> None:
    portal = portal_in_one_process
    found: list[str] = []
    console = new_page(viewport=viewport, color_scheme=scheme)
    console.goto(f"{portal.base_url}/console/sign-in")
    found += violations(console)
    sign_in(console, portal)
    addresses = ["/console", "/console/clients", "/console/clients/new", "/console/mails",
                 "/console/settings"]  # fmt: skip
    for address in addresses:
        console.goto(f"{portal.base_url}{address}")
        found += violations(console)
    console.goto(f"{portal.base_url}/console/clients")
    console.get_by_role("link", name="Anna").first.click()
    console.wait_for_url("**/console/clients/*")
    found += violations(console)
    console.get_by_role("link", name="Share link").first.click()
    console.wait_for_url("**/console/clients/*/share")
    found += violations(console)
    client = new_page(viewport=viewport, color_scheme=scheme)
    client.goto(f"{portal.base_url}/p/lk_{'A' * 43}")
    found += violations(client)
    client.goto(portal.demo_link)
    for address in ("/home", "/appointments", "/forms", "/sessions", "/contact"):
        client.goto(f"{portal.base_url}{address}")
        found += violations(client)
        width = client.evaluate("document.documentElement.scrollWidth")
        assert width <= viewport["width"], f"{address} is {width} px wide"
    assert found == []
