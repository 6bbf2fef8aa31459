"""Past sessions in the console: summaries to share, and notes that never are."""

from datetime import timedelta

import msgspec
import pytest

from portal_contracts.errors import Conflict, Invalid, NotFound
from portal_contracts.scheduling.rpc.notes import NoteSaved, PrivateNote
from portal_contracts.scheduling.rpc.sessions import (
    ClientSessions,
    SessionChanged,
    SharedVersion,
    SummaryDraft,
    SummarySaved,
    SummaryState,
    SummaryText,
    SummaryVersion,
)
from tests.kit.gateway.made_schedule import STARTS_AT, made_session


@pytest.fixture
def doctor(house):
    return house.as_practitioner(house.doctor)


@pytest.fixture
def session(house):
    """A session of Anna's with a draft and a note, as scheduling tells of it."""
    found = made_session(
        client_id=house.anna.id,
        practitioner_id=house.doctor.id,
        summary=SummaryState(
            version=2,
            shared_version=1,
            shared_at=STARTS_AT,
            read_at=STARTS_AT + timedelta(days=1),
        ),
    )
    versions = [
        SummaryVersion(
            version=number, written_at=STARTS_AT, shared_at=None, unshared_at=None, read_at=None
        )
        for number in (1, 2)
    ]
    draft = SummaryDraft(session=found, revision=5, version=2, text="The draft", versions=versions)
    note = PrivateNote(revision=2, text="the private words", saved_at=STARTS_AT)
    house.services.answers |= {
        "scheduling.get_session": found,
        "scheduling.open_summary": draft,
        "scheduling.open_note": note,
        "scheduling.list_client_sessions": ClientSessions(items=[found], next_cursor=None),
        "scheduling.save_summary": SummarySaved(revision=6, version=2, saved_at=STARTS_AT),
    }
    return found


@pytest.fixture
def path(session):
    return f"/console/sessions/{session.id}"


def commands_sent(house, name):
    return [call.arguments for call in house.services.calls(f"scheduling.{name}")]


def edit(doctor, page, path, act, text):
    return doctor.post(
        f"{path}/summary", page.form(f"{path}/summary").fields | {"do": act, "text": text}
    )


def test_the_list_says_how_each_summary_stands(house, doctor, session):
    page = doctor.open(f"/console/clients/{house.anna.id}/sessions")
    assert f"/console/sessions/{session.id}" in page.links
    assert "newer draft" in page.html
    assert ", read " in page.html


def test_the_preview_saves_nothing_and_shows_what_the_client_will_see(house, doctor, path):
    page = edit(doctor, doctor.open(path), path, "preview", "**Well** <b>done</b>")
    assert page.status == 200
    assert "<strong>Well</strong> &lt;b&gt;done&lt;/b&gt;" in page.html
    assert page.form(f"{path}/summary").fields["text"] == "**Well** <b>done</b>"
    assert not commands_sent(house, "save_summary")


def test_a_draft_is_saved_upon_the_revision_that_was_read(house, doctor, path):
    assert edit(doctor, doctor.open(path), path, "save", "Mine").status == 303
    [sent] = commands_sent(house, "save_summary")
    assert (sent.revision, sent.text) == (5, "Mine")


def test_a_summary_saved_elsewhere_leaves_the_choice(house, doctor, session, path):
    page = doctor.open(path)
    draft = house.services.answers["scheduling.open_summary"]
    house.services.answers["scheduling.open_summary"] = msgspec.structs.replace(
        draft, revision=9, text="From the other window"
    )
    house.services.answers["scheduling.save_summary"] = Conflict("stale_revision")
    again = edit(doctor, page, path, "save", "Mine")
    assert again.status == 409
    assert "From the other window" in again.html
    assert again.form(f"{path}/summary").fields["text"] == "Mine"
    assert again.form(f"{path}/summary").fields["revision"] == "9"


def test_a_text_too_long_is_refused_and_kept(house, doctor, path):
    page = edit(doctor, doctor.open(path), path, "save", "x" * 20_001)
    assert page.status == 422
    assert "#field-text" in page.links
    assert len(page.form(f"{path}/summary").fields["text"]) == 20_001
    assert not commands_sent(house, "save_summary")


