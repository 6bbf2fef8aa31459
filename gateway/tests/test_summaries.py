"""Past sessions in the console: summaries to share, and notes that never are."""

import json

import pytest

from gateway.web.cookies import Cookie
from portal_contracts.actor import Role
from portal_contracts.errors import Conflict, Invalid, NotFound
from portal_contracts.scheduling.rpc.sessions import (
    ClientSessions,
    SessionChanged,
    ShareSummary,
)
from tests.kit.gateway.fake_services import PASSWORD
from tests.kit.gateway.made_schedule import made_session
from tests.kit.gateway.made_texts import MadeTexts

JSON = {"Sec-Fetch-Site": "same-origin", "Accept": "application/json"}


@pytest.fixture
def doctor(house):
    return house.as_practitioner(house.doctor)


@pytest.fixture
def texts(house, clock):
    """A session of Anna's with a draft and a note."""
    session = made_session(client_id=house.anna.id, practitioner_id=house.doctor.id)
    texts = MadeTexts(clock, session)
    house.services.answers |= texts.answers
    return texts


@pytest.fixture
def path(texts):
    return f"/console/sessions/{texts.session.id}"


@pytest.fixture
def written(doctor, texts, path):
    """Both texts as the practitioner wrote them."""
    page = doctor.submit(doctor.open(path), path, {"summary": "The draft", "note": "private words"})
    assert page.status == 303
    return texts


def commands_sent(house, name):
    return [call.arguments for call in house.services.calls(f"scheduling.{name}")]


def press(doctor, page, path, act="save", **typed):
    return doctor.post(path, page.form(path).fields | {"do": act} | typed)


def fields(page, path):
    return page.form(path).fields


def newest(text):
    return text.newest.text if text.newest else None


# --- one form for both ---------------------------------------------------------------


def test_the_list_says_how_each_summary_stands(house, doctor, texts, path):
    press(doctor, doctor.open(path), path, summary="one")
    texts.share_summary(ShareSummary(session_id=texts.session.id, revision=1), None)
    press(doctor, doctor.open(path), path, summary="two")
    listed = ClientSessions(items=[texts.get_session(None, None)], next_cursor=None)
    house.services.answers["scheduling.list_client_sessions"] = listed
    page = doctor.open(f"/console/clients/{house.anna.id}/sessions")
    assert path in page.links
    assert "newer draft" in page.html


def test_one_post_saves_both_texts_each_upon_what_was_read(house, doctor, written, path):
    page = doctor.open(path)
    assert press(doctor, page, path, summary="Mine", note="mine too").status == 303
    assert (newest(written.summary), newest(written.note)) == ("Mine", "mine too")
    assert [one.revision for one in commands_sent(house, "save_summary")] == [0, 1]
    assert "What you wrote is saved" in doctor.open(path).html


def test_what_was_not_changed_is_not_sent_and_meets_no_conflict(house, doctor, written, path):
    page = doctor.open(path)
    press(doctor, doctor.open(path), path, summary="from the other window")
    sent = len(commands_sent(house, "save_summary"))
    assert press(doctor, page, path, note="only the note").status == 303
    assert len(commands_sent(house, "save_summary")) == sent
    assert newest(written.summary) == "from the other window"
    assert newest(written.note) == "only the note"


def test_text_with_other_line_ends_is_no_change(house, doctor, texts, path):
    press(doctor, doctor.open(path), path, summary="one\ntwo")
    page = doctor.open(path)
    press(doctor, page, path, summary="one\r\ntwo ")
    assert len(commands_sent(house, "save_summary")) == 1


def test_the_preview_saves_nothing_and_keeps_both_texts(house, doctor, written, path):
    page = doctor.open(path)
    page = press(doctor, page, path, "preview", summary="**Well** <b>done</b>", note="and this")
    assert page.status == 200
    assert "<strong>Well</strong> &lt;b&gt;done&lt;/b&gt;" in page.html
    assert (fields(page, path)["summary"], fields(page, path)["note"]) == (
        "**Well** <b>done</b>",
        "and this",
    )
    assert page.html.count("data-unsaved") == 2
    assert (newest(written.summary), newest(written.note)) == ("The draft", "private words")


REFUSALS = {
    "too long": (lambda house: None, "x" * 20_001, 422),
    "stale": (
        lambda house: house.services.answers.update(
            {"scheduling.save_summary": Conflict("stale_revision")}
        ),
        "Mine",
        409,
    ),
    "away": (lambda house: house.services.down.add("scheduling.save_summary"), "Mine", 503),
}


