"""What the scripts of the calendar add, in a browser; and the calendar on paper."""

from __future__ import annotations

import re

import pytest
from gallery import Gallery, served
from playwright.sync_api import expect

WEEK, NIGHT = "/console-calendar", "/console-calendar-night"
DESK, SMALL = {"width": 1280, "height": 800}, {"width": 800, "height": 800}


@pytest.fixture(scope="module")
def address():
    with served(Gallery()) as address:
        yield address


@pytest.fixture
def tab(chromium, address):
    context = chromium.new_context(base_url=address, viewport=DESK)
    yield context.new_page()
    context.close()


def key_of_day(tab):
    return tab.evaluate("document.activeElement.closest('section').getAttribute('aria-labelledby')")


@pytest.mark.parametrize(
    ("keys", "day", "text"),
    [
        (["ArrowDown"], "day-2026-12-02", "15:30"),
        (["ArrowUp"], "day-2026-12-02", "13:30"),
        (["ArrowRight"], "day-2026-12-03", "David Nowak"),
        (["ArrowLeft"], "day-2026-12-01", "Benedikt Oyelaran-Wiśniewski"),
        (["End", "ArrowDown"], "day-2026-12-02", "18:30"),
        (["Home", "ArrowUp"], "day-2026-12-02", "Anna Bergmann"),
    ],
)
def test_arrows_lead_from_one_to_the_next(tab, keys, day, text):
    """From two o'clock on Wednesday, between empty times and other days."""
    tab.goto(WEEK)
    tab.locator("section[data-today] [data-appointment]", has_text="Chiara").focus()
    for key in keys:
        tab.keyboard.press(key)
    assert key_of_day(tab) == day
    expect(tab.locator(":focus")).to_contain_text(text)


def test_the_days_are_one_stop_on_a_desk_and_many_on_a_small_screen(tab):
    tab.goto(WEEK)
    assert tab.locator("[data-cell][tabindex='0']").count() == 1
    tab.set_viewport_size(SMALL)
    expect(tab.locator("[data-appointment][tabindex]")).to_have_count(0)


def test_keys_that_a_browser_or_a_field_needs_are_left_to_them(tab):
    tab.goto(WEEK)
    tab.locator("section[data-today] [data-appointment]").first.focus()
    before = tab.evaluate("document.activeElement.id")
    tab.keyboard.press("Control+ArrowDown")
    assert tab.evaluate("document.activeElement.id") == before
    tab.locator("#to-date").focus()
    tab.keyboard.press("t")
    assert tab.url.endswith(WEEK)


def test_the_screen_begins_where_the_hours_do(tab):
    tab.goto(NIGHT)
    tab.wait_for_function("scrollY > 200")
    tab.goto(WEEK)
    assert tab.evaluate("scrollY") == 0


def test_the_line_of_the_present_goes_on(tab):
    tab.clock.install(time="2026-12-02T09:41:00Z")
    tab.goto(WEEK)
    line = tab.locator("[data-now]")
    expect(line).to_have_class(re.compile("at-h10 at-m40"))
    tab.clock.fast_forward("21:00")
    expect(line).to_have_class(re.compile("at-h11 for-m5"))
    tab.clock.fast_forward("16:00:00")
    expect(line).to_be_hidden()


def test_blocks_side_by_side_do_not_cover_each_other_and_stand_at_their_hour(tab):
    tab.goto(WEEK)
    boxes = tab.evaluate(
        """() => [...document.querySelectorAll("section")].flatMap((day) => {
          const found = [...day.querySelectorAll(".timed")]
            .map((one) => one.getBoundingClientRect()).filter((one) => one.height);
          return found.flatMap((one, at) => found.slice(at + 1).filter((other) =>
            one.left < other.right - 1 && other.left < one.right - 1
            && one.top < other.bottom - 1 && other.top < one.bottom - 1));
        })"""
    )
    assert boxes == []
    hour = tab.locator(".hour-label", has_text="10:00").bounding_box()
    block = tab.locator("#entry-" + str(tab.evaluate(FIRST))).locator("xpath=ancestor::li")
    assert abs(block.bounding_box()["y"] - hour["y"] - 0.6 * 13) < 4


