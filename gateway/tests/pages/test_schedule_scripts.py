"""What the small scripts of booking and appointments add, in a browser."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import parse_qsl

import pytest
from gallery import Gallery, served
from playwright.sync_api import expect

from gateway.web.cookies import Cookie
from gateway.web.tokens import new_secret
from tests.kit.gateway.late_scripts import scripts_held
from tests.kit.gateway.made_bookings import upcoming

MONTH = "/portal-booking"


@pytest.fixture(scope="module")
def address():
    with served(Gallery()) as address:
        yield address


@pytest.fixture
def tab(chromium, address):
    context = chromium.new_context(base_url=address, timezone_id="Asia/Kolkata")
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


def test_the_focus_stays_in_a_month_that_was_turned_to(tab):
    # The gallery shows the same month at every address.
    tab.goto(f"{MONTH}?month=2026-12#days")
    expect(tab.locator("#day-2026-12-03")).to_be_focused()
    tab.goto(f"{MONTH}?month=2026-12#month-title")
    expect(tab.locator("#month-title")).to_be_focused()
    tab.keyboard.press("Tab")
    expect(tab.locator("#next-month")).to_be_focused()


def test_the_device_s_own_zone_is_one_press_away(tab):
    tab.goto(MONTH)
    # Browsers say this zone by its older name, which the list does not have.
    own = tab.evaluate("Intl.DateTimeFormat().resolvedOptions().timeZone").replace("/", "%2F")
    with tab.expect_request(lambda request: f"tz={own}" in request.url):
        tab.click("#device-zone-quick")


@pytest.mark.parametrize(
    ("zone", "scene", "city"),
    [
        ("Europe/Berlin", "booking", None),
        ("America/New_York", "booking", "New York"),
        ("America/New_York", "booking-far-away", None),
        ("Asia/Tokyo", "booking-far-away", "Tokyo"),
        # What is the client's own is said by the server already.
        ("Europe/Berlin", "booking-far-away", None),
        ("Asia/Tokyo", "booking-in-person", None),
    ],
)
def test_the_device_s_zone_is_offered_where_it_is_another(chromium, address, zone, scene, city):
    context = chromium.new_context(base_url=address, timezone_id=zone)
    tab = context.new_page()
    tab.goto(f"/portal-{scene}")
    offers = tab.locator("[data-device-zone]:visible")
    if city is None:
        expect(offers).to_have_count(0)
    else:
        expect(offers).to_have_text([f"Your device is in {city}: show its time"] * 2)
    expect(tab.locator("[id^=other-zone]:visible")).to_have_count(0)
    context.close()


def test_a_hold_counts_down_says_so_once_and_offers_a_way_on(tab):
    tab.clock.install(time="2026-12-02T09:00:00Z")
    tab.clock.pause_at("2026-12-02T09:41:00Z")
    tab.goto("/portal-booking-hold")
    expect(tab.locator(".held-left")).to_have_text("5:00 left")
    tab.clock.run_for(3000)
    expect(tab.locator(".held-left")).to_have_text("4:57 left")
    status = tab.locator("[data-held-seconds] [role=status]")
    expect(status).to_have_text("", use_inner_text=True)
    tab.fill("#field-note", "About sleep.")
    tab.focus("#confirm")
    tab.clock.fast_forward(240 * 1000)
    soon = "This time is kept for you for one more minute."
    expect(status).to_have_text(soon, use_inner_text=True)
    tab.clock.fast_forward(60 * 1000)
    expect(status).to_contain_text("This time is no longer kept for you.", use_inner_text=True)
    expect(tab.locator("#confirm")).to_be_hidden()
    assert (
        tab.locator("form:has(#keep-again) [type=submit]").first.get_attribute("id") == "keep-again"
    )
    expect(tab.locator("#keep-again")).to_be_focused()
    expect(tab.locator("#field-note")).to_have_value("About sleep.")
    expect(tab.locator("#other-time")).to_be_visible()


@pytest.mark.parametrize("name", ["home-now-two", "appointments-now", "appointment-open"])
def test_on_a_phone_join_is_as_wide_as_the_screen_and_under_nothing(tab, name):
    tab.set_viewport_size({"width": 320, "height": 568})
    tab.goto(f"/portal-{name}")
    tab.evaluate("document.documentElement.style.fontSize = '200%'")
    for scrolled in (0, 99_999):
        tab.evaluate("to => scrollTo(0, to)", scrolled)
        pins = tab.locator("[id^=pin-]")
        for pin in pins.all():
            expect(pin).to_be_in_viewport(ratio=1)
            box = pin.bounding_box()
            assert box["width"] >= (270 if pins.count() == 1 else 120)
            at = [box["x"] + box["width"] / 2, box["y"] + box["height"] - 2]
            assert pin.evaluate(
                "(pin, [x, y]) => pin.contains(document.elementFromPoint(x, y))", at
            )
    expect(tab.locator(".join a:visible")).to_have_count(0)
    foot = tab.locator("#theme-dark").bounding_box()
    assert foot["y"] + foot["height"] <= tab.locator("#pinned").bounding_box()["y"]


@pytest.fixture
def home(chromium, live):
    """Anna's home, in a browser whose clock the test turns."""
    context = chromium.new_context(base_url=live.address)
    secret = new_secret()
    live.services.add_device(live.anna, secret)
    name = live.name(Cookie.CLIENT_DEVICE)
    context.add_cookies([{"name": name, "value": secret, "url": live.address}])
    page = context.new_page()
    page.clock.install()
    yield page
    context.close()