@pytest.mark.parametrize("refusal", REFUSALS)
def test_a_summary_refused_costs_the_note_nothing(house, doctor, written, path, refusal):
    refuse, text, status = REFUSALS[refusal]
    page = doctor.open(path)
    refuse(house)
    again = press(doctor, page, path, summary=text, note="written on")
    assert again.status == status
    assert newest(written.note) == "written on"
    assert fields(again, path)["summary"] == text
    assert fields(again, path)["note"] == "written on"
    assert "Not saved yet" in again.html
    assert "Saved" in again.html

    # And the corrected one is saved from that page, without a word about the note.
    house.services.down.clear()
    house.services.answers |= written.answers
    sent = len(commands_sent(house, "save_note"))
    assert press(doctor, again, path, summary="Shorter").status == 303
    assert newest(written.summary) == "Shorter"
    assert len(commands_sent(house, "save_note")) == sent


@pytest.mark.parametrize("refusal", ["too long", "away"])
def test_a_note_refused_costs_the_summary_nothing(house, doctor, written, path, refusal):
    page = doctor.open(path)
    if refusal == "away":
        house.services.down.add("scheduling.save_note")
    text = "y" * 20_001 if refusal == "too long" else "yours"
    again = press(doctor, page, path, "share", summary="Mine", note=text)
    assert again.status in (422, 503)
    assert newest(written.summary) == "Mine"
    assert fields(again, path)["note"] == text
    assert ("#field-note" in again.links) is (refusal == "too long")


def test_when_the_session_itself_cannot_be_read_all_is_kept_to_be_sent_again(
    house, doctor, written, path
):
    page = doctor.open(path)
    house.services.down.add("scheduling")
    again = press(doctor, page, path, summary="Mine", note="mine too")
    assert again.status == 503
    kept = fields(again, path)
    assert (kept["summary"], kept["note"]) == ("Mine", "mine too")
    house.services.down.clear()
    assert doctor.submit(again, path).status == 303
    assert (newest(written.summary), newest(written.note)) == ("Mine", "mine too")


def test_a_lost_reply_and_a_retry_save_once_and_are_no_conflict(house, doctor, written, path):
    page = doctor.open(path)
    house.services.lost_replies.add("scheduling.save_summary")
    again = press(doctor, page, path, summary="Mine")
    assert again.status == 503
    house.services.lost_replies.clear()
    assert doctor.submit(again, path).status == 303
    assert (newest(written.summary), written.summary.revision) == ("Mine", 2)


def test_whoever_signed_out_elsewhere_signs_in_again_and_sends_it(house, doctor, written, path):
    page = doctor.open(path)
    secret = doctor.cookies[house.name(Cookie.CONSOLE_DEVICE)]
    doctor.submit(doctor.open("/console"), "/console/sign-out")
    kept = press(doctor, page, path, summary="Mine", note="mine too")
    for _ in range(2):
        assert kept.status in (401, 403)
        assert fields(kept, path)["summary"] == "Mine"
        kept = doctor.submit(kept, path)
    assert "/console/sign-in" in kept.links
    typed = {"email": "dr@practice.example", "password": PASSWORD}
    doctor.submit(doctor.open("/console/sign-in"), "/console/sign-in", typed)
    assert doctor.cookies[house.name(Cookie.CONSOLE_DEVICE)] != secret
    saved = doctor.submit(kept, path)
    while saved.status == 403:
        saved = doctor.submit(saved, path)
    assert saved.status == 303
    assert (newest(written.summary), newest(written.note)) == ("Mine", "mine too")


# --- two editors ---------------------------------------------------------------------


@pytest.fixture
def conflict(doctor, written, path):
    """Both texts were saved in another window since this page was opened."""
    page = doctor.open(path)
    press(doctor, doctor.open(path), path, summary="theirs", note="their note")
    again = press(doctor, page, path, summary="mine", note="my note")
    assert again.status == 409
    return again


def test_a_conflict_shows_both_texts_and_overwrites_nothing(conflict, written, doctor, path):
    assert "theirs" in conflict.html
    assert "their note" in conflict.html
    assert (fields(conflict, path)["summary"], fields(conflict, path)["note"]) == (
        "mine",
        "my note",
    )
    # Pressing Save again, or the Enter key, chooses nothing.
    again = press(doctor, conflict, path)
    assert again.status == 409
    assert (newest(written.summary), newest(written.note)) == ("theirs", "their note")
    assert fields(again, path)["summary"] == "mine"


