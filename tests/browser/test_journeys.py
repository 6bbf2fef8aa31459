"""The journeys as people walk them, with and without scripts, and by keyboard alone."""

from __future__ import annotations

import re
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.kit.portal.journeys import Journey, add_service, begin_journey, book, only_id

pytestmark = pytest.mark.timeout(240)

PHONE = {"width": 390, "height": 844}


@pytest.fixture
def ida(portal) -> Journey:
    return begin_journey(portal, "Ida")


def violations(page: Page) -> list[str]:
    page.wait_for_load_state()
    found = Axe().run(page).response["violations"]
    return [f"{page.url}: {one['id']}: {one['nodes'][0]['html']}" for one in found]


def heading(page: Page) -> Any:
    return expect(page.get_by_role("heading", level=1))


def choose_last_day(page: Page) -> None:
    page.locator("a.day-free").last.click()
    page.wait_for_url("**day=**")


def test_book_move_and_cancel_on_a_phone(ida, new_page, scripts: bool) -> None:
    _, service_id = add_service(ida.desk)
    phone = new_page(scripts=scripts, viewport=PHONE)
    phone.goto(ida.portal.portal_link_in(ida.mail(0)))
    phone.goto(f"{ida.portal.base_url}/book/{service_id}")
    choose_last_day(phone)
    phone.locator(".day-times button.time").first.click()
    phone.wait_for_url("**/book/hold/**")
    found = violations(phone) if scripts else []
    phone.get_by_label(re.compile("Anything your practitioner")).fill("I come by train.")
    phone.get_by_role("button", name="Confirm appointment").click()
    heading(phone).to_have_text("Booked")
    found += violations(phone) if scripts else []

    phone.goto(ida.portal.portal_link_in(ida.mail(1)))
    phone.wait_for_url("**/appointments/**")
    phone.get_by_role("link", name="Move").first.click()
    choose_last_day(phone)
    phone.locator(".day-times button.time").nth(2).click()
    heading(phone).to_have_text("Move the appointment?")
    found += violations(phone) if scripts else []
    phone.get_by_role("button", name="Move").click()
    phone.wait_for_url(re.compile(r"/appointments/[0-9a-f-]+(\?|$)"))
    ida.mail(2)
    phone.get_by_role("link", name="Cancel").first.click()
    phone.get_by_role("button", name="Cancel appointment").click()
    expect(phone.locator("main")).to_contain_text("Cancelled")
    ida.mail(3)
    assert found == []


def test_a_form_is_filled_in_left_and_sent(ida, new_page, scripts: bool) -> None:
    templates = ida.desk.open("/console/forms/templates")
    template_id = only_id(templates.links["Generalised Anxiety (GAD-7)"])
    ida.desk.open(f"{ida.client_page}/forms/send")
    ida.desk.press("Send form", template=template_id)

    phone = new_page(scripts=scripts, viewport=PHONE)
    phone.goto(ida.portal.portal_link_in(ida.mail(1)))
    phone.wait_for_url("**/forms/**")
    phone.get_by_role("link", name=re.compile("Start")).click()
    answer(phone, 1, "nearly_every_day")
    if scripts:
        saved = phone.get_by_role("status").filter(has_text=re.compile(r"^\s*Saved"))
        expect(saved).to_be_visible()
        phone.reload()
    else:
        section = phone.url
        phone.get_by_role("button", name="Save and leave").click()
        phone.wait_for_url(lambda url: url != section)
        phone.go_back()
        phone.reload()
    expect(phone.locator("[name=q_gad1][value=nearly_every_day]")).to_be_checked()
    for number in range(2, 8):
        answer(phone, number, "several_days")
    phone.get_by_role("button", name="Next step").click()
    phone.wait_for_url("**/check")
    found = violations(phone) if scripts else []
    phone.get_by_role("button", name=re.compile("Send to")).click()
    phone.wait_for_url("**/sent")
    assert found == []


def answer(page: Page, number: int, value: str) -> None:
    box = page.locator(f"[name=q_gad{number}][value={value}]")
    page.locator(f"label[for={box.get_attribute('id')}]").first.click()


