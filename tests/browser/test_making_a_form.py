"""A stranger makes an intake of two pages with a condition and a consent, and publishes it."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_first_path import sign_in, violations

DESK, PHONE = {"width": 1280, "height": 800}, {"width": 390, "height": 844}

pytestmark = pytest.mark.timeout(240)


class Maker:
    """Whoever makes the form, with a page of a browser."""

    def __init__(self, page: Page, *, scripts: bool) -> None:
        self.page, self.scripts = page, scripts

    def press(self, name: str, *, exact: bool = False) -> None:
        with self.page.expect_navigation():
            named = name if exact else re.compile(re.escape(name).replace(":", " ?:"))
            self.page.get_by_role("button", name=named, exact=exact).first.click()

    def write(self, label: str, text: str) -> None:
        self.page.get_by_label(label, exact=True).first.fill(text)

    def add(self, section: str, kind: str, words: str, label: str = "Question") -> None:
        self.page.get_by_label(f"Kind of the new question in {section}").select_option(label=kind)
        self.press(f"Add: {section}")
        self.write(label, words)

    def ask_only_if(self, question: str) -> None:
        self.page.get_by_text("More rules").click()
        self.press("Ask only under a condition")
        choice = self.page.get_by_label("Question", exact=True).first
        if self.scripts:
            with self.page.expect_navigation():
                choice.select_option(label=question)
        else:
            choice.select_option(label=question)
            self.press("Use this choice")


def make_the_form(maker: Maker, portal: Any, title: str) -> None:
    page = maker.page
    page.goto(f"{portal.base_url}/console/forms/templates")
    page.get_by_role("link", name="New form").click()
    maker.write("Title", title)
    maker.press("Begin")
    maker.press("Edit: Section without a title")
    maker.write("Title of the section", "About you")
    maker.press("Save", exact=True)
    maker.add("About you", "Short text", "What may we call you?")
    maker.press("Save", exact=True)
    maker.add("About you", "Yes or no", "Do you take any medicines?")
    maker.press("Save", exact=True)
    maker.press("Add a section")
    maker.write("Title of the section", "Your medicines")
    maker.ask_only_if("Do you take any medicines?")
    maker.press("Save", exact=True)
    maker.add("Your medicines", "One of several", "How often do you take them?")
    maker.write("Answer 1", "Daily")
    maker.write("Answer 2", "Now and then")
    maker.press("Save", exact=True)
    maker.add("Your medicines", "Consent", "We may write them down.", "What is agreed to")


def test_an_intake_of_two_pages_is_made_tried_and_published(portal, new_page, scripts: bool):
    page = new_page(scripts=scripts, viewport=DESK if scripts else PHONE)
    sign_in(page, portal)
    maker = Maker(page, scripts=scripts)
    make_the_form(maker, portal, f"Intake {'with' if scripts else 'without'} scripts")
    if scripts:
        expect(page.locator("#preview")).to_contain_text("We may write them down.")
        assert violations(page) == []
    maker.press("Save", exact=True)
    expect(page.locator("main")).to_contain_text("Ready to be published")

    page.get_by_role("link", name="Try it out").click()
    expect(page.locator("main")).not_to_contain_text("How often do you take them?")
    page.get_by_label("What may we call you?").fill("Anna")
    page.get_by_label("Yes", exact=True).first.check()
    maker.press("See what becomes of it")
    expect(page.locator("#tried")).to_contain_text("2 answers are missing")
    page.get_by_label("Daily", exact=True).first.check()
    page.get_by_label("I have read this and I agree.").check()
    maker.press("See what becomes of it")
    expect(page.locator("#tried")).to_contain_text("It could be sent.")

    page.get_by_role("link", name="Edit", exact=True).click()
    page.get_by_role("link", name="Review and publish").click()
    expect(page.locator("main")).to_contain_text("gets version 1")
    maker.press("Publish version 1")
    expect(page.locator("main")).to_contain_text("Version 1")


def test_a_question_is_moved_with_the_keyboard_alone(portal, new_page):
    page = new_page()
    sign_in(page, portal)
    page.goto(f"{portal.base_url}/console/forms/templates")
    page.get_by_role("link", name="Sleep check").click()
    page.get_by_role("link", name="Edit", exact=True).click()
    for way in ("down", "up"):
        page.locator(f"#{way}-question\\.nights").focus()
        with page.expect_navigation():
            page.keyboard.press("Enter")
        page.wait_for_load_state()
        expect(page.locator(f"#{way}-question\\.nights")).to_be_focused()
        with page.expect_navigation():
            page.keyboard.press("Enter")
        page.wait_for_load_state()
        expect(page.locator(":focus")).to_have_id(re.compile(r"-question\.nights$"))