@pytest.mark.parametrize("name", ["summary", "note"])
def test_keeping_mine_keeps_theirs_among_the_versions(conflict, written, doctor, path, name):
    again = press(doctor, conflict, path, f"keep-{name}")
    text = getattr(written, name)
    assert newest(text) in ("mine", "my note")
    assert [one.text for one in text.versions][-2] in ("theirs", "their note")
    # The other text is still to be chosen.
    assert again.status == 409
    other = "note" if name == "summary" else "summary"
    assert press(doctor, again, path, f"keep-{other}").status == 303
    assert (newest(written.summary), newest(written.note)) == ("mine", "my note")


@pytest.mark.parametrize("name", ["summary", "note"])
def test_taking_the_saved_one_keeps_mine_among_the_versions(conflict, written, doctor, path, name):
    press(doctor, conflict, path, f"take-{name}")
    text = getattr(written, name)
    assert newest(text) in ("theirs", "their note")
    assert (text.versions[-1].text, text.versions[-1].set_aside) in (
        ("mine", True),
        ("my note", True),
    )
    page = doctor.open(path)
    assert "Not chosen" in page.html


def test_what_was_saved_again_before_the_choice_is_shown_before_it_is_replaced(
    conflict, written, doctor, path
):
    press(doctor, doctor.open(path), path, summary="theirs, longer")
    again = press(doctor, conflict, path, "keep-summary")
    assert again.status == 409
    assert "theirs, longer" in again.html
    assert newest(written.summary) == "theirs, longer"


def test_the_same_text_from_two_windows_is_no_conflict(doctor, written, path):
    page = doctor.open(path)
    press(doctor, doctor.open(path), path, summary="the same")
    assert press(doctor, page, path, summary="the same").status == 303


# --- versions ------------------------------------------------------------------------


def test_what_the_client_reads_changes_by_sharing_alone_and_the_page_says_so(
    house, doctor, written, path
):
    page = doctor.follow(press(doctor, doctor.open(path), path, "share", summary="Shared"))
    assert "anna@mail.example" in page.html
    assert "Shared" in page.html
    assert doctor.submit(page, f"{path}/summary/share").status == 303
    assert "The client reads this text." in doctor.open(path).html
    press(doctor, doctor.open(path), path, summary="Written on")
    assert (written.shared.text, written.shared.version) == ("Shared", 1)
    assert "The client still reads version 1." in doctor.open(path).html


@pytest.mark.parametrize("name", ["summary", "note"])
def test_an_earlier_version_is_opened_and_used_again_with_one_press(
    house, doctor, written, path, clock, name
):
    before = newest(getattr(written, name))
    clock.advance(4000)
    press(doctor, doctor.open(path), path, **{name: "Of today"})
    address = f"{path}/{name}?version=1"
    assert address in doctor.open(path).links
    page = doctor.open(address)
    assert before in page.html
    used = doctor.submit(page, f"{path}/{name}")
    assert used.status == 303
    assert [one.text for one in getattr(written, name).versions] == [before, "Of today", before]
    shown = doctor.follow(used)
    assert fields(shown, path)[name] == before
    assert "kept among the versions" in shown.html
    assert doctor.open(f"{path}/{name}?version=9").status == 404


def test_what_was_changed_meanwhile_is_read_again_before_it_is_shared(house, doctor, written, path):
    page = doctor.open(f"{path}/summary/share")
    house.services.answers["scheduling.share_summary"] = Conflict("stale_revision")
    again = doctor.submit(page, f"{path}/summary/share")
    assert again.status == 409
    assert "Read it again" in again.html
    house.services.answers["scheduling.share_summary"] = Invalid(
        "summary_empty", fields={"text": "required"}
    )
    empty = doctor.submit(again, f"{path}/summary/share")
    assert "nothing to share yet" in empty.html


def test_only_what_is_shared_can_be_unshared(doctor, texts, path):
    unshare = f"{path}/summary/unshare"
    assert unshare not in doctor.open(path).links
    press(doctor, doctor.open(path), path, summary="one")
    assert unshare not in doctor.open(path).links
    texts.share_summary(ShareSummary(session_id=texts.session.id, revision=1), None)
    assert unshare in doctor.open(path).links


def test_unsharing_asks_first(house, doctor, texts, path):
    house.services.answers["scheduling.unshare_summary"] = SessionChanged(
        session_id=texts.session.id
    )
    page = doctor.open(f"{path}/summary/unshare")
    assert "Anna Adler can no longer open it" in page.html
    assert doctor.submit(page, f"{path}/summary/unshare").status == 303


# --- saved while typing ----------------------------------------------------------------


def autosave(doctor, page, path, **typed):
    own = fields(page, path)
    kept = {"csrf": own["csrf"], "idempotency_key": own["idempotency_key"]}
    for name in typed:
        kept |= {key: own[key] for key in (f"{name}_revision", f"{name}_was")}
    answer = doctor.post(f"{path}/save", kept | typed, JSON)
    return answer.status, json.loads(answer.html)


