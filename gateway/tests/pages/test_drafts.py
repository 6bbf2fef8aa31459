"""What a client typed and could not save is there again, in a browser, for that client alone."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Error, expect

from gateway.web.cookies import Cookie
from gateway.web.tokens import new_secret
from portal_contracts.forms.rpc.questions import RequestState
from tests.kit.browser import PATIENCE_MS
from tests.kit.waiting import eventually

SAVED = re.compile(r"Saved \d\d:\d\d")
KEPT = re.compile(
    r"We kept what you typed on this device on \d+ \w+,? \d\d:\d\d; it is saved now\."
)
WORDS = "Nobody but Anna reads this"
CALLED = "#field-q_called"
WAITS = "Object.keys(localStorage).some((name) => name.startsWith('lk-draft.'))"
KEPT_AT = "Object.values(localStorage).map((kept) => parseInt(kept, 10))"
DAYS = 86_400_000
SLOW_LOCKS = """{
  const request = LockManager.prototype.request;
  LockManager.prototype.request = async function (...asked) {
    await new Promise((on) => { setTimeout(on, 1500); });
    return request.apply(this, asked);
  };
}"""


@pytest.fixture
def form(live):
    return live.services.forms.add(live.anna.id, live.doctor.id)


@pytest.fixture
def section(form):
    return f"/forms/{form.id}/1"


@pytest.fixture
def context(chromium, live):
    context = chromium.new_context(base_url=live.address, timezone_id="Pacific/Honolulu")
    context.set_default_timeout(PATIENCE_MS)
    yield context
    context.close()


@pytest.fixture
def enter(context, live):
    """Gives this browser a device of a client's, as entering by a link does."""

    def let_in(client):
        secret = new_secret()
        live.services.add_device(client, secret)
        name = live.name(Cookie.CLIENT_DEVICE)
        context.add_cookies([{"name": name, "value": secret, "url": live.address}])

    return let_in


@pytest.fixture
def page(context, enter, live, section):
    enter(live.anna)
    page = context.new_page()
    page.goto(section)
    return page


def write(page, words=WORDS, field=CALLED):
    """Type, and wait until it is kept."""
    typed_at = page.evaluate("Date.now()")
    page.fill(field, words)
    eventually(lambda: any(at >= typed_at for at in page.evaluate(KEPT_AT)))


def stored(page):
    return page.evaluate("Object.entries(localStorage)")


def leave(page):
    """Go away from what is not saved; a window that only closes may still send for a moment."""
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto("about:blank")
    page.close()


def left_behind(page, live, words=WORDS):
    """Type while nothing can be saved, and close the window."""
    live.services.down.add("forms.save_section")
    write(page, words)
    leave(page)
    live.services.down.clear()


def restore(live, *pages):
    """The service is back; the pages try again at once, as they do when a person comes back."""
    live.services.down.clear()
    for page in pages:
        page.evaluate("dispatchEvent(new Event('focus'))")


def opened(context, path):
    page = context.new_page()
    page.goto(path)
    return page


def expect_kept(page):
    eventually(lambda: page.evaluate(WAITS))


def expect_nothing_kept(page):
    eventually(lambda: not page.evaluate(WAITS))


# --- kept, and saved ---


def test_what_a_closed_window_left_is_filled_in_and_saved(page, context, live, form, section):
    left_behind(page, live)
    page = opened(context, section)
    expect(page.locator("#kept")).to_contain_text(KEPT)
    assert page.input_value(CALLED) == form.answers["called"] == WORDS
    expect_nothing_kept(page)


def test_a_tab_that_is_killed_loses_nothing(page, context, live, form, section):
    live.services.down.add("forms.save_section")
    write(page)
    with pytest.raises(Error):
        page.goto("chrome://crash", timeout=2000)
    page.close()
    live.services.down.clear()
    page = opened(context, section)
    expect(page.locator("#kept")).to_contain_text(KEPT)
    assert form.answers["called"] == WORDS


