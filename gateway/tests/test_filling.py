"""A client fills in a form: section by section, nothing lost, sent once."""

import json
from datetime import timedelta
from uuid import uuid4

import pytest
from msgspec.structs import replace

from gateway.web.pages import HERE
from gateway.web.question_kinds import KINDS
from portal_contracts.errors import Conflict, Invalid, NotFound, Unavailable
from portal_contracts.forms.rpc import filling as contract
from portal_contracts.forms.rpc.questions import (
    FormDocument,
    Question,
    QuestionKind,
    RequestState,
    Section,
)
from portal_contracts.forms.rpc.submissions import SentOnce
from tests.kit.gateway.made_forms import COUGH, WHOLE

FIRST = {
    "q_called": "Anni",
    "q_born.day": "27",
    "q_born.month": "3",
    "q_born.year": "1990",
    "q_sleep": "6,5",
    "q_before": "yes",
    "q_before_when": "In 2019.\r\nIt helped.",
}
READ = {
    "called": "Anni",
    "born": "1990-03-27",
    "sleep": 6.5,
    "before": True,
    "before_when": "In 2019.\nIt helped.",
}
JSON = {"Sec-Fetch-Site": "same-origin", "Accept": "application/json"}


@pytest.fixture
def filling(house):
    return house.services.forms


@pytest.fixture
def form(house, filling):
    return filling.add(house.anna.id, house.doctor.id)


@pytest.fixture
def anna(house):
    return house.as_client(house.anna)


@pytest.fixture
def base(form):
    return f"/forms/{form.id}"


def send(browser, path, fields, go="next"):
    page = browser.open(path)
    return browser.submit(page, path, fields | {"go": go})


def location(page):
    assert page.status == 303, page.status
    return page.headers["location"]


# --- the way through --------------------------------------------------------------------


def test_a_form_begins_with_who_asks_why_and_how_long(form, anna, base):
    page = anna.open(base)
    assert "about 12 minutes" in page.html
    assert "stop at any time" in page.html
    assert f"{base}/1" in page.links


def test_it_goes_on_at_the_first_section_that_is_not_complete(form, anna, base):
    form.answers = dict(READ)
    assert f"{base}/2" in anna.open(base).links
    form.answers = dict(WHOLE)
    assert f"{base}/check" in anna.open(base).links


def test_a_section_saves_its_own_answers_and_leads_on(form, anna, base):
    form.answers = {"signed": "Anna"}
    assert location(send(anna, f"{base}/1", FIRST)) == f"{base}/2"
    assert form.answers == READ | {"signed": "Anna"}


def test_what_was_saved_stands_in_the_fields_again(form, anna, base):
    send(anna, f"{base}/1", FIRST)
    fields = anna.open(f"{base}/1").form(f"{base}/1").fields
    typed = {name: value for name, value in fields.items() if name.startswith("q_")}
    assert typed == FIRST | {"q_sleep": "6.5", "q_before_when": "In 2019.\nIt helped."}


def test_every_kind_of_answer_is_read(form, anna, base):
    typed = {
        "q_stress": "7",
        "q_symptoms.sleep": "yes",
        "q_symptoms.pain": "yes",
        "q_living": "together",
        "q_harm": "c0",
    }
    send(anna, f"{base}/2", typed)
    send(anna, f"{base}/3", {"q_consent": "yes", "q_signed": "Anna Adler"})
    assert form.answers == {
        "stress": 7,
        "symptoms": ["sleep", "pain"],
        "living": "together",
        "harm": "c0",
        "consent": True,
        "signed": "Anna Adler",
    }


def test_an_emptied_field_and_no_answer_take_an_answer_away(form, anna, base):
    form.answers = WHOLE | {"living": "alone"}
    send(anna, f"{base}/1", FIRST | {"q_before_when": ""})
    send(anna, f"{base}/2", {"q_living": ""})
    assert "before_when" not in form.answers
    assert "living" not in form.answers


