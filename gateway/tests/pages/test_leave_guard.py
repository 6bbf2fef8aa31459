"""A form of the console asks before it is left with what was neither sent nor saved."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from gateway.web.cookies import Cookie
from gateway.web.tokens import new_secret
from portal_contracts.scheduling.rpc.availability import AvailabilityChanged, StoredAvailability
from portal_contracts.scheduling.rpc.services import Services
from tests.kit.browser import PATIENCE_MS
from tests.kit.gateway.late_scripts import scripts_held
from tests.kit.gateway.leaving import asks_before_leaving, leaves_unasked
from tests.kit.gateway.made_schedule import made_hours


@pytest.fixture
def page(chromium, live):
    context = chromium.new_context(base_url=live.address)
    secret = new_secret()
    live.services.add_device(live.doctor, secret)
    name = live.name(Cookie.CONSOLE_DEVICE)
    context.add_cookies([{"name": name, "value": secret, "url": live.address}])
    context.set_default_timeout(PATIENCE_MS)
    yield context.new_page()
    context.close()


def test_it_asks_also_for_what_was_typed_before_its_script_had_come(page):
    with scripts_held(page):
        page.goto("/console/clients/new", wait_until="commit")
        page.fill("#field-name", "Clara")
    page.wait_for_load_state()
    assert asks_before_leaving(page, lambda: page.click("#to-today"))


def test_a_form_asks_before_it_is_left_unsent_and_only_then(page):
    page.goto("/console/clients/new")
    assert leaves_unasked(page, lambda: page.click("#to-today"))
    page.goto("/console/clients/new")
    for _ in range(2):
        page.evaluate("document.querySelector('main form').noValidate = true")
        with page.expect_navigation():
            page.click("#save")
        expect(page.locator("#error-summary")).to_be_visible()
    # It came back refused, and there is nothing that could be lost.
    page.locator("#field-name").click()
    assert leaves_unasked(page, lambda: page.click("#to-today"))
    page.goto("/console/clients/new")
    page.fill("#field-name", "Clara")
    assert asks_before_leaving(page, lambda: page.click("#to-today"))
    assert asks_before_leaving(page, lambda: page.evaluate("location.reload()"))
    assert asks_before_leaving(page, lambda: page.evaluate("history.back()"))
    page.fill("#field-email", "nonsense")
    page.evaluate("document.querySelector('main form').noValidate = true")
    with page.expect_navigation():
        page.click("#save")
    expect(page.locator("#error-summary")).to_be_visible()
    # It came back refused: nothing of it is saved yet.
    assert page.input_value("#field-name") == "Clara"
    page.locator("#field-name").click()
    assert asks_before_leaving(page, lambda: page.click("#to-today"))
    page.fill("#field-email", "clara@mail.example")
    page.click("#save")
    expect(page.locator("h1")).to_have_text("Clara")


def test_rows_of_hours_that_are_not_saved_yet_are_asked_about(page, live):
    stored = StoredAvailability(
        practitioner_id=live.doctor.id, version=7, availability=made_hours()
    )
    live.services.answers |= {
        "scheduling.get_availability": stored,
        "scheduling.list_services": Services(items=[]),
        "scheduling.save_availability": AvailabilityChanged(version=8),
    }
    page.goto("/console/availability")
    page.click("#add-2")
    page.fill("#field-weekly-2-2-start", "18:00")
    page.fill("#field-weekly-2-2-end", "19:00")
    with page.expect_navigation():
        page.click("#add-3")
    # Everything typed is there, and stands nowhere else.
    expect(page.locator("#field-weekly-2-2-start")).to_have_value("18:00")
    page.locator("#field-weekly-2-2-start").click()
    assert asks_before_leaving(page, lambda: page.click("#to-today"))
    with page.expect_navigation():
        page.click("#save")
    expect(page.locator("#flash")).to_be_visible()
    assert leaves_unasked(page, lambda: page.click("#to-today"))