def test_a_summary_is_shared_and_read(ida, new_page, scripts: bool) -> None:
    ida.desk.open(f"{ida.client_page}/sessions/new")
    page = ida.desk.press("Record session", title="First talk", on="2026-01-14", at="10:00")
    desk = new_page(scripts=scripts)
    desk.goto(f"{ida.portal.base_url}/console")
    desk.get_by_label("E-mail").fill(ida.portal.demo["email"])
    desk.get_by_label("Password", exact=True).fill(ida.portal.demo["password"])
    desk.get_by_role("button", name="Sign in").click()
    desk.wait_for_url("**/console")
    desk.goto(f"{ida.portal.base_url}/console/sessions/{only_id(page.path)}")
    desk.locator("textarea[name=summary]").fill("We spoke of the **lighthouse**.")
    desk.get_by_role("button", name="Preview").first.click()
    expect(desk.locator("main strong", has_text="lighthouse")).to_be_visible()
    desk.get_by_role("button", name="Share with client").first.click()
    desk.locator("#share-now").click()
    expect(desk.locator("main")).to_contain_text("Shared")

    phone = new_page(scripts=scripts, viewport=PHONE)
    phone.goto(ida.portal.portal_link_in(ida.mail(1)))
    phone.wait_for_url("**/sessions/**")
    expect(phone.locator("main strong", has_text="lighthouse")).to_be_visible()


def test_from_home_an_appointment_is_three_taps_away(ida, new_page, scripts: bool) -> None:
    _, service_id = add_service(ida.desk)
    book(ida.client, service_id)
    phone = new_page(scripts=scripts, viewport=PHONE)
    phone.goto(ida.portal.portal_link_in(ida.mail(0)))
    taps = Taps(phone)
    taps.on("#book")
    expect(phone.get_by_role("link", name="Book something else")).to_be_visible()
    taps.on("#usual-time")
    taps.on("#confirm")
    heading(phone).to_have_text("Booked")
    assert taps.count == 3

    # The one asked for last is begun with: as many taps to ask again.
    _, asked_id = add_service(ida.desk, on_request="1")
    phone.goto(f"{ida.portal.base_url}/book/{asked_id}")
    phone.locator("#soonest-3").click()
    phone.get_by_role("button", name="Ask for this time").click()
    heading(phone).to_have_text("Request sent")
    phone.goto(f"{ida.portal.base_url}/home")
    taps = Taps(phone)
    for place in ("#book", "#soonest-1", "#confirm"):
        taps.on(place)
    heading(phone).to_have_text("Request sent")
    assert taps.count == 3


class Taps:
    """Presses on a page, one after the other, each on what is in sight or scrolled to."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.count = 0

    def on(self, place: str) -> None:
        self.page.locator(place).click()
        self.page.wait_for_load_state()
        self.count += 1


def test_a_time_is_chosen_by_keyboard_alone(portal_in_one_process, new_page) -> None:
    ida = begin_journey(portal_in_one_process, "Ida")
    _, service_id = add_service(ida.desk)
    page = new_page()
    page.goto(ida.portal.portal_link_in(ida.mail(0)))
    page.locator("#book").focus()
    page.keyboard.press("Enter")
    page.locator(f"#book-{service_id}").focus()
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/book/{service_id}")
    page.locator("a.day-free").first.focus()
    page.keyboard.press("PageDown")
    page.wait_for_url("**month=**#days")
    first_free = page.locator("a.day-free").first
    expect(first_free).to_be_focused()
    for key in ("ArrowRight", "End"):
        page.keyboard.press(key)
    page.keyboard.press("Enter")
    page.wait_for_url("**day=**")
    expect(page.locator("#times")).to_be_focused()
    tab_to(page, ".day-times button.time")
    page.keyboard.press("Enter")
    page.wait_for_url("**/book/hold/**")
    tab_to(page, "#other-time")
    page.keyboard.press("Enter")
    # The day that was chosen is shown again, and its times have the focus.
    expect(page.locator("#times")).to_be_focused()
    tab_to(page, ".day-times button.time")
    page.keyboard.press("Enter")
    page.wait_for_url("**/book/hold/**")
    tab_to(page, "#confirm")
    page.keyboard.press("Enter")
    heading(page).to_have_text("Booked")


def tab_to(page: Page, place: str) -> None:
    """Press Tab until the first `place` has the focus."""
    wanted = page.locator(place).first
    for _ in range(60):
        if wanted.evaluate("one => one === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(place)