def test_back_and_leave_save_and_do_not_mind_what_is_missing(form, anna, base):
    assert location(send(anna, f"{base}/2", {"q_stress": "3"}, "back")) == f"{base}/1"
    assert form.answers["stress"] == 3
    page = send(anna, f"{base}/1", {"q_called": "Anni"}, "leave")
    assert location(page) == "/forms"
    assert "answers are saved" in anna.follow(page).html
    assert form.answers["called"] == "Anni"


def test_a_change_from_the_last_page_leads_back_to_it(form, anna, base):
    form.answers = dict(WHOLE)
    check = anna.open(f"{base}/check")
    change = next(link for link in check.links if link.endswith("#field-q_sleep"))
    section = anna.open(change.split("#")[0])
    page = anna.submit(section, f"{base}/1", {"q_sleep": "8", "go": "next"})
    assert location(page) == f"{base}/check"
    assert form.answers["sleep"] == 8


def test_a_time_that_was_answered_is_shown_as_the_reader_is_used_to(house, filling, anna):
    up = Question(id="up", kind=QuestionKind.TIME, text="When do you get up?")
    day = FormDocument(title="A day", sections=[Section(id="day", title="Day", questions=[up])])
    form = filling.add(house.anna.id, house.doctor.id, day)
    form.answers = {"up": "13:30"}
    shown = [
        anna.open(f"/forms/{form.id}/check", {"Accept-Language": tag}).html
        for tag in ("en-US", "en-GB")
    ]
    assert ["1:30\N{NO-BREAK SPACE}PM" in page for page in shown] == [True, False]
    assert "13:30" in shown[1]


def test_every_kind_of_question_has_its_macros():
    macros = (HERE / "templates/macros/question_kinds.html").read_text("utf-8")
    assert KINDS.keys() == set(QuestionKind)
    for kind in KINDS.values():
        for name in {kind.asked_by, kind.shown_by} - {None}:
            assert f"{{% macro {name}(" in macros, name


# --- what follows from answers, without scripts -------------------------------------------


def test_what_an_answer_asks_for_is_seen_before_one_goes_on(house, filling, anna):
    form = filling.add(house.anna.id, house.doctor.id, COUGH)
    base = f"/forms/{form.id}"
    page = send(anna, f"{base}/1", {"q_what": "cough"})
    assert location(page) == f"{base}/1#field-q_since"
    page = anna.open(f"{base}/1")
    assert "Please answer" not in page.html
    assert (
        location(send(anna, f"{base}/1", {"q_what": "cough", "q_since": "1"}))
        == f"{base}/1#field-q_days"
    )
    page = anna.open(f"{base}/1")
    assert "Step 1 of 3" in page.html
    assert ">7</output>" in page.html
    fields = {"q_what": "cough", "q_since": "1"}
    assert location(send(anna, f"{base}/1", fields)) == f"{base}/3"
    assert location(send(anna, f"{base}/3", {}, "back")) == f"{base}/1"
    assert location(anna.open(f"{base}/2")) == f"{base}/3"


def test_what_is_not_asked_is_neither_checked_nor_sent(house, filling, anna):
    form = filling.add(house.anna.id, house.doctor.id, COUGH)
    base = f"/forms/{form.id}"
    form.answers = {"what": "cough", "since": 4, "seen": True}
    assert "For how many weeks" in anna.open(f"{base}/check").html
    fields = {"q_what": "other", "q_what.other": "A cold", "q_since": "four"}
    assert location(send(anna, f"{base}/1", fields)) == f"{base}/3"
    assert form.answers["since"] == 4
    check = anna.open(f"{base}/check")
    assert "Something else: A cold" in check.html
    assert "For how many weeks" not in check.html
    assert "Did somebody look" not in check.html
    page = anna.submit(check, f"{base}/check", {})
    assert location(page) == f"{base}/sent"
    assert form.answers == {"what": {"other": "A cold"}}


# --- mistakes -----------------------------------------------------------------------------