def test_every_kind_of_field_comes_back(page, context, live, form, section):
    live.services.down.add("forms.save_section")
    page.check("#field-q_before")
    page.fill("[name='q_born.day']", "27")
    page.fill("[name='q_born.month']", "3")
    page.fill("[name='q_born.year']", "1990")
    write(page, "In 2019.\nIt helped & <b>more</b>.", "#field-q_before_when")
    leave(page)
    live.services.down.clear()
    expect(opened(context, section).locator("#kept")).to_contain_text(KEPT)
    assert form.answers == {
        "born": "1990-03-27",
        "before": True,
        "before_when": "In 2019.\nIt helped & <b>more</b>.",
    }


@pytest.mark.parametrize("words", ["Nobody", "Nobody ", "No\u200bbody"])
def test_a_save_that_arrived_after_its_window_had_gone_is_no_conflict(
    page, context, live, form, section, words
):
    live.services.lost_replies.add("forms.save_section")
    write(page, words)
    page.locator(CALLED).blur()
    expect(page.locator("#saved")).to_have_text("Not saved, retrying")
    write(page)
    eventually(lambda: form.answers == {"called": "Nobody"})
    leave(page)
    live.services.lost_replies.clear()
    expect(opened(context, section).locator("#kept")).to_contain_text(KEPT)
    assert form.answers["called"] == WORDS


@pytest.mark.parametrize("device", ["quick", "slow"])
def test_any_page_of_the_portal_saves_what_waits(page, context, live, form, device):
    left_behind(page, live)
    if device == "slow":
        context.add_init_script(SLOW_LOCKS)
    page = opened(context, "/home")
    expect(page.locator("#kept")).to_contain_text(KEPT)
    assert form.answers["called"] == WORDS
    expect_nothing_kept(page)


def test_when_it_was_typed_is_said_in_the_zone_of_the_other_times(page, context, live):
    left_behind(page, live)
    live.services.down.add("forms.save_section")
    page = opened(context, "/home")
    hour = page.locator("#kept [data-when]").inner_text().split()[-1].split(":")[0]
    now = "(zone) => new Date().toLocaleTimeString('en-GB', { timeZone: zone }).split(':')"
    now_hour, now_minute, _ = page.evaluate(now, live.anna.fields.timezone)
    assert hour == now_hour or now_minute == "00"


def test_what_cannot_be_saved_from_there_is_said_and_leads_to_it(
    page, context, live, form, section
):
    left_behind(page, live)
    form.require_open()
    live.services.down.add("forms.save_section")
    page = opened(context, "/home")
    expect(page.locator("#kept")).to_contain_text("is not saved yet")
    live.services.down.clear()
    page.click("#kept a")
    page.wait_for_url(f"**{section}")
    expect(page.locator("#kept")).to_contain_text(KEPT)
    assert form.answers["called"] == WORDS


def test_a_refresh_and_going_back_lose_nothing(page, live, form, section):
    live.services.down.add("forms.save_section")
    page.on("dialog", lambda dialog: dialog.accept())
    write(page)
    page.reload()
    expect(page.locator(CALLED)).to_have_value(WORDS)
    page.goto("/home")
    page.go_back()
    page.wait_for_url(f"**{section}")
    expect(page.locator(CALLED)).to_have_value(WORDS)
    restore(live, page)
    expect(page.locator("#saved")).to_have_text(SAVED)
    assert form.answers["called"] == WORDS


def test_next_without_a_network_stays_and_goes_on_once_it_is_saved(page, context, form):
    context.set_offline(True)
    write(page)
    page.check("#field-q_before")
    page.click("#leave")
    expect(page.locator("#saved")).to_have_text("Not saved, retrying")
    context.set_offline(False)
    page.wait_for_url("**/forms")
    assert form.answers == {"before": True, "called": WORDS}


def test_a_saved_section_leaves_nothing_behind(page, live):
    live.services.down.add("forms.save_section")
    write(page)
    restore(live, page)
    expect(page.locator("#saved")).to_have_text(SAVED)
    expect_nothing_kept(page)


# --- signed out ---


