"""From the template to the score: what a practice sends, a client fills in and submits."""

import msgspec
import pytest
from msgspec.structs import replace

from forms.storage import library
from portal_chassis.database.erasure import erase_data_key
from portal_chassis.ids import new_id
from portal_contracts.calls import Nothing, PortalOf
from portal_contracts.errors import Forbidden
from portal_contracts.forms.events import AlertRaised, FormSent, FormSubmitted
from portal_contracts.forms.rpc import filling, requests, templates
from portal_contracts.forms.rpc.questions import Band, QuestionKind, RequestState, Score

PHQ = {f"phq{number}": "several_days" for number in range(1, 9)} | {"phq9": "not_at_all"}


def right_answer(question):
    """Some answer that is right."""
    return {
        QuestionKind.TEXT: "Anna",
        QuestionKind.LONG_TEXT: "Several words.",
        QuestionKind.SIGNATURE: "Anna Berg",
        QuestionKind.PHONE: "+49 30 901820",
        QuestionKind.NUMBER: 7.5,
        QuestionKind.SCALE: 3,
        QuestionKind.DATE: "1990-02-28",
        QuestionKind.YES_NO: False,
        QuestionKind.CONSENT: True,
        QuestionKind.CHOICE: question.choices[0].code if question.choices else None,
        QuestionKind.CHOICES: [one.code for one in question.choices if not one.alone],
        QuestionKind.INFO: None,
    }[question.kind]


def test_a_form_goes_out_comes_back_and_is_scored(world):
    owner = world.practitioner()
    anna = world.client_of(owner)
    request = world.sent(owner, anna, world.from_library(owner, "phq9_en"))
    assert world.events(FormSent) == [FormSent(request_id=request, client_id=anna.id)]

    form = world.opened(anna, request)
    assert (form.state, form.revision, form.percent) == (RequestState.STARTED, 0, 0)
    assert form.problems["phq1"] == "required"
    assert "difficulty" not in form.problems
    saved = world.saved(anna, request, 0, PHQ)
    assert (saved.revision, saved.percent, saved.alert) == (1, 100, False)

    submitted = world.submitted(anna, request, 1)
    assert submitted.submitted_at == world.now
    assert world.events(FormSubmitted) == [
        FormSubmitted(request_id=request, client_id=anna.id, sent_by=owner.id)
    ]
    sheet = world.answer_sheet(owner, request)
    assert sheet.answers == PHQ
    assert sheet.score == Score(total=8, maximum=27, band="mild")
    assert (sheet.alerts, sheet.row.state) == ([], RequestState.SUBMITTED)
    assert world.acts() == [
        ("form.sent", "done"),
        ("form.submitted", "done"),
        ("answers.opened", "done"),
    ]


def test_answers_from_a_device_that_a_copied_link_let_in_are_marked(world):
    owner = world.practitioner()
    anna = world.client_of(owner)
    template = world.from_library(owner, "phq9_en")
    for actor, marked in ((replace(anna, revealed_link=new_id()), True), (anna, False)):
        request = world.sent(owner, anna, template)
        world.saved(actor, request, 0, PHQ)
        world.submitted(actor, request, 1)
        assert world.answer_sheet(owner, request).row.submitted_revealed is marked


@pytest.mark.parametrize(
    "key",
    [key for key in library.KEYS if key.startswith(("intake", "consent", "phq9_de", "phq15_en"))],
)
def test_every_form_that_ships_can_be_filled_in_page_by_page_and_sent(world, key):
    owner = world.practitioner()
    anna = world.client_of(owner)
    request = world.sent(owner, anna, world.from_library(owner, key))
    form = world.opened(anna, request)
    revision, percents = 0, []
    for section in form.document.sections:
        asked = (one for one in section.questions if one.kind is not QuestionKind.INFO)
        answers = {one.id: right_answer(one) for one in asked}
        saved = world.saved(anna, request, revision, answers)
        revision = saved.revision
        percents.append(saved.percent)
    assert percents == sorted(percents)
    assert percents[-1] == 100
    world.submitted(anna, request, revision)
    again = world.opened(anna, request)
    assert again.state is RequestState.SUBMITTED
    assert set(again.answers) == {
        one.id
        for section in form.document.sections
        for one in section.questions
        if one.kind is not QuestionKind.INFO
    }