def test_what_cannot_be_read_is_kept_on_the_page_and_the_rest_is_saved(form, anna, base):
    typed = FIRST | {"q_sleep": "abc", "q_born.month": "13"}
    page = send(anna, f"{base}/1", typed)
    assert page.status == 422
    assert "<title>Error:" in page.html
    fields = page.form(f"{base}/1").fields
    assert (fields["q_sleep"], fields["q_born.month"]) == ("abc", "13")
    assert {"#field-q_sleep", "#field-q_born"} <= set(page.links)
    assert form.answers == {
        name: answer for name, answer in READ.items() if name not in ("sleep", "born")
    }


def test_all_that_is_missing_in_the_section_is_said_at_once_and_nothing_of_others(form, anna, base):
    page = send(anna, f"{base}/1", {"q_called": "Anni"})
    assert page.status == 422
    named = {link for link in page.links if link.startswith("#field-")}
    assert named == {"#field-q_born", "#field-q_sleep", "#field-q_before"}
    assert form.answers == {"called": "Anni"}


def test_what_the_service_refuses_is_named_and_the_rest_is_saved(form, anna, base):
    form.refuses = {"called": "wrong_type"}
    page = send(anna, f"{base}/1", FIRST)
    assert page.status == 422
    assert "#field-q_called" in page.links
    assert page.form(f"{base}/1").fields["q_called"] == "Anni"
    assert form.answers == {name: each for name, each in READ.items() if name != "called"}


@pytest.mark.parametrize("junk", ["NaN", "1e999", "0x10", "1,2,3", "-", "9" * 400])
def test_what_is_no_number_is_never_sent_as_one(form, anna, base, junk):
    assert send(anna, f"{base}/1", FIRST | {"q_sleep": junk}).status == 422
    assert "sleep" not in form.answers


def test_a_page_of_another_section_changes_nothing(form, anna, base):
    form.answers = dict(WHOLE)
    send(anna, f"{base}/1", FIRST | {"section": "how_you_are"})
    assert form.answers == WHOLE


def test_there_is_no_section_beyond_the_last(form, anna, base):
    assert anna.open(f"{base}/4").status == anna.open(f"{base}/0").status == 404


@pytest.mark.parametrize("go", ["next", "back", "leave", ""])
def test_no_button_leads_away_from_what_was_not_saved(form, anna, base, go):
    page = anna.open(f"{base}/2")
    page = send(anna, f"{base}/1", FIRST | {"q_sleep": "1,000", "go": go})
    assert page.status == 422
    assert "Is this 1000 or 1? Write 1000 or 1.0." in page.html
    assert page.form(f"{base}/1").fields["q_sleep"] == "1,000"
    assert form.answers == {name: each for name, each in READ.items() if name != "sleep"}


def test_a_story_as_a_word_processor_pastes_it_is_saved(form, anna, base):
    pasted = "\u202aMy story\x0bpasted\u2028here\x0c\u200bend\x00\ud800"
    send(anna, f"{base}/1", FIRST | {"q_before_when": pasted.encode("utf-8", "replace").decode()})
    assert form.answers["before_when"].split("\n")[:3] == ["My story", "pasted", "here"]


def test_far_too_long_a_text_comes_back_with_how_long_it_may_be(form, anna, base):
    page = send(anna, f"{base}/1", FIRST | {"q_before_when": "x" * 200_000})
    assert page.status == 422
    assert "Use at most 20,000 characters. It has 200,000." in page.html
    assert page.form(f"{base}/1").fields["q_before_when"] == "x" * 200_000
    assert form.answers == {name: each for name, each in READ.items() if name != "before_when"}


def test_a_script_is_told_what_was_refused_by_its_field(form, anna, base):
    page = anna.open(f"{base}/1")
    fields = {"q_called": "Anni", "q_sleep": "1.000"}
    said = json.loads(autosave(anna, page, base, fields).html)
    assert said["refused"] == {"q_sleep": "Is this 1000 or 1? Write 1000 or 1.0."}
    assert form.answers == {"called": "Anni"}
    fields |= {"q_sleep": "7", "revision": str(said["revision"])}
    assert json.loads(autosave(anna, page, base, fields).html)["refused"] == {}


