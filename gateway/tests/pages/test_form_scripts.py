"""What the scripts of a form do in a browser: save each answer as it is given, and lose none."""

from __future__ import annotations

import re

import pytest
from msgspec.structs import replace
from playwright.sync_api import expect

from gateway.web.cookies import Cookie
from gateway.web.tokens import new_secret
from portal_contracts.forms.rpc.questions import Section
from tests.kit.browser import PATIENCE_MS
from tests.kit.gateway.late_scripts import scripts_held
from tests.kit.gateway.made_forms import HOW_YOU_ARE, INTAKE, WHOLE, often, question
from tests.kit.waiting import eventually

SAVED = re.compile(r"Saved \d\d:\d\d")


@pytest.fixture
def form(live):
    return live.services.forms.add(live.anna.id, live.doctor.id)


def signed_in(chromium, live, **options):
    """Windows of a browser that the client is signed in with."""
    context = chromium.new_context(base_url=live.address, **options)
    secret = new_secret()
    live.services.add_device(live.anna, secret)
    name = live.name(Cookie.CLIENT_DEVICE)
    context.add_cookies([{"name": name, "value": secret, "url": live.address}])
    context.set_default_timeout(PATIENCE_MS)
    return context


@pytest.fixture
def context(chromium, live):
    context = signed_in(chromium, live)
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


def test_what_is_answered_before_the_scripts_have_come_is_saved_once_they_have(context, form):
    page = context.new_page()
    with scripts_held(page):
        page.goto(f"/forms/{form.id}/1", wait_until="commit")
        page.check("#field-q_before")
        page.fill("#field-q_called", "Anni")
    expect(page.locator("#saved")).to_have_text(SAVED)
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
def test_beyond_the_limit_of_pages_it_waits_and_saves_by_itself(time_of_limits, page, form):
    answers = [page.request.get("/home").status for _ in range(6)]
    assert (answers[0], answers[-1]) == (200, 429)
    page.check("#field-q_before")
    expect(page.locator("#saved")).to_have_text("Not saved, retrying")
    time_of_limits.seconds += 10
    expect(page.locator("#saved")).to_have_text(SAVED)
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
    eventually(lambda: form.answers == {"called": "My story pasted"})
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


@pytest.mark.parametrize("scripts", [True, False])
@pytest.mark.parametrize(
    ("width", "columns"), [(320, {"stress": 1, "rating": 1, "harm": 1}),
                           (640, {"stress": 11, "rating": 5, "harm": 4})]
)  # fmt: skip
def test_a_scale_is_a_row_of_segments_where_there_is_room(chromium, live, scripts, width, columns):
    section = Section(
        id="scales",
        title="Scales",
        questions=[
            HOW_YOU_ARE.questions[1],
            question("rating", "scale", "How was it?", minimum=1, maximum=5,
                     low_label="no help at all, rather the contrary", high_label="very helpful"),
            often("harm", "Thoughts that you would be better off dead, or of hurting yourself"),
        ],
    )  # fmt: skip
    form = live.services.forms.add(
        live.anna.id, live.doctor.id, replace(INTAKE, sections=[section], alerts=[], scoring=None)
    )
    context = signed_in(chromium, live, java_script_enabled=scripts, forced_colors="active")
    page = context.new_page()
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(f"/forms/{form.id}/1")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    for name, expected in columns.items():
        steps = page.locator(f".scale-step:has([name=q_{name}])")
        boxes = [step.bounding_box() for step in steps.all()]
        assert max(sum(box["y"] == each["y"] for box in boxes) for each in boxes) == expected
        assert min(min(box["height"], box["width"]) for box in boxes) >= 44
    low, high = ("not at all", "more than I can bear")
    for words in (low, high):
        assert page.get_by_text(words, exact=True).locator("visible=true").count() == 1
    page.focus("#field-q_stress")
    page.keyboard.press("Space")
    page.keyboard.press("ArrowRight")
    expect(page.locator("#field-q_stress-2")).to_be_checked()
    chosen = page.locator(".scale-step:has(:checked)")
    assert chosen.evaluate("(step) => getComputedStyle(step).outlineStyle") == "solid"
    page.check("#field-q_harm-4")
    page.click("#leave")
    page.wait_for_url("**/forms")
    assert form.answers == {"stress": 1, "harm": "c3"}
    context.close()


SEEN = """(part) => {
  const box = part.getBoundingClientRect();
  const at = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
  return part.contains(at) || (at?.contains(part) ?? false);
}"""


@pytest.fixture
def phone(page):
    page.set_viewport_size({"width": 320, "height": 568})
    return page


def test_while_typing_far_down_all_that_matters_stays_in_sight(phone, context, live, form):
    strip, last = phone.locator("#strip"), phone.locator("#field-q_before_when")
    phone.check("#field-q_before")
    expect(phone.locator("#answered")).to_have_text("1 of 5 answered")
    last.scroll_into_view_if_needed()
    expect(strip).to_be_in_viewport(ratio=1)
    expect(strip).not_to_have_attribute("data-unsaved", "")
    expect(phone.locator(".bottom")).to_be_hidden()
    context.set_offline(True)
    last.fill("In 2019")
    expect(strip).to_have_attribute("data-unsaved", "")
    expect(phone.locator("#saved")).to_have_text("Not saved, retrying")
    expect(phone.locator("#saved")).to_be_in_viewport(ratio=1)
    other, here = live.as_client(live.anna), f"/forms/{form.id}/1"
    other.submit(other.open(here), here, {"q_before_when": "Other"})
    context.set_offline(False)
    expect(phone.locator("#keep-mine")).to_be_in_viewport(ratio=1)
    expect(phone.locator("#load-newest")).to_be_in_viewport(ratio=1)
    phone.click("#keep-mine")
    expect(strip).not_to_have_attribute("data-unsaved", "")
    assert form.answers["before_when"] == "In 2019"


def test_that_the_device_is_about_to_end_is_said_where_one_types(context, live, form):
    page = context.new_page()
    page.set_viewport_size({"width": 320, "height": 568})
    page.clock.install()
    page.goto(f"/forms/{form.id}/1")
    page.locator("#field-q_before_when").scroll_into_view_if_needed()
    idle = int(page.locator("#idle").get_attribute("data-idle-seconds"))
    page.clock.fast_forward((idle - 100) * 1000)
    expect(page.locator("#stay-signed-in")).to_be_in_viewport(ratio=1)
    assert page.locator("#stay-signed-in").evaluate(SEEN)
    page.goto("/contact")
    page.evaluate("scrollTo(0, 9999)")
    page.clock.fast_forward((idle - 100) * 1000)
    expect(page.locator("#stay-signed-in")).to_be_in_viewport(ratio=1)


@pytest.mark.parametrize("key", ["Tab", "Shift+Tab"])
def test_the_strip_covers_nothing_that_has_the_focus(phone, key):
    fields = phone.locator("#section-form :is(input, textarea, button):visible")
    (fields.first if key == "Tab" else fields.last).focus()
    for _ in range(12):
        phone.keyboard.press(key)
        assert phone.evaluate(f"({SEEN})(document.activeElement)")


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