def test_the_portal_shows_what_waits_and_what_was_sent(world):
    owner = world.practitioner()
    anna = world.client_of(owner)
    template = world.from_library(owner, "gad7_en")
    first, second = world.sent(owner, anna, template), world.sent(owner, anna, template)
    answers = {f"gad{number}": "not_at_all" for number in range(1, 8)}
    world.saved(anna, first, 0, answers)
    world.submitted(anna, first, 1)
    for actor, command in ((anna, PortalOf()), (owner, PortalOf(client_id=anna.id))):
        overview = world.ask(actor, filling.PORTAL_FORMS, command)
        assert [one.id for one in overview.to_do] == [second]
        assert [(one.id, one.submitted_at) for one in overview.submitted] == [(first, world.now)]
        assert overview.submitted_total == 1
        assert world.ask(actor, filling.FORMS_TO_DO, command).to_do == overview.to_do


def test_an_alert_is_raised_once_and_stays(world):
    owner = world.practitioner()
    anna = world.client_of(owner)
    request = world.sent(owner, anna, world.from_library(owner, "phq9_en"))
    assert not world.saved(anna, request, 0, PHQ).alert
    assert world.saved(anna, request, 1, {"phq9": "several_days"}).alert
    assert world.saved(anna, request, 2, {"phq9": "nearly_every_day"}).alert
    assert world.saved(anna, request, 3, {"phq9": "not_at_all"}).alert
    assert world.opened(anna, request).alert
    assert world.events(AlertRaised) == [
        AlertRaised(request_id=request, client_id=anna.id, sent_by=owner.id)
    ]
    row = world.ask(owner, requests.GET_REQUEST, requests.GetRequest(request_id=request))
    assert row.alert
    world.saved(anna, request, 4, {"phq9": "several_days"})
    world.submitted(anna, request, 5)
    assert world.answer_sheet(owner, request).alerts == ["phq9"]
    assert len(world.events(AlertRaised)) == 1


def test_an_alert_is_open_until_it_is_reviewed(world):
    owner = world.practitioner()
    anna, ben = world.client_of(owner), world.client_of(owner)
    template = world.from_library(owner, "phq9_en")
    quiet, request, other = (world.sent(owner, each, template) for each in (anna, anna, ben))
    answers = requests.ReviewAnswers(request_id=request)
    alert = requests.ReviewAnswers(request_id=request, alert_only=True)

    def waiting(client=None):
        command = requests.ListRequests(client_id=client and client.id, alert_open=True)
        rows = world.ask(owner, requests.LIST_REQUESTS, command).items
        assert all(row.alert_open and row.alert_at for row in rows)
        return [row.id for row in rows]

    assert world.refusal(world.ask, owner, requests.REVIEW_ANSWERS, alert).code == "no_alert"
    world.saved(anna, quiet, 0, PHQ)
    world.saved(anna, request, 0, PHQ | {"phq9": "several_days"})
    world.saved(ben, other, 0, PHQ | {"phq9": "several_days"})
    assert (waiting(), waiting(anna)) == ([other, request], [request])
    world.ask(owner, requests.WITHDRAW_REQUEST, requests.GetRequest(request_id=other))
    assert waiting(ben) == [other]
    early = world.refusal(world.ask, owner, requests.REVIEW_ANSWERS, answers)
    assert early.code == "not_submitted"
    for _ in range(2):
        world.ask(owner, requests.REVIEW_ANSWERS, alert)
    assert waiting() == [other]
    world.submitted(anna, request, 1)
    assert waiting(anna) == [request]
    late = world.refusal(world.ask, owner, requests.REVIEW_ANSWERS, alert)
    assert late.code == "already_submitted"
    world.ask(owner, requests.REVIEW_ANSWERS, answers)
    assert waiting(anna) == []
    assert world.acts().count(("alert.reviewed", "done")) == 1