def test_a_device_that_ends_costs_nothing_and_the_link_brings_it_back(
    page, context, live, form, token
):
    live.services.identity.devices.clear()
    write(page)
    page.locator(CALLED).blur()
    expect(page.locator("#notice")).to_contain_text("You were signed out")
    page.fill(CALLED, f"{WORDS}, and more")
    live.services.add_link(live.anna, token)
    opened(context, f"/p/{token}").wait_for_url("**/home")
    expect(page.locator("#saved")).to_have_text(SAVED)
    expect(page.locator("#notice")).to_be_empty()
    assert form.answers["called"] == f"{WORDS}, and more"
    page.click("#leave")
    page.wait_for_url("**/forms")


def test_a_window_closed_while_signed_out_is_saved_at_the_next_entry(
    page, context, live, form, enter
):
    live.services.identity.devices.clear()
    write(page)
    page.close()
    opened(context, "/home").wait_for_url(re.compile("signed-out|/$"))
    assert form.answers == {}
    enter(live.anna)
    expect(opened(context, "/forms").locator("#kept")).to_contain_text(KEPT)
    assert form.answers["called"] == WORDS


def test_a_link_that_has_expired_and_a_new_one(page, context, live, form, token):
    link = live.services.add_link(live.anna, token)
    link.expires_at = live.services.clock.now()
    live.services.identity.devices.clear()
    write(page)
    dead = opened(context, f"/p/{token}")
    expect(dead.locator("h1")).to_contain_text("expired")
    dead.close()
    assert page.input_value(CALLED) == WORDS
    live.services.add_link(live.anna, token[:-1] + "B")
    opened(context, f"/p/{token[:-1]}B").wait_for_url("**/home")
    expect(page.locator("#saved")).to_have_text(SAVED)
    assert form.answers["called"] == WORDS


def test_signing_out_in_another_tab_leaves_the_page_as_it_is(page, context, live, form, enter):
    other = opened(context, "/home")
    other.click("#sign-out")
    other.wait_for_url("**/signed-out")
    write(page)
    page.locator(CALLED).blur()
    expect(page.locator("#notice")).to_contain_text("You were signed out")
    enter(live.anna)
    other.goto("/home")
    expect(page.locator("#saved")).to_have_text(SAVED)
    assert form.answers["called"] == WORDS


def test_the_idle_warning_does_not_take_what_was_typed_away(page, live, form, section):
    page.clock.install()
    page.goto(section)
    live.services.down.add("forms.save_section")
    write(page)
    live.services.identity.devices.clear()
    page.clock.fast_forward(90 * DAYS)
    page.click("#stay-signed-in")
    expect(page.locator("#idle")).to_be_empty()
    assert page.url.endswith(section)
    assert page.input_value(CALLED) == WORDS


# --- another client ---


def test_another_client_on_this_browser_neither_reads_nor_sends_it(
    page, context, live, form, enter
):
    live.services.identity.devices.clear()
    write(page)
    page.locator(CALLED).blur()
    expect(page.locator("#notice")).to_contain_text("You were signed out")
    enter(live.ben)
    bens = opened(context, "/home")
    expect(page.locator("#notice")).to_contain_text("Somebody else is signed in")
    expect(bens.locator("#kept")).to_be_empty()
    bens.click("#sign-out")
    bens.wait_for_url("**/signed-out")
    assert form.answers == {}
    assert page.evaluate(WAITS), "Ben's signing out erases nothing of Anna's"
    enter(live.anna)
    bens.goto("/home")
    expect(page.locator("#saved")).to_have_text(SAVED)
    assert form.answers["called"] == WORDS


def test_what_is_kept_tells_nothing(page, live, form):
    live.services.down.add("forms.save_section")
    write(page)
    kept = str(stored(page))
    for word in (WORDS, "called", "about_you", str(form.id), str(live.anna.id), "Anna", "forms"):
        assert word not in kept
    assert page.get_attribute("#section-form", "data-draft-key") is None


