"""Booking for a client: by keyboard alone, in three presses, and without scripts."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_first_path import sign_in, violations
from tests.kit.portal.journeys import add_service, begin_journey

DESK, PHONE = {"width": 1280, "height": 800}, {"width": 390, "height": 844}

pytestmark = pytest.mark.timeout(240)


@pytest.fixture
def kim(portal_in_one_process):
    journey = begin_journey(portal_in_one_process, "Kim")
    add_service(journey.desk)
    return journey


def is_booked(page: Page) -> None:
    page.wait_for_url(re.compile(r"/console/appointments/[0-9a-f-]{36}$"))
    expect(page.locator("main")).to_contain_text("Kim Journey")


def test_three_presses_book_for_a_client_and_keys_alone_do(kim, portal_in_one_process, new_page):
    page = new_page(viewport=DESK)
    sign_in(page, portal_in_one_process)
    page.goto(f"{portal_in_one_process.base_url}/console")
    page.locator("#new-appointment").click()
    page.locator("#field-client").press_sequentially(kim.address)
    expect(page.get_by_text("Chosen: Kim Journey")).to_be_visible()
    page.locator("#when .time-option").first.click()
    found = violations(page)
    page.locator("#book").click()
    is_booked(page)

    page.goto(f"{portal_in_one_process.base_url}/console/appointments/new")
    expect(page.locator("#field-client")).to_be_focused()
    page.keyboard.type(kim.address)
    expect(page.get_by_text("Chosen: Kim Journey")).to_be_visible()
    for _ in range(12):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.name") == "start":
            break
    page.keyboard.press("Space")
    for _ in range(12):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.id") == "book":
            break
    page.keyboard.press("Enter")
    is_booked(page)
    assert found == []


def test_without_scripts_what_breaks_a_rule_is_booked_by_the_same_button(
    kim, portal_in_one_process, chromium
):
    # The warning is told with status 409, which a console would complain of.
    page = chromium.new_page(java_script_enabled=False, viewport=PHONE)
    sign_in(page, portal_in_one_process)
    page.goto(f"{portal_in_one_process.base_url}/console/appointments/new")
    page.locator("#field-client").fill(kim.address)
    page.locator("#find").click()
    expect(page.locator("#client-1")).to_be_checked()
    page.get_by_text("More: length").click()
    page.get_by_label("Length in minutes").fill("45")
    page.get_by_label("Don’t mail the client about this").check()
    page.locator("#field-start").locator("xpath=..").click()
    page.locator("#day-after").click()
    expect(page.get_by_label("Length in minutes")).to_have_value("45")
    page.locator("#field-start-own").check()
    page.locator("#field-on").fill("2031-05-05")
    page.locator("#field-at").fill("10:07")
    page.locator("#book").click()
    expect(page.locator("#warning")).to_be_visible()
    expect(page.locator("#book")).to_have_text("Book anyway")
    page.locator("#book").click()
    is_booked(page)
    expect(page.locator("main")).to_contain_text("45 minutes")
    expect(page.locator("main")).to_contain_text("The client got no e-mail of it.")
    page.close()