# --- two windows -----------------------------------------------------------------------------


def test_another_window_at_another_section_is_no_conflict(form, anna, base):
    slow = anna.open(f"{base}/1")
    send(anna, f"{base}/2", {"q_stress": "5"})
    assert location(anna.submit(slow, f"{base}/1", FIRST | {"go": "next"})) == f"{base}/2"
    assert form.answers == READ | {"stress": 5}


def test_another_window_at_the_same_section_is_asked_about_and_loses_nothing(form, anna, base):
    slow = anna.open(f"{base}/1")
    send(anna, f"{base}/1", FIRST)
    page = anna.submit(slow, f"{base}/1", {"q_called": "Mine", "go": "next"})
    assert page.status == 409
    assert "changed in another window" in page.html
    assert page.form(f"{base}/1").fields["q_called"] == "Mine"
    assert form.answers["called"] == "Anni"
    again = anna.submit(page, f"{base}/1", {"go": "next"})
    assert again.status == 409, "only the client's choice saves over what another window saved"
    kept = anna.submit(page, f"{base}/1", {"keep": "1"})
    assert location(kept) == f"{base}/1"
    assert form.answers["called"] == "Mine"


def test_the_same_answers_from_two_windows_are_no_conflict(form, anna, base):
    slow = anna.open(f"{base}/1")
    send(anna, f"{base}/1", FIRST)
    assert location(anna.submit(slow, f"{base}/1", FIRST | {"go": "next"})) == f"{base}/2"


def test_how_much_is_answered_and_saved_is_said_as_of_the_last_load(form, anna, base):
    fresh = anna.open(f"{base}/1").html
    assert "0 of 5 answered" in fresh
    assert "Saved" not in fresh
    send(anna, f"{base}/1", {"q_called": "Anni", "q_sleep": "six"})
    later = anna.open(f"{base}/1").html
    assert "1 of 5 answered" in later
    assert "Saved today, 10:00" in later
    assert "0 of 4 answered" in anna.open(f"{base}/2").html, "what is only read is not asked"


def test_a_conflict_is_to_be_decided_in_the_strip_that_stays_in_sight(form, anna, base):
    page = anna.open(f"{base}/1")
    send(anna, f"{base}/1", {"q_called": "Other"})
    stale = anna.submit(page, f"{base}/1", {"q_called": "Mine", "go": "next"})
    strip = stale.html[stale.html.index('id="strip"') : stale.html.index('id="section-form"')]
    assert "Not saved yet" in strip
    assert "Saved today" not in strip
    assert 'id="keep-mine" form="section-form"' in strip
    assert 'id="load-newest"' in strip


# --- saved as it is given ------------------------------------------------------------------------


def autosave(browser, page, base, fields):
    sent = page.form(f"{base}/1").fields | fields
    return browser.post(f"{base}/1/save", sent, JSON)


def test_a_script_saves_again_and_again_from_one_page(form, anna, base):
    page = anna.open(f"{base}/1")
    said = json.loads(autosave(anna, page, base, {"q_called": "A"}).html)
    assert said["said"] == "Saved 10:00"
    assert said["revision"] == 1
    marks = {"revision": str(said["revision"])}
    again = autosave(anna, page, base, marks | {"q_called": "Anni"})
    assert again.status == 200
    assert form.answers["called"] == "Anni"


def test_a_save_is_one_call(house, form, anna, base):
    page = anna.open(f"{base}/1")
    house.services.asked.clear()
    assert autosave(anna, page, base, {"q_called": "Anni"}).status == 200
    asked = [one.address for one in house.services.asked if one.address.startswith("forms.")]
    assert asked == ["forms.save_section"]


def test_a_service_of_the_release_before_is_one_that_is_away(house, form, anna, base):
    page = anna.open(f"{base}/1")
    house.services.answers["forms.save_section"] = Invalid("unknown_method")
    assert autosave(anna, page, base, {"q_called": "Anni"}).status == 503


