"""What the small scripts of booking and appointments add, in a browser."""

from __future__ import annotations

import pytest
from gallery import Gallery, served
from playwright.sync_api import expect

MONTH = "/portal-booking"


@pytest.fixture(scope="module")
def address():
    with served(Gallery()) as address:
        yield address


@pytest.fixture
def tab(chromium, address):
    context = chromium.new_context(base_url=address, timezone_id="Asia/Tokyo")
    yield context.new_page()
    context.close()


@pytest.mark.parametrize(
    ("start", "key", "reached"),
    [
        ("2026-12-03", "ArrowRight", "2026-12-04"),
        ("2026-12-04", "ArrowRight", "2026-12-08"),
        ("2026-12-08", "ArrowLeft", "2026-12-04"),
        ("2026-12-03", "ArrowDown", "2026-12-10"),
        ("2026-12-17", "ArrowUp", "2026-12-10"),
        ("2026-12-10", "Home", "2026-12-08"),
        ("2026-12-08", "End", "2026-12-11"),
        ("2026-12-18", "ArrowRight", "2026-12-18"),
    ],
)
def test_keys_lead_from_one_free_day_to_another(tab, start, key, reached):
    tab.goto(MONTH)
    tab.focus(f"#day-{start}")
    tab.keyboard.press(key)
    expect(tab.locator(f"#day-{reached}")).to_be_focused()


def test_page_down_turns_the_month_and_page_up_stops_at_this_one(tab):
    tab.goto(MONTH)
    tab.focus("#day-2026-12-03")
    tab.keyboard.press("PageUp")
    assert tab.url.endswith(MONTH)
    with tab.expect_request("**month=2027-01"):
        tab.keyboard.press("PageDown")


def test_the_device_s_own_zone_is_one_press_away(tab):
    tab.goto(MONTH)
    with tab.expect_request(lambda request: "tz=Asia%2FTokyo" in request.url):
        tab.click("#device-zone")


def test_join_shows_itself_when_it_opens(tab):
    tab.clock.install()
    tab.goto("/portal-appointment-soon")
    join = tab.get_by_role("link", name="Join")
    expect(tab.locator(".join-opens")).to_have_text("Join opens at 11:11, in 30 min")
    expect(join).to_be_hidden()
    tab.clock.fast_forward(20 * 60 * 1000)
    expect(tab.locator(".join-opens")).to_have_text("Join opens at 11:11, in 10 min")
    tab.clock.fast_forward(10 * 60 * 1000)
    expect(join).to_be_visible()
    expect(tab.locator(".join-opens")).to_have_count(0)