def test_an_answer_that_comes_late_does_not_undo_a_newer_one(home, live):
    clock = live.services.clock
    plans = live.services.scheduling.upcoming
    plans[live.anna.id] = [upcoming(clock.now() + timedelta(minutes=15))]
    home.goto("/home")
    expect(home.locator(".now")).to_have_count(1)
    as_it_was = home.request.get("/home").text()
    held = []
    home.route("**/home", lambda route: held.append(route), times=1)  # noqa: PLW0108
    look_again(home)
    plans[live.anna.id] = []
    look_again(home)
    expect(home.locator(".now")).to_have_count(0)
    with home.expect_event("requestfinished"):
        held[0].fulfill(body=as_it_was, content_type="text/html")
    expect(home.locator("h1")).to_be_visible()
    expect(home.locator(".now")).to_have_count(0)


def look_again(page):
    """A minute later the page is looked at again, and asks."""
    page.clock.fast_forward(60 * 1000)
    with page.expect_request("**/home"):
        page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")


def test_what_is_on_comes_by_itself_and_goes_when_it_is_cancelled(home, live):
    page = home
    clock = live.services.clock
    plans = live.services.scheduling.upcoming
    plans[live.anna.id] = [upcoming(clock.now() + timedelta(minutes=31))]
    page.goto("/home")
    expect(page.locator(".now")).to_have_count(0)
    clock.advance(13 * 60)
    page.clock.fast_forward(13 * 60 * 1000)
    expect(page.locator(".now-title")).to_have_text("Your session starts in 18 min")
    expect(page.locator("#look-again")).to_be_hidden()
    page.clock.run_for(60 * 1000)
    expect(page.locator(".now-title")).to_have_text("Your session starts in 17 min")
    clock.advance(9 * 60)
    page.clock.run_for(8 * 60 * 1000)
    expect(page.locator(".now a", has_text="Join")).to_be_visible()
    plans[live.anna.id] = []
    page.clock.run_for(60 * 1000)
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(page.locator(".now")).to_have_count(0)


@pytest.mark.parametrize(
    ("scene", "field", "choose", "asked"),
    [
        ("booking", "client-2", lambda it: it.check(), "appointments/new"),
        ("booking", "field-service_id", lambda it: it.select_option(index=0), "appointments/new"),
        ("booking", "field-day", lambda it: it.fill("2026-12-09"), "appointments/new"),
        ("hours", "field-holiday_country", lambda it: it.select_option("AT"), "availability"),
        ("service", "field-on_request", lambda it: it.check(), "services/rules"),
    ],
    ids=["a radio button", "a service", "a day", "a country", "a tick"],
)
def test_what_was_chosen_before_the_scripts_had_come_is_asked_for(tab, scene, field, choose, asked):
    with tab.expect_request(f"**/console/{asked}") as sent, scripts_held(tab):
        tab.goto(f"/console-{scene}", wait_until="commit")
        choose(tab.locator(f"#{field}"))
        name, value = tab.locator(f"#{field}").evaluate("field => [field.name, field.value]")
    assert (name, value) in parse_qsl(sent.value.post_data)


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("scene", ["console-moving", "console-booking"])
def test_the_buttons_of_another_day_stand_beside_each_other_on_the_smallest_screen(
    tab, scene, language
):
    tab.set_viewport_size({"width": 320, "height": 568})
    tab.goto(f"/{scene}?lang={language}")
    before, after = (tab.locator(one).bounding_box() for one in ("#day-before", "#day-after"))
    assert before["y"] == after["y"]


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
