"""Whose forms are whose: other clients', other practices', other roles'."""

import pytest
from msgspec.structs import replace

from portal_chassis.ids import new_id
from portal_contracts.actor import NOBODY, Role, service_actor
from portal_contracts.calls import Nothing, PortalOf
from portal_contracts.errors import Forbidden, NotFound
from portal_contracts.forms.rpc import (
    METHODS,
    editing,
    exports,
    filling,
    requests,
    reviewing,
    submissions,
    templates,
)
from portal_contracts.forms.rpc.questions import RequestState

CLIENTS = {
    filling.OPEN_FORM: lambda one: filling.OpenForm(request_id=one),
    filling.SAVE_ANSWERS: lambda one: filling.SaveAnswers(
        request_id=one, revision=0, answers={"phq9": "nearly_every_day"}
    ),
    filling.SAVE_SECTION: lambda one: filling.SaveSection(
        request_id=one, number=1, section="weeks", revision=0, typed={"phq9": "nearly_every_day"}
    ),
    filling.SUBMIT_FORM: lambda one: filling.SubmitForm(request_id=one, revision=0),
}
PRACTICES = {
    method: lambda one: requests.GetRequest(request_id=one)
    for method in (
        requests.GET_REQUEST,
        requests.WITHDRAW_REQUEST,
        requests.RESEND_FORM,
        requests.LIST_SCORES,
    )
} | {
    requests.REVIEW_ANSWERS: lambda one: requests.ReviewAnswers(request_id=one),
    requests.OPEN_ANSWERS: lambda one: requests.OpenAnswers(request_id=one),
    requests.CHANGE_DUE_DAY: lambda one: requests.ChangeDueDay(request_id=one, due_on=None),
    submissions.UNLOCK_FORM: lambda one: submissions.UnlockForm(request_id=one, reason="Why."),
}
TEMPLATES = {
    exports.BEGIN_EXPORT: lambda one: exports.BeginExport(template_id=one),
    exports.EXPORT_ANSWERS: lambda one: exports.ExportAnswers(template_id=one),
    templates.GET_TEMPLATE: lambda one: templates.GetTemplate(template_id=one),
    templates.PUBLISH_TEMPLATE: lambda one: templates.PublishTemplate(template_id=one),
    templates.ARCHIVE_TEMPLATE: lambda one: templates.ArchiveTemplate(
        template_id=one, archived=True
    ),
    editing.START_TEMPLATE: lambda one: editing.StartTemplate(title="Mine", template_id=one),
    editing.EDIT_TEMPLATE: lambda one: editing.EditTemplate(
        template_id=one, revision=1, acts=[editing.AddSection(title="Mine")]
    ),
    editing.UNDO_EDIT: lambda one: editing.UndoEdit(template_id=one, revision=1),
    reviewing.REVIEW_TEMPLATE: lambda one: reviewing.ReviewTemplate(template_id=one),
    reviewing.TRY_TEMPLATE: lambda one: reviewing.TryTemplate(template_id=one),
}


@pytest.fixture
def owner(world):
    return world.practitioner()


@pytest.fixture
def template(world, owner):
    return world.from_library(owner, "phq9_en")


@pytest.fixture
def anna(world, owner):
    return world.client_of(owner)


@pytest.fixture
def form(world, owner, anna, template):
    return world.sent(owner, anna, template)


def refusals(world, actor, commands, subjects):
    found = {}
    for method, command in commands.items():
        for subject in subjects:
            refused = world.refusal(world.ask, actor, method, command(subject))
            found.setdefault(method.name, set()).add((type(refused), refused.code, refused.detail))
    return found


def test_another_clients_form_is_refused_like_one_that_is_not_there(world, owner, form):
    ben = world.client_of(owner)
    found = refusals(world, ben, CLIENTS, [form, new_id()])
    assert {len(one) for one in found.values()} == {1}
    assert {one[:2] for some in found.values() for one in some} == {(NotFound, "form_not_found")}
    assert ("open_form.form_not_found", "denied") in world.acts()


def test_what_is_to_be_reviewed_is_of_clients_whose_answers_are_shown(world, owner, template):
    forms = {}
    answers = {f"phq{number}": "several_days" for number in range(1, 10)}
    for name in ("own", "colleague's"):
        client = world.client_of(owner)
        forms[name] = client, world.sent(owner, client, template)
        world.saved(client, forms[name][1], 0, answers)
        world.submitted(client, forms[name][1], 1)
    world.identity.visible = [forms["own"][0].id]
    limited = replace(owner, caseload_only=True)
    asked = requests.ListRequests(state=RequestState.SUBMITTED, limit=1)
    page = world.ask(limited, requests.LIST_REQUESTS, replace(asked, answers_shown=True))
    assert ([row.id for row in page.items], page.next_cursor) == ([forms["own"][1]], None)
    everything = world.ask(limited, requests.LIST_REQUESTS, asked)
    assert everything.next_cursor


def test_the_same_id_in_another_practice_reaches_nothing(world, anna, form):
    other = world.practitioner()
    elsewhere = type(anna)(kind=anna.kind, id=anna.id, practice_id=other.practice_id)
    found = refusals(world, elsewhere, CLIENTS, [form])
    assert {one[:2] for some in found.values() for one in some} == {(NotFound, "form_not_found")}