def test_a_section_of_a_form_that_was_sent_or_withdrawn_leads_to_it(house, form, anna, base):
    page = anna.open(f"{base}/1")
    form.state = RequestState.WITHDRAWN
    assert location(anna.submit(page, f"{base}/1", FIRST | {"go": "next"})) == base
    form.answers, form.state = dict(WHOLE), RequestState.SUBMITTED
    assert location(anna.submit(page, f"{base}/1", FIRST | {"go": "next"})) == base
    assert form.answers == WHOLE


def test_a_script_is_not_told_saved_where_something_could_not_be_read(form, anna, base):
    said = json.loads(autosave(anna, anna.open(f"{base}/1"), base, {"q_sleep": "abc"}).html)
    assert "not every entry" in said["said"]


def test_a_script_learns_of_another_window_of_an_alert_and_of_a_device_that_ended(
    house, form, anna, base
):
    page = anna.open(f"{base}/1")
    send(anna, f"{base}/1", FIRST)
    other = autosave(anna, page, base, {"q_called": "Mine"})
    assert other.status == 409
    assert "Saved in the other window" in other.html
    assert "Anni" in other.html
    alarming = anna.open(f"{base}/2").form(f"{base}/2").fields | {"q_harm": "c1"}
    assert json.loads(anna.post(f"{base}/2/save", alarming, JSON).html)["alert"] is True
    house.services.identity.devices.clear()
    assert autosave(anna, page, base, {}).status == 401


def test_a_lost_reply_sent_again_is_one_save(house, form, anna, base):
    page = anna.open(f"{base}/1")
    house.services.lost_replies.add("forms.save_section")
    assert autosave(anna, page, base, {"q_called": "Anni"}).status == 503
    house.services.lost_replies.clear()
    assert autosave(anna, page, base, {"q_called": "Anni"}).status == 200
    assert form.revision == 1


# --- sending ------------------------------------------------------------------------------------


def test_a_whole_form_is_sent_once_and_locked(form, anna, base):
    form.answers, form.state = dict(WHOLE), RequestState.STARTED
    check = anna.open(f"{base}/check")
    pages = [anna.submit(check, f"{base}/check") for _ in range(2)]
    assert {location(page) for page in pages} == {f"{base}/sent"}
    assert "Sent to" in anna.follow(pages[0]).html
    assert "In 2019, for a year." in anna.open(base).html
    assert location(anna.open(f"{base}/1")) == base
    assert location(anna.open(f"{base}/check")) == base


def test_a_form_with_gaps_is_not_sent_and_all_of_them_are_said(form, anna, base):
    form.answers = {name: each for name, each in WHOLE.items() if name not in ("harm", "signed")}
    check = anna.open(f"{base}/check")
    assert "still open" in check.html
    page = anna.submit(check, f"{base}/check")
    assert page.status == 422
    assert "<title>Error:" in page.html
    assert f"{base}/2?from=check#field-q_harm" in page.links
    assert f"{base}/3?from=check#field-q_signed" in page.links
    assert form.submitted_at is None


def test_answers_that_changed_meanwhile_are_looked_at_again_before_they_are_sent(form, anna, base):
    form.answers = dict(WHOLE)
    check = anna.open(f"{base}/check")
    send(anna, f"{base}/1", FIRST | {"q_called": "Other"})
    page = anna.submit(check, f"{base}/check")
    assert page.status == 409
    assert "Other" in page.html
    assert location(anna.submit(page, f"{base}/check")) == f"{base}/sent"


def test_a_service_that_is_away_keeps_everything_and_sends_once(house, form, anna, base):
    form.answers = dict(WHOLE)
    house.services.down.add("forms.submit_form")
    page = anna.submit(anna.open(f"{base}/check"), f"{base}/check")
    assert (page.status, page.headers["retry-after"]) == (503, "5")
    house.services.down.clear()
    assert location(anna.submit(page, f"{base}/check")) == f"{base}/sent"