def test_an_alert_reviewed_while_filling_in_rests_when_the_answer_is_taken_back(world):
    owner = world.practitioner()
    anna = world.client_of(owner)
    request = world.sent(owner, anna, world.from_library(owner, "phq9_en"))
    world.saved(anna, request, 0, PHQ | {"phq9": "several_days"})
    command = requests.ReviewAnswers(request_id=request, alert_only=True)
    world.ask(owner, requests.REVIEW_ANSWERS, command)
    world.saved(anna, request, 1, {"phq9": "not_at_all"})
    world.submitted(anna, request, 2)
    row = world.ask(owner, requests.GET_REQUEST, requests.GetRequest(request_id=request))
    assert (row.alert, row.alert_open) == (True, False)


def test_open_forms_are_counted_for_a_list_of_clients(world):
    owner = world.practitioner()
    anna, ben, cem = (world.client_of(owner) for _ in range(3))
    template = world.from_library(owner, "phq9_en")
    sent = [world.sent(owner, client, template) for client in (anna, anna, anna, ben)]
    world.opened(anna, sent[0])
    world.saved(anna, sent[1], 0, PHQ)
    world.submitted(anna, sent[1], 1)
    world.ask(owner, requests.WITHDRAW_REQUEST, requests.GetRequest(request_id=sent[3]))
    command = requests.CountOpenForms(client_ids=[anna.id, ben.id, cem.id, new_id()])
    assert world.ask(owner, requests.COUNT_OPEN_FORMS, command).counts == {str(anna.id): 2}
    assert world.ask(world.practitioner(), requests.COUNT_OPEN_FORMS, command).counts == {}
    refused = world.refusal(world.ask, anna, requests.COUNT_OPEN_FORMS, command)
    assert isinstance(refused, Forbidden)


def test_scores_stand_in_line_over_time(world):
    owner = world.practitioner()
    anna, ben = world.client_of(owner), world.client_of(owner)
    template = world.from_library(owner, "phq9_en")
    last = None
    for client, answer in ((anna, "several_days"), (ben, "several_days"), (anna, "not_at_all")):
        last = world.sent(owner, client, template)
        world.saved(client, last, 0, PHQ | {"phq1": answer})
        world.submitted(client, last, 1)
    unsent = world.sent(owner, anna, template)
    for request in (last, unsent):
        found = world.ask(owner, requests.LIST_SCORES, requests.GetRequest(request_id=request))
        assert found.maximum == 27
        assert [one.total for one in found.items] == [8, 7]
    assert world.acts()[-1] == ("scores.opened", "done")


def test_a_version_that_scores_otherwise_starts_a_line_of_its_own(world):
    owner = world.practitioner()
    anna = world.client_of(owner)
    template = world.from_library(owner, "gad7_en")
    answers = {f"gad{number}": "several_days" for number in range(1, 8)}
    sent = []
    for number in range(2):
        sent.append(world.sent(owner, anna, template))
        world.saved(anna, sent[-1], 0, answers)
        world.submitted(anna, sent[-1], 1)
        if number == 0:
            document = world.answer_sheet(owner, sent[0]).document
            shorter = msgspec.structs.replace(
                document,
                scoring=msgspec.structs.replace(
                    document.scoring,
                    questions=document.scoring.questions[:6],
                    maximum=18,
                    bands=[Band(minimum=0, maximum=18, text="any")],
                ),
            )
            changed = templates.SaveTemplate(document=shorter, template_id=template, revision=1)
            world.ask(owner, templates.SAVE_TEMPLATE, changed)
            published = templates.PublishTemplate(template_id=template)
            assert world.ask(owner, templates.PUBLISH_TEMPLATE, published).number == 2
    for request, total in zip(sent, (7, 6), strict=True):
        found = world.ask(owner, requests.LIST_SCORES, requests.GetRequest(request_id=request))
        assert [(one.request_id, one.total) for one in found.items] == [(request, total)]