def test_a_script_saves_each_text_and_is_told_of_each(house, doctor, written, path):
    page = doctor.open(path)
    status, said = autosave(doctor, page, path, summary="Mine", note="y" * 20_001)
    assert status == 200
    assert said["summary"]["revision"] == 2
    assert said["summary"]["said"].startswith("Saved ")
    assert "20,000" in said["note"]["refused"]
    assert newest(written.summary) == "Mine"
    status, said = autosave(doctor, page, path, note="mine")
    assert said["note"]["revision"] == 2
    assert set(said) == {"note"}


def test_a_script_is_shown_what_stands_and_is_held_off_while_a_service_is_away(
    house, doctor, written, path
):
    page = doctor.open(path)
    press(doctor, doctor.open(path), path, summary="theirs")
    status, said = autosave(doctor, page, path, summary="mine")
    assert (status, said) == (200, {"summary": {"stale": {"text": "theirs", "revision": 2}}})
    house.services.down.add("scheduling.save_note")
    status, said = autosave(doctor, page, path, note="mine")
    assert (status, said["code"]) == (503, "service_unavailable")


def test_a_page_left_open_learns_who_is_signed_in(house, doctor, path):
    answer = doctor.open("/console/signed-in", JSON)
    said = json.loads(answer.html)
    assert said["who"] == str(house.doctor.id)
    page = doctor.open(path)
    fresh = fields(page, path) | {"csrf": said["csrf"], "summary": "one"}
    assert doctor.post(path, fresh).status == 303
    assert house.browser().open("/console/signed-in", JSON).status == 401


# --- whose they are --------------------------------------------------------------------


def test_an_assistant_sees_the_session_and_neither_summary_nor_note(house, doctor, written, path):
    assistant = house.as_practitioner(house.assistant())
    page = assistant.open(path)
    assert page.status == 200
    assert "The draft" not in page.html
    assert "private words" not in page.html
    opened = [
        one
        for name in ("open_summary", "open_note")
        for one in house.services.calls(f"scheduling.{name}")
        if one.actor.role is Role.ASSISTANT
    ]
    assert opened == []


def test_a_colleague_learns_of_no_note_by_any_address(house, written, path):
    colleague = house.services.add_practitioner(house.practice, Role.OWNER, "two@practice.example")
    browser = house.as_practitioner(colleague)
    page = browser.open(path)
    assert "Private note" not in page.html
    assert "note" not in fields(page, path)
    assert browser.open(f"{path}/note?version=1").status == 404
    used = browser.post(f"{path}/note", fields(page, path) | {"version": "1"})
    assert used.status == 404
    forged = fields(page, path) | {"note": "theirs", "note_revision": "1", "note_was": ""}
    refused = browser.post(path, forged)
    assert refused.status == 404
    assert newest(written.note) == "private words"


def test_a_session_that_is_not_there_is_not_found_whatever_is_sent(house, doctor, texts, path):
    form = fields(doctor.open(path), path)
    for name in texts.answers:
        house.services.answers[name] = NotFound("session_not_found")
    for act in ("preview", "save"):
        assert doctor.post(path, form | {"do": act, "summary": "x"}).status == 404


def test_a_session_without_an_appointment_is_written_down(house, doctor, texts):
    house.services.answers["scheduling.record_session"] = SessionChanged(
        session_id=texts.session.id
    )
    new = f"/console/clients/{house.anna.id}/sessions/new"
    page = doctor.submit(doctor.open(new), new, {"minutes": "some", "status": "attended"})
    assert page.status == 422
    assert {"#field-title", "#field-at", "#field-minutes"} <= set(page.links)
    typed = {"title": "On the phone", "on": "2026-11-20", "at": "10:00", "minutes": "20"}
    assert doctor.submit(page, new, typed | {"status": "attended"}).status == 303
    [sent] = commands_sent(house, "record_session")
    assert (sent.started_at.hour, sent.minutes, sent.timezone) == (9, 20, "Europe/Berlin")


def test_how_a_session_went_can_be_changed(house, doctor, texts, path):
    house.services.answers["scheduling.mark_session"] = SessionChanged(session_id=texts.session.id)
    page = doctor.open(path)
    marked = doctor.submit(page, f"{path}/status", {"status": "no_show"})
    assert commands_sent(house, "mark_session")[0].status == "no_show"
    assert "The session is marked as not attended." in doctor.follow(marked).html
    assert doctor.submit(page, f"{path}/status", {"status": "flew"}).status == 422
