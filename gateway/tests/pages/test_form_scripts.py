"""What the scripts of a form do in a browser: save each answer as it is given, and lose none."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from gateway.web.cookies import Cookie
from gateway.web.tokens import new_secret
from tests.kit.gateway.made_forms import WHOLE

SAVED = re.compile(r"Saved \d\d:\d\d")


@pytest.fixture
def form(live):
    return live.services.forms.add(live.anna.id, live.doctor.id)


@pytest.fixture
def context(chromium, live):
    context = chromium.new_context(base_url=live.address)
    secret = new_secret()
    live.services.add_device(live.anna, secret)
    name = live.name(Cookie.CLIENT_DEVICE)
    context.add_cookies([{"name": name, "value": secret, "url": live.address}])
    context.set_default_timeout(5000)
    yield context
    context.close()


@pytest.fixture
def page(context, form):
    page = context.new_page()
    page.goto(f"/forms/{form.id}/1")
    return page


def test_an_answer_is_saved_as_it_is_given_and_moving_on_is_no_conflict(page, form):
    page.check("#field-q_before")
    expect(page.locator("#saved")).to_have_text(SAVED)
    assert form.answers == {"before": True}
    page.fill("#field-q_called", "Anni")
    page.locator("#field-q_called").blur()
    page.click("#leave")
    page.wait_for_url("**/forms")
    assert form.answers == {"before": True, "called": "Anni"}


def test_without_a_network_it_is_said_kept_and_tried_again(page, context, form):
    context.set_offline(True)
    page.check("#field-q_before")
    expect(page.locator("#saved")).to_have_text("Not saved, retrying")
    page.fill("#field-q_called", "Anni")
    context.set_offline(False)
    expect(page.locator("#saved")).to_have_text(SAVED)
    page.locator("#field-q_called").blur()
    expect(page.locator("#saved")).to_have_text(SAVED)
    page.click("#leave")
    page.wait_for_url("**/forms")
    assert form.answers == {"before": True, "called": "Anni"}


@pytest.mark.parametrize("live", [{"pages_per_device": 6}], indirect=True)
def test_beyond_the_limit_of_pages_it_waits_and_saves_by_itself(page, form):
    answers = [page.request.get("/home").status for _ in range(6)]
    assert (answers[0], answers[-1]) == (200, 429)
    page.check("#field-q_before")
    expect(page.locator("#saved")).to_have_text("Not saved, retrying")
    expect(page.locator("#saved")).to_have_text(SAVED, timeout=20_000)
    assert form.answers == {"before": True}


def test_what_cannot_be_read_is_named_at_its_field_and_saving_goes_on(page, form):
    page.fill("#field-q_sleep", "1,000")
    page.fill("#field-q_called", "My story\x0bpasted\u200b")
    page.locator("#field-q_called").blur()
    wrong = page.locator("#error-q_sleep")
    expect(wrong).to_have_text("Error: Is this 1000 or 1? Write 1000 or 1.0.")
    expect(page.locator("#field-q_sleep")).to_have_attribute("aria-invalid", "true")
    expect(page.locator("#field-q_sleep")).to_have_attribute(
        "aria-describedby", re.compile("error-q_sleep")
    )
    assert form.answers == {"called": "My story pasted"}
    page.fill("#field-q_sleep", "1.0")
    page.locator("#field-q_sleep").blur()
    expect(wrong).to_have_count(0)
    expect(page.locator("#field-q_sleep")).not_to_have_attribute("aria-invalid", "true")
    assert form.answers == {"called": "My story pasted", "sleep": 1}


def test_what_is_too_large_to_be_taken_is_saved_once_it_is_shorter(page, form):
    page.evaluate("document.querySelector('#field-q_called').value = 'x'.repeat(2_200_000)")
    page.check("#field-q_before")
    expect(page.locator("#notice")).to_contain_text("not saved")
    page.fill("#field-q_called", "Anni")
    page.locator("#field-q_called").blur()
    expect(page.locator("#saved")).to_have_text(SAVED)
    expect(page.locator("#notice")).to_be_empty()
    assert form.answers == {"before": True, "called": "Anni"}


def test_another_window_at_the_same_section_is_asked_about_in_place(page, context, form):
    other = context.new_page()
    other.goto(f"/forms/{form.id}/1")
    other.fill("#field-q_called", "Other")
    other.locator("#field-q_called").blur()
    expect(other.locator("#saved")).to_have_text(SAVED)
    page.fill("#field-q_called", "Mine")
    page.locator("#field-q_called").blur()
    expect(page.locator("#notice")).to_contain_text("changed in another window")
    assert form.answers["called"] == "Other"
    page.click("#keep-mine")
    expect(page.locator("#notice")).to_be_empty()
    assert page.input_value("#field-q_called") == form.answers["called"] == "Mine"


def test_whom_to_call_is_shown_the_moment_an_answer_asks_for_it(page, form):
    page.goto(f"/forms/{form.id}/2")
    expect(page.locator("#crisis")).to_be_empty()
    page.check("#field-q_harm-2")
    expect(page.locator("#crisis a[href='tel:112']")).to_be_in_viewport()


def test_none_of_these_stands_alone(page, form):
    page.goto(f"/forms/{form.id}/2")
    page.check("#field-q_symptoms")
    page.check("#field-q_symptoms-4")
    expect(page.locator("#field-q_symptoms")).not_to_be_checked()
    page.check("#field-q_symptoms-2")
    expect(page.locator("#field-q_symptoms-4")).not_to_be_checked()


def test_the_end_of_the_device_is_said_and_nothing_typed_goes_away(page, live, form):
    live.services.identity.devices.clear()
    page.fill("#field-q_called", "Anni")
    page.locator("#field-q_called").blur()
    expect(page.locator("#notice")).to_contain_text("You were signed out")
    assert page.input_value("#field-q_called") == "Anni"


def test_what_is_written_runs_as_its_letters_do(page, form):
    page.fill("#field-q_called", "\u05e9\u05dc\u05d5\u05dd!")
    direction = "(place) => getComputedStyle(place).unicodeBidi"
    assert page.locator("#field-q_called").evaluate(direction) == "plaintext"
    expect(page.locator("#saved")).to_have_text(SAVED)
    page.goto(f"/forms/{form.id}/check")
    first, last = page.locator("dd .prose").first.evaluate(
        """(place) => [0, 4].map((at) => {
          const one = document.createRange();
          one.setStart(place.firstChild, at);
          one.setEnd(place.firstChild, at + 1);
          return one.getBoundingClientRect().left;
        })"""
    )
    assert last < first


def test_what_is_sent_can_be_printed(page, form):
    form.answers = dict(WHOLE)
    page.goto(f"/forms/{form.id}/check")
    page.click("#send")
    page.click("#read-answers")
    expect(page.locator("#print")).to_be_visible()


def test_an_error_is_told_on_top_and_leads_to_its_field(page, form):
    page.fill("#field-q_called", "Anni")
    page.click("#next")
    expect(page.locator("#error-summary")).to_be_focused()
    page.click("#error-summary a[href='#field-q_before']")
    expect(page.locator("#field-q_before")).to_be_focused()