def test_a_section_typed_while_the_service_is_away_can_be_sent_again(house, form, anna, base):
    page = anna.open(f"{base}/1")
    house.services.down.add("forms")
    away = anna.submit(page, f"{base}/1", FIRST | {"go": "next"})
    assert away.status == 503
    house.services.down.clear()
    assert location(anna.submit(away, f"{base}/1")) == f"{base}/2"
    assert form.answers == READ


def test_what_was_typed_survives_the_end_of_the_device(house, form, anna, base):
    page = anna.open(f"{base}/1")
    house.services.identity.devices.clear()
    ended = anna.submit(page, f"{base}/1", FIRST | {"go": "next"})
    assert ended.status == 401
    assert "/" in ended.links
    back = house.as_client(house.anna)
    anna.cookies |= back.cookies
    assert location(anna.submit(ended, f"{base}/1")) == f"{base}/2"
    assert form.answers == READ


# --- care ----------------------------------------------------------------------------------------


def test_an_answer_that_asks_for_help_shows_whom_to_call_on_every_page_after(
    house, form, anna, base
):
    form.answers = WHOLE | {"harm": "c0"}
    assert "tel:112" not in anna.open(f"{base}/check").links
    page = send(anna, f"{base}/2", {"q_stress": "9", "q_harm": "c2"})
    for path in (location(page), f"{base}/2", f"{base}/check", base):
        shown = anna.open(path)
        assert "tel:112" in shown.links, path
        assert "tel:+49301234" in shown.links, path
    anna.submit(anna.open(f"{base}/check"), f"{base}/check")
    assert "tel:112" in anna.open(f"{base}/sent").links
    contact = {"name": "Helpline", "number": "116 123", "source": "x", "checked_on": "2026-01-15"}
    house.practice.set(crisis_contacts=[contact])
    shown = anna.open(f"{base}/sent").links
    assert "tel:116123" in shown
    assert "tel:112" not in shown


def test_leaving_with_such_an_answer_shows_it_first(form, anna, base):
    assert location(send(anna, f"{base}/2", {"q_harm": "c3"}, "leave")) == base


def test_a_form_of_someone_else_is_like_none(house, form, base):
    ben = house.as_client(house.ben)
    for path in (base, f"{base}/1", f"{base}/check", f"{base}/sent"):
        assert ben.open(path).status == 404, path


def test_what_was_sent_before_a_correction_is_read_again(house, form, anna, base):
    first, second = (
        SentOnce(id=uuid4(), submitted_at=house.services.clock.now() - timedelta(hours=ago))
        for ago in (2, 0)
    )
    whole = house.services.forms.open_form(contract.OpenForm(request_id=form.id), house.anna.actor)

    def answers(command, _actor):
        shown = command.submission_id or second.id
        return replace(
            whole,
            state=RequestState.SUBMITTED,
            answers={"called": "Before" if shown == first.id else "After"},
            submitted_at=second.submitted_at,
            submission_id=shown,
            submissions=[first, second],
        )

    house.services.answers["forms.open_form"] = answers
    page = anna.open(base)
    assert ("After" in page.html, "Before" in page.html) == (True, False)
    before = f"{base}?submission={first.id}"
    assert {base, before} <= set(page.links)
    page = anna.open(before)
    assert ("After" in page.html, "Before" in page.html) == (False, True)
    assert "This form is locked" not in page.html


def test_a_submission_of_what_was_never_sent_leads_to_the_form(house, form, anna, base):
    house.services.answers["forms.open_form"] = Conflict("not_submitted")
    assert location(anna.open(f"{base}?submission={uuid4()}")) == base
    house.services.answers["forms.open_form"] = NotFound("form_not_found")
    assert anna.open(f"{base}?submission={uuid4()}").status == 404


def test_a_withdrawn_form_says_so(form, anna, base):
    form.state = RequestState.WITHDRAWN
    assert "withdrawn this form" in anna.open(base).html
    assert location(anna.open(f"{base}/1")) == base


def test_who_asks_is_named_where_it_can_be_known(house, form, anna, base):
    house.services.answers["identity_links.list_practitioners"] = Unavailable("service_unavailable")
    assert "Praxis Rivera asks you" in anna.open(base).html