def test_it_opens_in_its_own_place_alone(page, context, live, form, section):
    other = live.services.forms.add(live.anna.id, live.doctor.id)
    left_behind(page, live)
    live.services.down.add("forms.save_section")
    page = opened(context, f"/forms/{other.id}/1")
    write(page, "Elsewhere")
    [[mine, value], [theirs, _]] = sorted(stored(page), key=lambda each: len(each[1]))[::-1]
    leave(page)
    page = context.new_page()
    page.goto("/signed-out")
    page.evaluate("([name, value]) => localStorage.setItem(name, value)", [theirs, value])
    live.services.down.clear()
    page.goto(f"/forms/{other.id}/1")
    eventually(lambda: theirs not in dict(stored(page)))
    assert page.input_value(CALLED) == ""
    assert other.answers == {}
    assert mine != theirs


@pytest.mark.parametrize(
    "change",
    [
        "([at, revision, iv, sealed]) => [at, revision, iv, sealed.slice(0, -4) + 'AAAA']",
        "([at, revision, iv, sealed]) => [at, Number(revision) + 1, iv, sealed]",
        "([at, revision, iv, sealed]) => [Number(at) - 60000, revision, iv, sealed]",
        "([at, revision, iv, sealed]) => [at]",
        "() => ['nonsense']",
    ],
)
def test_what_was_tampered_with_is_ignored_and_removed(page, context, live, form, section, change):
    left_behind(page, live)
    page = opened(context, "/signed-out")
    page.evaluate(f"""() => {{
        const name = Object.keys(localStorage).find((one) => one.startsWith('lk-draft.'));
        localStorage.setItem(name, (({change})(localStorage.getItem(name).split('.'))).join('.'));
    }}""")
    page.goto(section)
    expect_nothing_kept(page)
    assert page.input_value(CALLED) == ""
    assert form.answers == {}


def test_after_seven_days_it_is_gone_on_whatever_page(page, context, live, form):
    left_behind(page, live)
    page = context.new_page()
    page.clock.install()
    page.clock.fast_forward(7 * DAYS + 1000)
    page.goto("/")
    expect_nothing_kept(page)


# --- two windows ---


def test_a_section_that_changed_meanwhile_is_the_clients_choice(page, context, live, form, section):
    left_behind(page, live)
    other = live.as_client(live.anna)
    other.submit(other.open(section), section, {"q_called": "Other"})
    page = opened(context, section)
    expect(page.locator("#notice")).to_contain_text("changed in another window")
    expect(page.locator("#notice")).to_contain_text("Other")
    assert page.input_value(CALLED) == WORDS
    assert form.answers["called"] == "Other"
    page.close()
    page = opened(context, section)
    expect(page.locator("#notice")).to_contain_text("changed in another window")
    page.click("#keep-mine")
    expect(page.locator("#notice")).to_be_empty()
    expect_nothing_kept(page)
    assert form.answers["called"] == page.input_value(CALLED) == WORDS


def test_loading_the_newest_gives_up_what_was_typed(page, context, live, form, section):
    left_behind(page, live)
    other = live.as_client(live.anna)
    other.submit(other.open(section), section, {"q_called": "Other"})
    page = opened(context, section)
    page.click("#load-newest")
    expect(page.locator(CALLED)).to_have_value("Other")
    expect_nothing_kept(page)
    assert form.answers["called"] == "Other"


def test_two_windows_that_were_closed_lose_neither_text(page, context, live, form, section):
    second = opened(context, section)
    live.services.down.add("forms.save_section")
    write(page, "First")
    second.fill(CALLED, "Second")
    eventually(lambda: len(stored(page)) == 2)
    leave(page)
    leave(second)
    live.services.down.clear()
    page = opened(context, section)
    expect(page.locator("#notice")).to_contain_text("changed in another window")
    assert {page.input_value(CALLED), form.answers["called"]} == {"First", "Second"}


