"""What was submitted is unlocked, corrected and sent again; each submission stays as it was."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from portal_chassis.database.erasure import erase_data_key
from portal_chassis.ids import new_id
from portal_contracts.calls import PortalOf
from portal_contracts.errors import Conflict, Invalid, NotFound
from portal_contracts.forms.events import FormSubmitted, FormUnlocked
from portal_contracts.forms.rpc import filling, requests
from portal_contracts.forms.rpc.questions import (
    FormDocument,
    Question,
    QuestionKind,
    RequestState,
    Section,
)

GRAVE = {f"phq{number}": "several_days" for number in range(1, 10)}
LIGHT = GRAVE | {"phq9": "not_at_all", "phq1": "not_at_all"}
AGREEMENT = FormDocument(
    title="Agreement",
    sections=[
        Section(
            id="all",
            title="All",
            questions=[
                Question(id="called", kind=QuestionKind.TEXT, text="Your name?"),
                Question(id="agreed", kind=QuestionKind.CONSENT, text="I agree."),
                Question(id="signed", kind=QuestionKind.SIGNATURE, text="Sign here."),
            ],
        )
    ],
)


@pytest.fixture
def owner(world):
    return world.practitioner()


@pytest.fixture
def anna(world, owner):
    return world.client_of(owner)


@pytest.fixture
def sent_back(world, owner, anna):
    request = world.sent(owner, anna, world.from_library(owner, "phq9_en"))
    world.saved(anna, request, 0, GRAVE)
    world.submitted(anna, request, 1)
    return request


def reviewed(world, owner, request):
    world.ask(owner, requests.REVIEW_ANSWERS, requests.ReviewAnswers(request_id=request))


def withdrawn(world, owner, request):
    command = requests.GetRequest(request_id=request)
    return world.ask(owner, requests.WITHDRAW_REQUEST, command)


def test_what_was_submitted_is_corrected_and_each_submission_stays_as_it_was(
    world, owner, anna, sent_back
):
    reviewed(world, owner, sent_back)
    unlocked = world.unlocked(owner, sent_back, " Please look at question 1 again. ")
    assert unlocked.state is RequestState.STARTED
    assert world.events(FormUnlocked) == [FormUnlocked(request_id=sent_back, client_id=anna.id)]

    form = world.opened(anna, sent_back)
    assert (form.answers, form.percent, form.submitted_at) == (GRAVE, 100, None)
    assert form.correction == filling.Correction(
        unlocked_by=owner.id,
        unlocked_at=world.now,
        reason="Please look at question 1 again.",
        submitted_at=world.now,
    )
    waiting = world.ask(anna, filling.FORMS_TO_DO, PortalOf()).to_do
    assert [one.unlocked_at for one in waiting] == [world.now]
    first = world.answer_sheet(owner, sent_back)
    assert (first.answers, first.score.total, first.alerts) == (GRAVE, 9, ["phq9"])
    assert first.row.unlocked_at == world.now

    world.now += timedelta(hours=2)
    world.saved(anna, sent_back, form.revision, LIGHT)
    world.submitted(anna, sent_back, form.revision + 1)
    assert len(world.events(FormSubmitted)) == 2
    second = world.answer_sheet(owner, sent_back)
    assert (second.answers, second.score.total, second.alerts) == (LIGHT, 7, [])
    assert (second.row.state, second.row.unlocked_at) == (RequestState.SUBMITTED, None)
    assert [(one.number, one.submitted_at) for one in second.submissions] == [
        (2, world.now),
        (1, world.now - timedelta(hours=2)),
    ]
    former = second.submissions[1]
    assert (former.reviewed_by, former.unlocked_by) == (owner.id, owner.id)
    assert former.reason == "Please look at question 1 again."
    assert second.submissions[0].reviewed_by is None

    again = world.answer_sheet(owner, sent_back, former.id)
    assert (again.answers, again.score, again.alerts) == (GRAVE, first.score, ["phq9"])
    assert again.submission_id == former.id
    assert ("form.unlocked", "done") in world.acts()


def test_a_client_reads_what_she_sent_each_time(world, owner, anna, sent_back):
    def read(submission_id=None, *, client=anna):
        command = filling.OpenForm(request_id=sent_back, submission_id=submission_id)
        return world.ask(client, filling.OPEN_FORM, command)

    first = read().submission_id
    assert [one.id for one in read().submissions] == [first]
    with pytest.raises(NotFound, match="form_not_found"):
        read(new_id())
    world.unlocked(owner, sent_back, "Please look again.")
    draft = read()
    assert (draft.submission_id, [one.id for one in draft.submissions]) == (None, [first])
    assert (read(first).answers, read(first).problems) == (GRAVE, {})

    world.now += timedelta(hours=2)
    world.saved(anna, sent_back, draft.revision, LIGHT)
    world.submitted(anna, sent_back, draft.revision + 1)
    latest, before = read(), read(first)
    assert [one.id for one in latest.submissions] == [first, latest.submission_id]
    assert (latest.answers, latest.submitted_at) == (LIGHT, world.now)
    assert (before.answers, before.submitted_at) == (GRAVE, world.now - timedelta(hours=2))
    assert before.submissions == latest.submissions
    with pytest.raises(NotFound, match="form_not_found"):
        read(first, client=world.client_of(owner))


def test_what_was_never_sent_has_no_submission_to_read(world, owner, anna, sent_back):
    waiting = world.sent(owner, anna, world.from_library(owner, "gad7_en"))
    first = world.opened(anna, sent_back).submission_id
    command = filling.OpenForm(request_id=waiting, submission_id=first)
    with pytest.raises(Conflict, match="not_submitted"):
        world.ask(anna, filling.OPEN_FORM, command)


def test_a_day_that_is_past_does_not_make_a_correction_overdue(world, owner, anna):
    template = world.from_library(owner, "gad7_en")
    answers = {f"gad{number}": "not_at_all" for number in range(1, 8)}
    for days, kept in ((3, None), (30, (world.now + timedelta(days=30)).date())):
        due_on = (world.now + timedelta(days=days)).date()
        request = world.sent(owner, anna, template, due_on=due_on)
        world.saved(anna, request, 0, answers)
        world.submitted(anna, request, 1)
        then, world.now = world.now, world.now + timedelta(days=10)
        world.unlocked(owner, request)
        assert world.opened(anna, request).due_on == kept
        world.now = then


def test_a_window_from_before_cannot_save_over_what_was_unlocked(world, owner, anna, sent_back):
    world.unlocked(owner, sent_back)
    refused = world.refusal(world.saved, anna, sent_back, 1, LIGHT)
    assert (type(refused), refused.code) == (Conflict, "stale_revision")


def test_a_correction_is_signed_anew_and_a_consent_stands(world, owner, anna):
    request = world.sent(owner, anna, world.published(owner, AGREEMENT))
    world.saved(anna, request, 0, {"called": "Ana", "agreed": True, "signed": "Anna Berg"})
    world.submitted(anna, request, 1)
    world.unlocked(owner, request)
    form = world.opened(anna, request)
    assert form.answers == {"called": "Ana", "agreed": True}
    assert form.problems == {"signed": "required"}


def test_to_unlock_needs_a_reason_and_a_form_that_came_back(world, owner, anna, sent_back):
    for reason, code in (("  ", "correction_missing"), ("x" * 1001, "correction_too_long")):
        refused = world.refusal(world.unlocked, owner, sent_back, reason)
        assert (type(refused), refused.fields) == (Invalid, {"reason": code})
    world.unlocked(owner, sent_back)
    waiting = world.sent(owner, anna, world.from_library(owner, "gad7_en"))
    for request in (sent_back, waiting):
        refused = world.refusal(world.unlocked, owner, request)
        assert (type(refused), refused.code) == (Conflict, "not_submitted")


def test_what_may_be_corrected_counts_in_the_trend_as_it_was_sent_last(
    world, owner, anna, sent_back
):
    def trend():
        command = requests.GetRequest(request_id=sent_back)
        found = world.ask(owner, requests.LIST_SCORES, command)
        return [(one.total, one.submitted_at) for one in found.items]

    first = [(9, world.now)]
    assert trend() == first
    world.now += timedelta(hours=2)
    world.unlocked(owner, sent_back)
    revision = world.opened(anna, sent_back).revision
    world.saved(anna, sent_back, revision, LIGHT)
    assert trend() == first
    world.submitted(anna, sent_back, revision + 1)
    assert trend() == [(7, world.now)]


@pytest.mark.parametrize("read", [False, True])
def test_an_unlocking_is_taken_back_and_what_was_sent_stands_again(
    world, owner, anna, sent_back, read
):
    if read:
        reviewed(world, owner, sent_back)
    before = world.answer_sheet(owner, sent_back)
    world.unlocked(owner, sent_back)
    revision = world.opened(anna, sent_back).revision
    world.saved(anna, sent_back, revision, {"phq1": "not_at_all"})
    assert withdrawn(world, owner, sent_back).state is before.row.state
    assert world.answer_sheet(owner, sent_back) == before
    assert world.opened(anna, sent_back).answers == GRAVE
    assert ("form.locked", "done") in world.acts()


def test_an_alert_that_was_reviewed_does_not_ask_again_because_a_form_is_unlocked(
    world, owner, anna, sent_back
):
    reviewed(world, owner, sent_back)
    world.unlocked(owner, sent_back)
    row = world.answer_sheet(owner, sent_back).row
    assert (row.alert, row.alert_open) == (True, False)
    world.submitted(anna, sent_back, world.opened(anna, sent_back).revision)
    assert world.answer_sheet(owner, sent_back).row.alert_open


def test_another_forms_submission_and_what_was_never_sent_open_nothing(
    world, owner, anna, sent_back
):
    other = world.sent(owner, anna, world.from_library(owner, "gad7_en"))
    submission = world.answer_sheet(owner, sent_back).submission_id
    assert world.refusal(world.answer_sheet, owner, other).code == "not_submitted"
    refused = world.refusal(world.answer_sheet, owner, sent_back, new_id())
    assert (type(refused), refused.code) == (NotFound, "form_not_found")
    world.saved(anna, other, 0, {f"gad{number}": "not_at_all" for number in range(1, 8)})
    world.submitted(anna, other, 1)
    refused = world.refusal(world.answer_sheet, owner, other, submission)
    assert (type(refused), refused.code) == (NotFound, "form_not_found")


def test_nothing_of_an_erased_client_is_unlocked(world, owner, anna, sent_back):
    with world.database.transaction() as tx:
        erase_data_key(tx, anna.id, world.now)
    refused = world.refusal(world.unlocked, owner, sent_back)
    assert (type(refused), refused.code) == (NotFound, "answers_erased")


def test_a_practitioner_of_another_caseload_cannot_unlock(world, owner, anna, sent_back):
    world.identity.clients.pop(anna.id)
    limited = replace(owner, caseload_only=True)
    refused = world.refusal(world.unlocked, limited, sent_back)
    assert (type(refused), refused.code) == (NotFound, "form_not_found")
