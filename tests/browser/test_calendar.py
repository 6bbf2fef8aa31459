"""The calendar as one works in it: by keyboard alone on a desk, without scripts, on a phone."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_first_path import sign_in, violations

DESK, PHONE = {"width": 1280, "height": 800}, {"width": 390, "height": 844}
MOST_TABS = 40
"""From the top of the page into the days; each tab stop of the page before them counts."""

pytestmark = pytest.mark.timeout(240)


def focused(page: Page) -> Any:
    return page.locator(":focus")


def tab_to(page: Page, selector: str) -> None:
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(page.evaluate("document.activeElement.outerHTML"))


def to_next_week(page: Page, portal: Any, *, view: str = "week") -> None:
    """The demo's appointments of every week are all ahead there, whatever day it is."""
    page.goto(f"{portal.base_url}/console/calendar?view={view}")
    with page.expect_navigation():
        page.locator("#week-after").click()


def test_a_week_is_worked_in_by_keyboard_alone(portal_in_one_process, new_page):
    portal = portal_in_one_process
    page = new_page(viewport=DESK)
    sign_in(page, portal)
    page.goto(f"{portal.base_url}/console/calendar")
    tab_to(page, "[data-cell]")
    with page.expect_navigation():
        page.keyboard.press("PageDown")
    following = page.url
    tab_to(page, "[data-appointment]")
    name = focused(page).inner_text()
    block = focused(page).get_attribute("id")
    page.keyboard.press("Enter")
    expect(page.locator("#panel-title")).to_be_focused()
    expect(page.locator("#panel-title")).to_have_text(name)
    assert "appointment=" in page.url
    assert violations(page) == []

    # The address shows the same after a reload; Escape leads back to the block.
    page.reload()
    expect(page.locator("#panel-title")).to_have_text(name)
    page.keyboard.press("Escape")
    expect(page.locator(f"#{block}")).to_be_focused()
    assert page.url == following
    page.go_back()
    expect(page.locator("#panel-title")).to_have_text(name)
    page.keyboard.press("Escape")
    expect(page.locator(f"#{block}")).to_be_focused()

    # One of all is in the tab order; the arrows lead to the others.
    page.keyboard.press("Home")
    page.keyboard.press("ArrowRight")
    day = focused(page).locator("xpath=ancestor::section").get_attribute("aria-labelledby")
    page.keyboard.press("ArrowDown")
    expect(focused(page).locator("xpath=ancestor::section")).to_have_attribute(
        "aria-labelledby", str(day)
    )
    assert page.locator("[data-cell][tabindex='0']").count() == 1
    while not page.evaluate("document.activeElement.matches('.cell > a')"):
        page.keyboard.press("ArrowDown")
    start = str(focused(page).get_attribute("href"))
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.url == portal.base_url + start
    assert re.fullmatch(r"/console/appointments/new\?day=[\d-]{10}&time=\d\d:\d\d.*", start)


def test_t_leads_to_today_and_the_layouts_are_links(portal_in_one_process, new_page):
    portal = portal_in_one_process
    page = new_page(viewport=DESK)
    sign_in(page, portal)
    to_next_week(page, portal, view="day")
    tab_to(page, "[data-cell]")
    with page.expect_navigation():
        page.keyboard.press("t")
    expect(page.locator("#week-today")).to_have_attribute("aria-current", "date")
    page.locator("#view-agenda").click()
    expect(page.locator("#view-agenda")).to_have_attribute("aria-current", "true")
    assert page.locator("[data-columns]").count() == 0


def test_without_scripts_a_block_and_an_empty_time_are_links(portal_in_one_process, new_page):
    portal = portal_in_one_process
    page = new_page(scripts=False, viewport=DESK)
    sign_in(page, portal)
    to_next_week(page, portal)
    expect(page.locator("#print")).to_be_hidden()
    page.locator("[data-appointment]").first.click()
    page.wait_for_url("**/console/appointments/*")
    page.go_back()
    page.locator(".cell > a").last.click()
    page.wait_for_url("**/console/appointments/new?**")


def test_on_a_phone_the_same_list_is_an_agenda(portal_in_one_process, new_page):
    portal = portal_in_one_process
    page = new_page(viewport=PHONE)
    sign_in(page, portal)
    to_next_week(page, portal)
    expect(page.locator(".cell > a").first).to_be_hidden()
    assert violations(page) == []
    page.locator("[data-appointment]").first.click()
    page.wait_for_url("**/console/appointments/*")
