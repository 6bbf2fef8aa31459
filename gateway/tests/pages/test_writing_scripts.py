"""What the session page does in a browser: save while writing, lose nothing, overwrite nothing."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from gateway.web.cookies import Cookie
from gateway.web.tokens import new_secret
from portal_contracts.scheduling.rpc.sessions import ShareSummary
from tests.kit.browser import PATIENCE_MS
from tests.kit.gateway.fake_services import PASSWORD
from tests.kit.gateway.late_scripts import scripts_held
from tests.kit.gateway.leaving import asks_before_leaving, leaves_unasked
from tests.kit.gateway.made_schedule import made_session
from tests.kit.gateway.made_texts import MadeTexts
from tests.kit.waiting import eventually

SAVED = re.compile(r"Saved (today, )?\d\d:\d\d")
SUMMARY, NOTE = "#field-summary", "#field-note"


@pytest.fixture
def texts(live, clock):
    session = made_session(client_id=live.anna.id, practitioner_id=live.doctor.id)
    texts = MadeTexts(clock, session)
    live.services.answers |= texts.answers
    return texts


@pytest.fixture
def new_window(chromium, live):
    """Opens a window of a practitioner; errors of scripts fail the test."""
    errors, contexts = [], []

    def make(person=None):
        context = chromium.new_context(base_url=live.address)
        secret = new_secret()
        live.services.add_device(person or live.doctor, secret)
        name = live.name(Cookie.CONSOLE_DEVICE)
        context.add_cookies([{"name": name, "value": secret, "url": live.address}])
        context.set_default_timeout(PATIENCE_MS)
        context.on("weberror", lambda error: errors.append(str(error.error)))
        contexts.append(context)
        return context

    yield make
    for context in contexts:
        context.close()
    assert errors == []


@pytest.fixture
def context(new_window):
    return new_window()


@pytest.fixture
def path(texts):
    return f"/console/sessions/{texts.session.id}"


@pytest.fixture
def page(context, path):
    return opened(context, path)


def opened(context, path):
    page = context.new_page()
    page.goto(path)
    return page


def write(page, field, text):
    page.fill(field, text)
    page.locator(field).blur()


def look_at_it_again(page):
    """As a person does who comes back; what waits is tried again at once."""
    page.evaluate("dispatchEvent(new Event('focus'))")


def newest(text):
    return text.newest.text if text.newest else None


def test_what_is_written_before_the_scripts_have_come_is_saved_once_they_have(context, path, texts):
    page = context.new_page()
    with scripts_held(page):
        page.goto(path, wait_until="commit")
        page.fill(NOTE, "She slept well.")
    expect(page.locator("#note-saved")).to_have_text(SAVED)
    assert newest(texts.note) == "She slept well."


def test_both_texts_are_saved_while_they_are_written(page, texts):
    page.locator(SUMMARY).press_sequentially("We spoke.")
    # Whoever types slowly is saved in between.
    eventually(lambda: newest(texts.summary) == "We spoke.")
    expect(page.locator("#summary-saved")).to_have_text(SAVED)
    expect(page.locator("#summary-standing")).to_have_text("The client does not see it yet.")
    expect(page.locator("#main")).not_to_contain_text("No summary")
    write(page, NOTE, "Ask again.")
    expect(page.locator("#note-saved")).to_have_text(SAVED)
    assert newest(texts.note) == "Ask again."
    page.fill(SUMMARY, "We spoke. And more.")
    page.click("#save")
    expect(page.locator("#flash")).to_contain_text("What you wrote is saved")
    assert [one.text for one in texts.summary.versions] == ["We spoke. And more."]


def test_what_the_client_reads_stays_while_one_writes_on_and_it_is_said(page, texts):
    write(page, SUMMARY, "Shared")
    eventually(lambda: newest(texts.summary) == "Shared")
    texts.share_summary(ShareSummary(session_id=texts.session.id, revision=1), None)
    write(page, SUMMARY, "Shared, and more")
    expect(page.locator("#summary-standing")).to_contain_text("still reads version 1")
    assert texts.shared.text == "Shared"


def test_leaving_asks_only_while_something_is_not_saved(page, texts, live, path):
    write(page, SUMMARY, "Saved")
    expect(page.locator("#summary-saved")).to_have_text(SAVED)
    assert leaves_unasked(page, page.reload)

    live.services.down.add("scheduling.save_note")
    write(page, NOTE, "Not yet")
    expect(page.locator("#note-saved")).to_have_text("Not saved, retrying")
    assert asks_before_leaving(page, lambda: page.click("#to-today"))
    assert asks_before_leaving(page, lambda: page.evaluate("location.reload()"))
    assert page.input_value(NOTE) == "Not yet"
    live.services.down.clear()
    look_at_it_again(page)
    expect(page.locator("#note-saved")).to_have_text(SAVED)
    page.click("#to-today")
    page.wait_for_url("**/console")
    page.go_back()
    expect(page.locator(NOTE)).to_have_value("Not yet")


def test_a_service_that_is_away_is_waited_for_and_the_other_text_is_saved(page, texts, live):
    live.services.down.add("scheduling")
    write(page, SUMMARY, "While it is away")
    expect(page.locator("#summary-saved")).to_have_text("Not saved, retrying")
    page.fill(SUMMARY, "While it is away, and after")
    live.services.down.clear()
    expect(page.locator("#summary-saved")).to_have_text(SAVED)
    eventually(lambda: newest(texts.summary) == "While it is away, and after")


def test_a_lost_answer_is_no_conflict_with_oneself(page, texts, live):
    live.services.lost_replies.add("scheduling.save_summary")
    write(page, SUMMARY, "Once")
    expect(page.locator("#summary-saved")).to_have_text("Not saved, retrying")
    page.fill(SUMMARY, "Once, and more")
    live.services.lost_replies.clear()
    look_at_it_again(page)
    eventually(lambda: newest(texts.summary) == "Once, and more")
    expect(page.locator("#summary-choice")).to_be_empty()


def test_a_network_that_is_away_is_waited_for(page, context, texts):
    context.set_offline(True)
    write(page, NOTE, "On the train")
    expect(page.locator("#note-saved")).to_have_text("Not saved, retrying")
    context.set_offline(False)
    expect(page.locator("#note-saved")).to_have_text(SAVED)
    assert newest(texts.note) == "On the train"


def test_a_text_that_is_too_long_holds_up_nothing_else(page, texts):
    page.evaluate(
        "document.querySelector('#field-summary').value = 'x'.repeat(20001)",
    )
    page.locator(SUMMARY).dispatch_event("change")
    expect(page.locator("#summary-saved")).to_contain_text("20,000")
    write(page, NOTE, "Saved all the same")
    expect(page.locator("#note-saved")).to_have_text(SAVED)
    write(page, SUMMARY, "Short enough")
    expect(page.locator("#summary-saved")).to_have_text(SAVED)
    assert (newest(texts.summary), newest(texts.note)) == ("Short enough", "Saved all the same")


@pytest.mark.parametrize("choice", ["keep", "take"])
@pytest.mark.parametrize("name", ["summary", "note"])
def test_two_editors_are_shown_both_texts_and_one_is_chosen(
    page, new_window, texts, path, name, choice
):
    text = getattr(texts, name)
    other = opened(new_window(), path)
    write(other, f"#field-{name}", "theirs")
    eventually(lambda: newest(text) == "theirs")
    write(page, f"#field-{name}", "mine")
    expect(page.locator(f"#{name}-stands")).to_have_text("theirs")
    assert page.input_value(f"#field-{name}") == "mine"
    assert newest(text) == "theirs"
    # The text beside it is saved as ever.
    beside = "note" if name == "summary" else "summary"
    write(page, f"#field-{beside}", "beside")
    expect(page.locator(f"#{beside}-saved")).to_have_text(SAVED)
    assert asks_before_leaving(page, lambda: page.click("#to-today"))

    page.click(f"#{choice}-{name}")
    expect(page.locator("#flash")).to_contain_text("kept among the versions")
    chosen = "mine" if choice == "keep" else "theirs"
    expect(page.locator(f"#field-{name}")).to_have_value(chosen)
    assert newest(text) == chosen
    assert {one.text for one in text.versions} == {"mine", "theirs"}


@pytest.mark.parametrize("width", [375, 1280])
def test_that_she_is_signed_out_is_in_sight_while_either_text_is_written(page, context, width):
    page.set_viewport_size({"width": width, "height": 740})
    context.clear_cookies()
    for field in (SUMMARY, NOTE):
        page.evaluate("scrollTo(0, 0)")
        write(page, field, "Written meanwhile")
        expect(page.locator("#sign-in-again")).to_be_in_viewport(ratio=1)


def test_the_two_texts_stand_side_by_side_where_there_is_room_however_short_they_are(page):
    page.set_viewport_size({"width": 1280, "height": 740})
    summary, note = (page.locator(field).bounding_box() for field in (SUMMARY, NOTE))
    assert summary["x"] + summary["width"] < note["x"]


def test_signed_out_in_another_tab_the_page_stays_and_saves_once_signed_in_again(
    page, context, texts
):
    tab = opened(context, "/console")
    tab.click("#side-sign-out")
    tab.wait_for_url("**/sign-in**")
    page.bring_to_front()
    write(page, SUMMARY, "Written meanwhile")
    expect(page.locator("#notice")).to_contain_text("You were signed out")
    page.fill(NOTE, "And this")
    assert newest(texts.summary) is None

    with context.expect_page() as opening:
        page.click("#sign-in-again")
    again = opening.value
    again.fill("#field-email", "dr@practice.example")
    again.fill("#field-password", PASSWORD)
    again.click("#sign-in")
    again.wait_for_url("**/console")
    page.bring_to_front()
    look_at_it_again(page)
    expect(page.locator("#summary-saved")).to_have_text(SAVED)
    expect(page.locator("#note-saved")).to_have_text(SAVED)
    expect(page.locator("#notice")).to_be_empty()
    assert (newest(texts.summary), newest(texts.note)) == ("Written meanwhile", "And this")
    # The buttons of the page that stayed open work with the new cookie.
    page.click("#preview")
    expect(page.locator("#shown")).to_contain_text("Written meanwhile")


def test_nothing_is_saved_in_the_name_of_somebody_else_who_signed_in_here(
    page, context, texts, live
):
    colleague = live.services.add_practitioner(live.practice, email="two@practice.example")
    secret = new_secret()
    live.services.add_device(colleague, secret)
    name = live.name(Cookie.CONSOLE_DEVICE)
    context.add_cookies([{"name": name, "value": secret, "url": live.address}])
    write(page, SUMMARY, "Mine alone")
    expect(page.locator("#notice")).to_contain_text("Somebody else is signed in")
    assert newest(texts.summary) is None
    assert page.input_value(SUMMARY) == "Mine alone"


def test_what_came_back_from_a_preview_is_saved_as_well(page, texts):
    page.fill(SUMMARY, "**Looked at**")
    page.click("#preview")
    expect(page.locator("#shown strong")).to_have_text("Looked at")
    expect(page.locator("#summary-saved")).to_have_text(SAVED)
    assert newest(texts.summary) == "**Looked at**"


def test_without_scripts_a_conflict_offers_the_same_choice(chromium, live, texts, path):
    context = chromium.new_context(base_url=live.address, java_script_enabled=False)
    secret = new_secret()
    live.services.add_device(live.doctor, secret)
    name = live.name(Cookie.CONSOLE_DEVICE)
    context.add_cookies([{"name": name, "value": secret, "url": live.address}])
    mine, theirs = opened(context, path), opened(context, path)
    theirs.fill(SUMMARY, "theirs")
    with theirs.expect_navigation():
        theirs.click("#save")
    mine.fill(SUMMARY, "mine")
    mine.fill(NOTE, "my note")
    mine.click("#save")
    expect(mine.locator("#summary-stands")).to_have_text("theirs")
    assert newest(texts.note) == "my note"
    mine.click("#keep-summary")
    expect(mine.locator(SUMMARY)).to_have_value("mine")
    assert [one.text for one in texts.summary.versions] == ["theirs", "mine"]
    context.close()
