"""What the small modules and htmx do in a browser, and that nothing depends on them."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from gateway.web.cookies import Cookie
from gateway.web.tokens import new_secret
from portal_contracts.identity_links.rpc.setup import SetupStanding, SetupState
from portal_contracts.notifications.mail_server import (
    MailServerFields,
    MailServerTest,
    StoredMailServer,
    TrialState,
)
from tests.kit.browser import PATIENCE_MS
from tests.kit.gateway.late_scripts import scripts_held

ANNA_AND_BEN = re.compile("2 clients")
# The browser's own remarks on a form that comes back, and on a server that is away.
REFUSED = re.compile("status of (422|503)|ERR_INTERNET_DISCONNECTED")


@pytest.fixture
def visitor(chromium, live):
    """Opens a browser window at the gateway; complaints of the console fail the test."""
    complaints, contexts = [], []

    def open_window(*, person=None, cookie=Cookie.CONSOLE_DEVICE, **options):
        context = chromium.new_context(base_url=live.address, **options)
        context.grant_permissions(["clipboard-read", "clipboard-write"])
        if person is not None:
            secret = new_secret()
            live.services.add_device(person, secret)
            context.add_cookies([{"name": live.name(cookie), "value": secret, "url": live.address}])
        page = context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        page.on("console", lambda said: complaints.append(said.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        contexts.append(context)
        return page

    yield open_window
    for context in contexts:
        context.close()
    assert [text for text in complaints if not REFUSED.search(text)] == []


def test_the_search_narrows_the_table_while_typing(visitor, live):
    page = visitor(person=live.doctor)
    page.goto("/console/clients")
    expect(page.locator("#clients-table")).to_contain_text(ANNA_AND_BEN)
    page.keyboard.press("/")
    page.keyboard.type("ann")
    expect(page.locator("#clients-table")).to_contain_text("One client")
    expect(page.locator("#clients-table")).not_to_contain_text("Ben Brandt")
    expect(page.locator("#search")).to_be_focused()
    expect(page.locator("#clients-said")).to_have_text("One client")
    expect(page).to_have_url(re.compile("search=ann"))
    page.go_back()
    expect(page.locator("#clients-table")).to_contain_text(ANNA_AND_BEN)


def test_what_was_typed_before_the_scripts_had_come_is_searched_for(visitor, live):
    page = visitor(person=live.doctor)
    with scripts_held(page):
        page.goto("/console/clients", wait_until="commit")
        page.fill("#search", "ann")
    expect(page.locator("#clients-table")).to_contain_text("One client")
    expect(page.locator("#search")).to_have_value("ann")


def test_the_search_works_without_scripts(visitor, live):
    page = visitor(person=live.doctor, java_script_enabled=False)
    page.goto("/console/clients")
    page.fill("#search", "ben")
    page.click("#search-go")
    expect(page.locator("#clients-table")).to_contain_text("One client")
    expect(page.locator("#clients-table")).to_contain_text("Ben Brandt")


def test_slash_leads_to_the_search_from_any_page(visitor, live):
    page = visitor(person=live.doctor)
    page.goto("/console/settings")
    page.keyboard.press("/")
    expect(page.locator("#side-search")).to_be_focused()
    page.keyboard.type("ann")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Anna Adler")
    assert page.url == f"{live.address}/console/clients/{live.anna.id}"


def test_slash_leads_to_the_clients_where_the_search_is_out_of_sight(visitor, live):
    page = visitor(person=live.doctor, viewport={"width": 390, "height": 844})
    page.goto("/console/settings")
    page.keyboard.press("/")
    page.wait_for_url("**/console/clients")


@pytest.mark.parametrize("scripts", [True, False])
def test_dark_is_chosen_and_kept(visitor, live, scripts):
    page = visitor(java_script_enabled=scripts)
    page.goto("/")
    with page.expect_response("**/theme"):
        page.click("#theme-dark")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    expect(page.locator("#theme-dark")).to_have_attribute("aria-pressed", "true")
    page.goto("/")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")


def test_a_fresh_link_is_copied_with_one_press(visitor, live):
    page = visitor(person=live.doctor)
    page.goto(f"/console/clients/{live.anna.id}")
    page.click("#make-copy")
    page.click("#copy-link")
    expect(page.locator("#copied")).to_have_text("Copied")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == page.input_value("#fresh-link")
    assert copied.startswith(f"{live.address}/p/lk_")


def test_the_whole_first_path_without_scripts(visitor, live):
    page = visitor(java_script_enabled=False)
    page.goto("/console/sign-in")
    page.fill("#field-email", live.doctor.email)
    page.fill("#field-password", live.doctor.password)
    page.click("#sign-in")
    page.click("#new-client")
    page.fill("#field-name", "Clara Cohen")
    page.fill("#field-email", "clara@example.org")
    page.click("#save")
    expect(page.locator("h1")).to_have_text("Clara Cohen")
    page.click("#share-link")
    expect(page.locator(".envelope")).to_contain_text("clara@example.org")
    page.click("#share-now")
    expect(page.locator("#flash")).to_contain_text("on its way")
    page.click("#make-copy")
    link = page.input_value("#fresh-link")
    client = visitor(java_script_enabled=False)
    client.goto(link)
    expect(client.locator("h1")).to_have_text("Hello Clara")
    assert client.url == f"{live.address}/home"
    client.click("#sign-out")
    expect(client.locator("h1")).to_have_text("You are signed out")


def test_wrong_entries_take_the_focus_to_their_summary(visitor, live):
    page = visitor(person=live.doctor)
    page.goto("/console/clients/new")
    page.fill("#field-preferred_name", "Cleo")
    page.evaluate("document.querySelector('main form').noValidate = true")
    with page.expect_response(lambda response: response.status == 422):
        page.click("#save")
    expect(page.locator("#error-summary")).to_be_focused()
    assert page.title().startswith("Error: ")
    page.click("#error-summary a[href='#field-email']")
    expect(page.locator("#field-email")).to_be_focused()
    assert page.input_value("#field-preferred_name") == "Cleo"


def test_asking_again_opens_after_the_countdown(visitor, live):
    page = visitor()
    page.clock.install()
    page.goto("/link-requests?wait=60")
    expect(page.locator("#resend")).to_have_attribute("aria-disabled", "true")
    page.clock.fast_forward(61_000)
    expect(page.locator("#resend")).not_to_have_attribute("aria-disabled", "true")


@pytest.mark.parametrize(("zone", "differs"), [("Europe/Berlin", False), ("Asia/Tokyo", True)])
def test_another_clock_on_the_device_is_mentioned(visitor, live, zone, differs):
    page = visitor(person=live.anna, cookie=Cookie.CLIENT_DEVICE, timezone_id=zone)
    page.goto("/home")
    expect(page.locator("[data-zone-differs]")).to_be_visible(visible=differs)


def test_the_menu_of_the_console_opens_on_a_phone_without_scripts(visitor, live):
    page = visitor(
        person=live.doctor, java_script_enabled=False, viewport={"width": 390, "height": 844}
    )
    page.goto("/console")
    page.click("#menu > summary")
    page.click("#sheet-console-settings")
    expect(page.locator("h1")).to_have_text("Settings")


def test_escape_closes_the_menu_that_opened_last_and_gives_its_button_the_focus(visitor, live):
    page = visitor(person=live.doctor, viewport={"width": 390, "height": 844})
    page.goto("/console")
    menu, new = page.locator("#menu"), page.locator("#sheet-new")
    for one in (menu, new):
        one.locator("> summary").press("Enter")
        expect(one).to_have_attribute("open", "")
    page.keyboard.press("Tab")
    # What is being put together, as words of Japanese are, is given up first.
    page.evaluate(
        """document.activeElement.dispatchEvent(
            new KeyboardEvent("keydown", { key: "Escape", isComposing: true, bubbles: true }))"""
    )
    expect(new).to_have_attribute("open", "")
    for one in (new, menu):
        page.keyboard.press("Escape")
        expect(one).not_to_have_attribute("open", "")
        expect(one.locator("> summary")).to_be_focused()


def test_a_warning_comes_before_the_idle_end_and_staying_takes_it_away(visitor, live):
    page = visitor(person=live.anna, cookie=Cookie.CLIENT_DEVICE)
    page.clock.install()
    page.goto("/home")
    idle_seconds = int(page.locator("#idle").get_attribute("data-idle-seconds"))
    page.clock.fast_forward((idle_seconds - 240) * 1000)
    expect(page.locator("#idle")).to_be_empty()
    page.clock.fast_forward(125_000)
    expect(page.locator("#idle")).to_contain_text("signed out in two minutes")
    page.click("#stay-signed-in")
    expect(page.locator("#idle")).to_be_empty()


def test_staying_that_nobody_heard_is_not_taken_for_done(visitor, live):
    page = visitor(person=live.anna, cookie=Cookie.CLIENT_DEVICE)
    page.clock.install()
    page.goto("/home")
    idle_seconds = int(page.locator("#idle").get_attribute("data-idle-seconds"))
    page.clock.fast_forward((idle_seconds - 100) * 1000)
    page.context.set_offline(True)
    page.click("#stay-signed-in")
    expect(page.locator("#idle")).to_contain_text("did not reach us")
    page.context.set_offline(False)
    page.route("**/home", lambda route: route.fulfill(status=503))
    with page.expect_response("**/home"):
        page.click("#stay-signed-in")
    expect(page.locator("#idle")).to_contain_text("did not reach us")
    page.unroute("**/home")
    page.click("#stay-signed-in")
    expect(page.locator("#idle")).to_be_empty()


def test_staying_after_the_device_has_ended_shows_that_it_has(visitor, live):
    page = visitor(person=live.anna, cookie=Cookie.CLIENT_DEVICE)
    page.clock.install()
    page.goto("/home")
    page.clock.fast_forward(24 * 3600 * 1000)
    live.services.identity.devices.clear()
    page.click("#stay-signed-in")
    page.wait_for_url("**/signed-out**")


def test_setting_up_begins_with_the_browsers_own_time_zone(visitor, live):
    live.services.answers["identity_links.look_at_setup"] = SetupStanding(state=SetupState.LIVE)
    page = visitor(timezone_id="America/Sao_Paulo")
    page.goto("/setup/a-token")
    expect(page.locator("#field-timezone")).to_have_value("America/Sao_Paulo")


def test_what_comes_of_a_test_mail_is_told_without_losing_what_is_typed(visitor, live):
    def stored(state):
        return StoredMailServer(
            by_environment=False,
            transport="practice",
            version=1,
            fields=MailServerFields(host="smtp.example.org"),
            has_password=False,
            test=MailServerTest(state=state, asked_at=live.services.clock.now()),
        )

    answers = live.services.answers
    answers["notifications.read_mail_server"] = stored(TrialState.ON_ITS_WAY)
    page = visitor(person=live.doctor)
    page.goto("/console/settings/mail-server")
    page.fill("#field-sender_name", "Praxis")
    expect(page.locator("#test-mail")).to_contain_text("on its way")
    answers["notifications.read_mail_server"] = stored(TrialState.ACCEPTED)
    expect(page.locator("#test-mail")).to_contain_text("has taken the test mail")
    expect(page.locator("#field-sender_name")).to_have_value("Praxis")