def test_another_practices_things_are_refused_like_those_that_are_not_there(
    world, template, form, anna
):
    stranger = world.practitioner()
    for commands, subject in ((PRACTICES, form), (TEMPLATES, template)):
        found = refusals(world, stranger, commands, [subject, new_id()])
        assert {len(one) for one in found.values()} == {1}
        assert {one[0] for some in found.values() for one in some} == {NotFound}
    page = world.ask(stranger, requests.LIST_REQUESTS, requests.ListRequests(client_id=anna.id))
    assert page.items == []
    preview = PortalOf(client_id=anna.id)
    for method in (filling.FORMS_TO_DO, filling.PORTAL_FORMS):
        assert world.refusal(world.ask, stranger, method, preview).code == "not_found"
    others_client = world.client_of(stranger)
    for client, which in (
        (anna, world.from_library(stranger, "gad7_en")),
        (others_client, template),
    ):
        command = requests.SendForm(client_id=client.id, template_id=which)
        refused = world.refusal(world.ask, stranger, requests.SEND_FORM, command)
        assert isinstance(refused, NotFound)


def test_an_assistant_sends_forms_and_reads_no_answers(world, owner, anna, template, form):
    assistant = world.practitioner(owner.practice_id, Role.ASSISTANT)
    world.sent(assistant, anna, template)
    page = world.ask(assistant, requests.LIST_REQUESTS, requests.ListRequests())
    assert len(page.items) == 2
    refused = [
        (requests.OPEN_ANSWERS, requests.OpenAnswers(request_id=form)),
        (requests.LIST_SCORES, requests.GetRequest(request_id=form)),
        (requests.REVIEW_ANSWERS, requests.ReviewAnswers(request_id=form)),
        (templates.PUBLISH_TEMPLATE, templates.PublishTemplate(template_id=template)),
        (templates.ADD_FROM_LIBRARY, templates.AddFromLibrary(key="gad7_en")),
        *(
            (method, TEMPLATES[method](template))
            for method in (*editing.METHODS, reviewing.REVIEW_TEMPLATE)
        ),
    ]
    for method, command in refused:
        assert isinstance(world.refusal(world.ask, assistant, method, command), Forbidden)
    assert ("open_answers.not_allowed", "denied") in world.acts()


def test_nobody_and_the_wrong_kind_of_actor_are_refused_everywhere(world, owner, anna, form):
    commands = {
        **{method: build(form) for method, build in (CLIENTS | PRACTICES | TEMPLATES).items()},
        templates.LIST_TEMPLATES: templates.ListTemplates(),
        templates.SAVE_TEMPLATE: templates.SaveTemplate(
            document=world.ask(owner, templates.LIST_LIBRARY, Nothing()).items[0].document
        ),
        templates.LIST_LIBRARY: Nothing(),
        templates.ADD_FROM_LIBRARY: templates.AddFromLibrary(key="phq9_en"),
        requests.SEND_FORM: requests.SendForm(client_id=anna.id, template_id=new_id()),
        requests.LIST_REQUESTS: requests.ListRequests(),
        requests.COUNT_OPEN_FORMS: requests.CountOpenForms(client_ids=[anna.id]),
        requests.COUNT_REQUESTS: requests.CountRequests(),
        filling.DRAFT_KEY: Nothing(),
        filling.FORMS_TO_DO: PortalOf(),
        filling.PORTAL_FORMS: PortalOf(),
        filling.READ_FORM_FACTS: filling.ReadFormFacts(request_id=form),
    }
    assert set(commands) == set(METHODS)
    clients_own = {*CLIENTS, filling.DRAFT_KEY, filling.FORMS_TO_DO, filling.PORTAL_FORMS}
    services_own = {filling.READ_FORM_FACTS}
    for method, command in commands.items():
        wrong = [NOBODY]
        if method not in services_own:
            wrong.append(service_actor("notifications"))
        wrong.append(owner if method in clients_own | services_own else anna)
        for actor in wrong:
            refused = world.refusal(world.ask, actor, method, command)
            assert (type(refused), refused.code) == (Forbidden, "not_allowed"), method.name


def test_a_mail_is_written_from_the_facts_as_they_are(world, owner, anna, form):
    facts = world.ask(
        service_actor("notifications"),
        filling.READ_FORM_FACTS,
        filling.ReadFormFacts(request_id=form),
    )
    assert (facts.practice_id, facts.client_id) == (owner.practice_id, anna.id)
    assert (facts.sent_by, facts.state) == (owner.id, RequestState.NOT_OPENED)
    assert facts.minutes == 3


def test_a_client_is_not_told_how_her_answers_are_judged(world, owner, anna, form):
    def judged(document):
        scored = [
            choice.score
            for section in document.sections
            for question in section.questions
            for choice in question.choices
        ]
        return document.scoring, list(document.alerts), [one for one in scored if one is not None]

    nothing = (None, [], [])
    assert judged(world.opened(anna, form).document) == nothing
    answers = {f"phq{number}": "several_days" for number in range(1, 10)}
    saved = world.saved(anna, form, 0, answers)
    assert saved.alert
    world.submitted(anna, form, saved.revision)
    assert judged(world.opened(anna, form).document) == nothing
    sheet = world.ask(owner, requests.OPEN_ANSWERS, requests.OpenAnswers(request_id=form))
    assert None not in judged(sheet.document)
    assert sheet.alerts == ["phq9"]
    assert sheet.score.total == len(answers)


def test_nothing_is_sent_to_an_archived_client_and_what_was_sent_is_taken_back(
    world, owner, anna, template, form
):
    world.identity.archived.add(anna.id)
    refused = world.refusal(world.sent, owner, anna, template)
    assert refused.code == "client_archived"
    world.ask(owner, requests.WITHDRAW_REQUEST, requests.GetRequest(request_id=form))