@pytest.mark.parametrize("scene", [WEEK, "/console-calendar-beside", "/console-calendar-day"])
def test_a_name_without_room_ends_with_an_ellipsis_and_is_whole_for_who_asks(tab, scene):
    tab.goto(scene)
    names = tab.evaluate(
        """() => [...document.querySelectorAll(
          ".columns .timed:not(.timed-outside) .slot-name"
        )].map((name) => {
          const box = name.getBoundingClientRect();
          const block = name.closest(".timed").getBoundingClientRect();
          const style = getComputedStyle(name);
          return {
            text: name.textContent.trim(),
            title: name.querySelector("a")?.title,
            within: box.bottom <= block.bottom && box.right <= block.right && box.top >= block.top,
            seen: box.width > 20 && box.height > 10,
            cut: name.scrollHeight > name.clientHeight + 1 || name.scrollWidth > name.clientWidth,
            ends: style.overflow === "hidden"
              && (style.textOverflow === "ellipsis" || style.webkitLineClamp !== "none"),
          };
        })"""
    )
    assert [one for one in names if not (one["within"] and one["seen"])] == []
    assert [one for one in names if one["cut"] and not one["ends"]] == []
    assert scene.endswith("day") or [one for one in names if one["cut"]]
    assert all(one["text"] in one["title"] for one in names if one["title"] is not None)
    assert any(one["title"] for one in names)


@pytest.mark.parametrize("twelve_hours", [False, True])
def test_the_sign_of_a_series_never_lies_over_the_time(tab, twelve_hours):
    tab.goto(WEEK)
    laid_over = tab.evaluate(
        """(twelve) => {
          document.documentElement.toggleAttribute("data-twelve-hours", twelve);
          const sign = document.querySelector(".timed:not(.timed-short) > .slot-series");
          const block = sign.closest(".timed");
          const time = block.querySelector(".slot-time");
          if (twelve) time.querySelector("time").textContent = "12:00\u00a0PM";
          const range = document.createRange();
          range.selectNodeContents(time);
          const seen = [];
          for (let width = 40; width <= 130; width += 1) {
            block.style.width = `${width}px`;
            const [icon, text] = [sign.getBoundingClientRect(), range.getBoundingClientRect()];
            if (icon.width) seen.push([width, icon.left >= text.right]);
          }
          return { seen: seen.length, over: seen.filter(([, right]) => !right) };
        }""",
        twelve_hours,
    )
    assert laid_over["over"] == []
    assert laid_over["seen"] > 20


@pytest.mark.parametrize("twelve_hours", [False, True])
def test_names_in_a_narrow_agenda_stand_below_each_other(tab, twelve_hours):
    tab.set_viewport_size({"width": 320, "height": 700})
    tab.goto(WEEK)
    lefts = tab.evaluate(
        """(twelve) => {
          document.documentElement.toggleAttribute("data-twelve-hours", twelve);
          if (twelve) document.querySelectorAll(".slot-time").forEach((when, at) => {
            for (const time of when.querySelectorAll("time")) {
              time.textContent = at % 2 ? "9:00\u00a0AM" : "12:00\u00a0PM";
            }
          });
          return [...document.querySelectorAll(".slot .slot-name")]
            .map((name) => Math.round(name.getBoundingClientRect().left));
        }""",
        twelve_hours,
    )
    assert len(lefts) > 2
    assert len(set(lefts)) == 1


FIRST = "document.querySelector('section [data-appointment]').dataset.appointment"


@pytest.mark.parametrize(
    "scene", [WEEK, NIGHT, "/console-calendar-beside", "/console-calendar-team"]
)
def test_a_week_is_printed_on_one_sheet_across(tab, scene):
    tab.goto(scene)
    paper = tab.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b", paper)) == 1
    [box] = set(re.findall(rb"/MediaBox \[([^\]]*)\]", paper))
    width, height = map(float, box.split()[2:])
    assert width > height