def test_a_window_that_is_open_keeps_its_own(page, context, live, form, section):
    live.services.down.add("forms.save_section")
    write(page)
    second = opened(context, section)
    second.wait_for_timeout(1500)
    assert second.input_value(CALLED) == ""
    restore(live, page)
    expect(page.locator("#saved")).to_have_text(SAVED)
    assert form.answers["called"] == WORDS


# --- signing out ---


def test_signing_out_asks_first_and_staying_saves(page, live, form):
    live.services.down.add("forms.save_section")
    write(page)
    page.click("#sign-out")
    expect(page.locator("#kept")).to_contain_text("Some of what you typed is not saved yet.")
    expect(page.locator("#kept .choose")).to_be_focused()
    restore(live, page)
    page.click("#stay-and-save")
    expect(page.locator("#saved")).to_have_text(SAVED)
    expect(page.locator("#kept")).to_be_empty()
    assert form.answers["called"] == WORDS
    page.click("#sign-out")
    page.wait_for_url("**/signed-out")


def test_signing_out_without_a_network_or_a_device_asks_too(page, context, live, form, enter):
    context.set_offline(True)
    write(page)
    page.click("#sign-out")
    expect(page.locator("#kept")).to_contain_text("Some of what you typed is not saved yet.")
    live.services.identity.devices.clear()
    context.set_offline(False)
    expect(page.locator("#notice")).to_contain_text("You were signed out.")
    page.click("#sign-out")
    expect(page.locator("#kept .choose")).to_be_focused()
    assert page.input_value(CALLED) == WORDS
    enter(live.anna)
    page.click("#stay-and-save")
    restore(live, page)
    expect(page.locator("#saved")).to_have_text(SAVED)
    assert form.answers["called"] == WORDS


def test_signing_out_and_erasing_leaves_nothing(page, context, live, form, enter, section):
    live.services.down.add("forms.save_section")
    write(page)
    page.click("#sign-out")
    page.click("#sign-out-and-erase")
    page.wait_for_url("**/signed-out")
    expect_nothing_kept(page)
    live.services.down.clear()
    enter(live.anna)
    page.goto(section)
    assert page.input_value(CALLED) == ""
    assert form.answers == {}


def test_from_another_page_staying_leads_to_what_waits(page, context, live, form, section):
    left_behind(page, live)
    live.services.down.add("forms.save_section")
    page = opened(context, "/home")
    expect(page.locator("#kept")).to_contain_text("is not saved yet")
    page.click("#sign-out")
    page.click("#stay-and-save")
    page.wait_for_url(f"**{section}")
    restore(live, page)
    expect(page.locator("#saved")).to_have_text(SAVED)
    assert form.answers["called"] == WORDS


# --- what cannot be saved ---


def test_what_cannot_be_read_is_kept_as_it_was_typed(page, context, form, section):
    page.fill("#field-q_sleep", "about six")
    page.locator("#field-q_sleep").blur()
    expect(page.locator("#saved")).to_contain_text("not every entry")
    expect_kept(page)
    page.close()
    page = opened(context, section)
    expect(page.locator("#field-q_sleep")).to_have_value("about six")


def test_a_form_that_was_withdrawn_says_so_and_keeps_the_text(page, form):
    form.state = RequestState.WITHDRAWN
    write(page)
    page.locator(CALLED).blur()
    expect(page.locator("#notice")).to_contain_text("Your last changes are not saved")
    assert page.input_value(CALLED) == WORDS


def test_a_very_long_text_out_of_a_word_processor_is_not_lost(page, context, form, section):
    story = "My story\x0bpasted, " * 12_000
    page.evaluate(
        "([id, text]) => { const field = document.querySelector(id); field.value = text;"
        " field.dispatchEvent(new Event('input', { bubbles: true })); }",
        ["#field-q_before_when", story],
    )
    typed = page.input_value("#field-q_before_when")
    assert len(typed) > 200_000
    expect_kept(page)
    page.locator("#field-q_before_when").blur()
    page.fill(CALLED, WORDS)
    expect(page.locator("#saved")).not_to_be_empty()
    page.close()
    page = opened(context, section)
    expect(page.locator("#field-q_before_when")).to_have_value(typed)