def test_sharing_saves_then_asks_with_the_text_and_the_address(house, doctor, path):
    house.services.answers["scheduling.share_summary"] = SharedVersion(
        version=2, shared_at=STARTS_AT
    )
    page = doctor.follow(edit(doctor, doctor.open(path), path, "share", "Mine"))
    assert "anna@mail.example" in page.html
    assert "The draft" in page.html
    assert not commands_sent(house, "share_summary")
    assert doctor.submit(page, f"{path}/summary/share").status == 303
    assert commands_sent(house, "share_summary")[0].revision == 5


def test_what_was_changed_meanwhile_is_read_again_before_it_is_shared(house, doctor, path):
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


def test_unsharing_asks_first(house, doctor, session, path):
    house.services.answers["scheduling.unshare_summary"] = SessionChanged(session_id=session.id)
    page = doctor.open(f"{path}/summary/unshare")
    assert "Anna Adler can no longer open it" in page.html
    assert doctor.submit(page, f"{path}/summary/unshare").status == 303


def test_an_older_version_is_opened_by_its_address(house, doctor, path):
    house.services.answers["scheduling.open_summary_version"] = SummaryText(
        version=1, text="# Old\n\nwords"
    )
    page = doctor.open(f"{path}/summary?version=1")
    assert "words" in page.html
    assert commands_sent(house, "open_summary_version")[0].version == 1


def test_the_note_is_saved_by_its_own_form(house, doctor, path):
    house.services.answers["scheduling.save_note"] = NoteSaved(revision=3, saved_at=STARTS_AT)
    page = doctor.open(path)
    assert page.form(f"{path}/note").fields["note"] == "the private words"
    assert doctor.submit(page, f"{path}/note", {"note": "others"}).status == 303
    assert (
        commands_sent(house, "save_note")[0].text,
        commands_sent(house, "save_note")[0].revision,
    ) == (
        "others",
        2,
    )
    assert not commands_sent(house, "save_summary")
    house.services.answers["scheduling.save_note"] = Conflict("stale_revision")
    again = doctor.submit(page, f"{path}/note", {"note": "mine", "idempotency_key": "k" * 20})
    assert again.status == 409
    assert again.form(f"{path}/note").fields["note"] == "mine"


def test_an_assistant_sees_the_session_and_neither_summary_nor_note(house, path):
    page = house.as_practitioner(house.assistant()).open(path)
    assert page.status == 200
    assert "The draft" not in page.html
    assert "private words" not in page.html
    assert not commands_sent(house, "open_summary")
    assert not commands_sent(house, "open_note")


def test_a_colleagues_session_shows_no_private_note(house, doctor, session, path):
    house.services.answers["scheduling.get_session"] = msgspec.structs.replace(
        session, practitioner_id=house.ben.id
    )
    assert "Private note" not in doctor.open(path).html
    assert not commands_sent(house, "open_note")


def test_a_session_that_is_not_there_is_not_found_whatever_is_sent(house, doctor, path):
    csrf = doctor.open(path).form(f"{path}/note").fields["csrf"]
    for name in ("get_session", "open_summary", "open_note"):
        house.services.answers[f"scheduling.{name}"] = NotFound("session_not_found")
    for act in ("preview", "save"):
        fields = {"csrf": csrf, "do": act, "text": "x", "idempotency_key": "k" * 20}
        house.services.answers["scheduling.save_summary"] = NotFound("session_not_found")
        assert doctor.post(f"{path}/summary", fields).status == 404


def test_a_session_without_an_appointment_is_written_down(house, doctor, session):
    house.services.answers["scheduling.record_session"] = SessionChanged(session_id=session.id)
    new = f"/console/clients/{house.anna.id}/sessions/new"
    page = doctor.submit(doctor.open(new), new, {"minutes": "some", "status": "attended"})
    assert page.status == 422
    assert {"#field-title", "#field-at", "#field-minutes"} <= set(page.links)
    typed = {"title": "On the phone", "on": "2026-11-20", "at": "10:00", "minutes": "20"}
    assert doctor.submit(page, new, typed | {"status": "attended"}).status == 303
    [sent] = commands_sent(house, "record_session")
    assert (sent.started_at.hour, sent.minutes, sent.timezone) == (9, 20, "Europe/Berlin")


def test_how_a_session_went_can_be_changed(house, doctor, session, path):
    house.services.answers["scheduling.mark_session"] = SessionChanged(session_id=session.id)
    page = doctor.open(path)
    assert doctor.submit(page, f"{path}/status", {"status": "no_show"}).status == 303
    assert commands_sent(house, "mark_session")[0].status == "no_show"
    assert doctor.submit(page, f"{path}/status", {"status": "flew"}).status == 422