def test_reviewing_names_who_did_it_first(world):
    owner = world.practitioner()
    anna = world.client_of(owner)
    request = world.sent(owner, anna, world.from_library(owner, "phq9_en"))
    command = requests.ReviewAnswers(request_id=request)
    early = world.refusal(world.ask, owner, requests.REVIEW_ANSWERS, command)
    assert early.code == "not_submitted"
    world.saved(anna, request, 0, PHQ)
    world.submitted(anna, request, 1)
    colleague = world.practitioner(owner.practice_id)
    for actor in (owner, colleague):
        changed = world.ask(actor, requests.REVIEW_ANSWERS, command)
        assert changed.state is RequestState.REVIEWED
    assert world.answer_sheet(colleague, request).reviewed_by == owner.id
    assert world.acts().count(("answers.reviewed", "done")) == 1


def test_a_withdrawn_form_is_out_of_the_clients_hands(world):
    owner = world.practitioner()
    anna = world.client_of(owner)
    request = world.sent(owner, anna, world.from_library(owner, "phq9_en"))
    world.saved(anna, request, 0, PHQ)
    command = requests.GetRequest(request_id=request)
    for _twice in range(2):
        changed = world.ask(owner, requests.WITHDRAW_REQUEST, command)
        assert changed.state is RequestState.WITHDRAWN
    assert world.acts().count(("form.withdrawn", "done")) == 1
    assert world.refusal(world.saved, anna, request, 1, {"phq1": None}).code == "withdrawn"
    assert world.refusal(world.submitted, anna, request, 1).code == "withdrawn"
    form = world.opened(anna, request)
    assert (form.state, form.answers) == (RequestState.WITHDRAWN, {})


def test_what_was_submitted_is_not_withdrawn(world):
    owner = world.practitioner()
    anna = world.client_of(owner)
    request = world.sent(owner, anna, world.from_library(owner, "phq9_en"))
    world.saved(anna, request, 0, PHQ)
    world.submitted(anna, request, 1)
    command = requests.GetRequest(request_id=request)
    refused = world.refusal(world.ask, owner, requests.WITHDRAW_REQUEST, command)
    assert refused.code == "already_submitted"
    assert world.refusal(world.saved, anna, request, 1, {"phq1": None}).code == "already_submitted"


def test_an_erased_client_leaves_nothing_to_open(world):
    owner = world.practitioner()
    anna = world.client_of(owner)
    request = world.sent(owner, anna, world.from_library(owner, "phq9_en"))
    world.saved(anna, request, 0, PHQ)
    world.submitted(anna, request, 1)
    with world.database.transaction() as tx:
        erase_data_key(tx, anna.id, world.now)
    assert world.refusal(world.answer_sheet, owner, request).code == "answers_erased"
    assert world.refusal(world.opened, anna, request).code == "answers_erased"
    assert world.refusal(world.opened, anna, new_id()).code == "form_not_found"


def test_the_key_of_what_is_typed_is_each_clients_own_and_stands_in_no_log(world, capfd):
    owner = world.practitioner()
    anna, ben = world.client_of(owner), world.client_of(owner)
    first = world.ask(anna, filling.DRAFT_KEY, Nothing())
    assert world.ask(anna, filling.DRAFT_KEY, Nothing()).key == first.key
    assert world.ask(ben, filling.DRAFT_KEY, Nothing()).key != first.key
    assert first.key not in repr(first)
    assert first.key not in "".join(capfd.readouterr())
