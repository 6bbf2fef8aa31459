"""A practice makes a form of its own: begun, changed act by act, tried, reviewed, published."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from portal_contracts.errors import PortalError
from portal_contracts.forms.rpc import editing, reviewing, templates
from portal_contracts.forms.rpc.editing import (
    AddQuestion,
    AddSection,
    ChangeForm,
    ChangeQuestion,
    ChangeSection,
    RemoveQuestion,
)
from portal_contracts.forms.rpc.questions import Choice, Question, QuestionKind


@pytest.fixture
def owner(world):
    return world.practitioner()


@pytest.fixture
def started(world, owner):
    command = editing.StartTemplate(title="Sleep diary")
    return world.ask(owner, editing.START_TEMPLATE, command).template_id


def read(world, owner, template):
    command = templates.GetTemplate(template_id=template)
    return world.ask(owner, templates.GET_TEMPLATE, command)


def edit(world, owner, template, revision, *acts):
    command = editing.EditTemplate(template_id=template, revision=revision, acts=list(acts))
    return world.ask(owner, editing.EDIT_TEMPLATE, command)


def undo(world, owner, template, revision):
    command = editing.UndoEdit(template_id=template, revision=revision)
    return world.ask(owner, editing.UNDO_EDIT, command)


def review(world, owner, template):
    command = reviewing.ReviewTemplate(template_id=template)
    return world.ask(owner, reviewing.REVIEW_TEMPLATE, command)


def publish(world, owner, template, revision=None):
    command = templates.PublishTemplate(template_id=template, revision=revision)
    return world.ask(owner, templates.PUBLISH_TEMPLATE, command)


def tried(world, owner, template, **typed):
    names = {name.replace("__", "."): text for name, text in typed.items()}
    command = reviewing.TryTemplate(template_id=template, typed=names)
    return world.ask(owner, reviewing.TRY_TEMPLATE, command)


SLEEP = Question(
    id="question_1",
    kind=QuestionKind.CHOICE,
    text="How did you sleep?",
    choices=[Choice(code="well", text="Well"), Choice(code="badly", text="Badly")],
)


def test_a_form_is_made_from_nothing_and_published(world, owner, started):
    found = read(world, owner, started)
    assert (found.revision, found.undoable, found.row.published) == (1, False, None)
    assert found.problems == {"sections.0.questions": "required", "sections.0.title": "required"}
    with pytest.raises(PortalError, match="document_invalid"):
        publish(world, owner, started)
    added = edit(
        world, owner, started, 1,
        ChangeSection(section="section_1", title="Last night"),
        AddQuestion(section="section_1", kind=QuestionKind.CHOICE),
    )  # fmt: skip
    assert (added.revision, added.added) == (2, "question_1")
    assert edit(world, owner, started, 2, ChangeQuestion(question=SLEEP)).revision == 3
    assert read(world, owner, started).problems == {}
    told = review(world, owner, started)
    assert (told.number, told.problems, told.open_requests, told.sent) == (1, {}, 0, 0)
    assert [(one.part.value, one.text) for one in told.changes] == [
        ("section", "Last night"),
        ("question", "How did you sleep?"),
    ]
    assert publish(world, owner, started, told.revision).number == 1


def test_what_changes_nothing_keeps_the_revision(world, owner, started):
    same = ChangeForm(title=" Sleep  diary\n", language="en", minutes=5)
    assert edit(world, owner, started, 1, same).revision == 1
    assert not read(world, owner, started).undoable


def test_a_change_elsewhere_is_not_overwritten(world, owner, started):
    edit(world, owner, started, 1, AddSection(title="Theirs"))
    refused = world.refusal(edit, world, owner, started, 1, AddSection(title="Mine"))
    assert refused.code == "stale_revision"
    assert world.refusal(undo, world, owner, started, 1).code == "stale_revision"
    assert world.refusal(publish, world, owner, started, 1).code == "stale_revision"
    assert [one.title for one in read(world, owner, started).document.sections] == ["", "Theirs"]


def test_two_who_press_at_once_are_told_apart(world, owner, started):
    def add(title):
        try:
            return edit(world, owner, started, 1, AddSection(title=title)).revision
        except PortalError as error:
            return error.code

    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(add, "abcd"))
    assert sorted(map(str, found)) == ["2", *["stale_revision"] * 3]


def test_several_acts_are_done_all_or_none(world, owner, started):
    acts = (AddSection(title="New"), RemoveQuestion(question="made_up"))
    refused = world.refusal(edit, world, owner, started, 1, *acts)
    assert (refused.code, refused.fields) == ("edit_invalid", {"question": "part_gone"})
    assert read(world, owner, started).revision == 1


def test_the_last_change_is_taken_back_and_brought_again(world, owner, started):
    assert world.refusal(undo, world, owner, started, 1).code == "nothing_to_undo"
    edit(world, owner, started, 1, AddSection(title="Second"))
    assert read(world, owner, started).undoable
    assert undo(world, owner, started, 2).revision == 3
    assert len(read(world, owner, started).document.sections) == 1
    assert undo(world, owner, started, 3).revision == 4
    assert len(read(world, owner, started).document.sections) == 2


def test_a_form_begins_from_another_or_from_the_library(world, owner):
    library = editing.StartTemplate(title="My PHQ", library_key="phq9_en")
    first = world.ask(owner, editing.START_TEMPLATE, library).template_id
    copy = editing.StartTemplate(title="Mine too", template_id=first)
    second = world.ask(owner, editing.START_TEMPLATE, copy).template_id
    made = [read(world, owner, one) for one in (first, second)]
    assert [one.document.title for one in made] == ["My PHQ", "Mine too"]
    assert made[0].document.sections == made[1].document.sections
    assert [(one.row.published, one.problems) for one in made] == [(None, {})] * 2
    assert world.from_library(owner, "phq9_en") not in (first, second)
    for wrong in (
        editing.StartTemplate(title="Mine", library_key="made_up"),
        editing.StartTemplate(title="Mine", template_id=owner.id),
    ):
        assert world.refusal(world.ask, owner, editing.START_TEMPLATE, wrong).code in {
            "library_form_not_found",
            "template_not_found",
        }


def test_who_waits_stays_in_the_version_before(world, owner):
    anna = world.client_of(owner)
    template = world.from_library(owner, "gad7_en")
    waiting = world.sent(owner, anna, template)
    edit(world, owner, template, 1, AddSection(title="More"))
    edit(world, owner, template, 2, AddQuestion(section="section_1", kind=QuestionKind.DATE))
    asked = Question(id="question_1", kind=QuestionKind.DATE, text="Since when?")
    edit(world, owner, template, 3, ChangeQuestion(question=asked))
    told = review(world, owner, template)
    assert (told.number, told.open_requests, told.sent, len(told.changes)) == (2, 1, 1, 2)
    publish(world, owner, template, told.revision)
    assert len(world.opened(anna, waiting).document.sections) == 1
    assert len(world.opened(anna, world.sent(owner, anna, template)).document.sections) == 2


def test_a_form_is_tried_without_anything_being_kept(world, owner):
    template = world.from_library(owner, "phq9_en")
    asked = [
        one
        for section in read(world, owner, template).document.sections
        for one in section.questions
        if one.choices
    ]
    before = world.events()
    blank = tried(world, owner, template)
    assert (blank.scores, blank.alerts, blank.answers) == ([], [], {})
    assert set(blank.problems.values()) == {"required"}
    worst = {one.id: one.choices[-1].code for one in asked}
    found = tried(world, owner, template, **worst)
    assert (found.refused, found.problems, found.answers) == ({}, {}, worst)
    assert [(one.total, one.maximum) for one in found.scores] == [(27, 27)]
    assert len(found.alerts) == 1
    assert found.document.scoring is None, "it is the client's view"
    assert world.events() == before


def test_a_form_in_the_making_is_not_tried(world, owner, started):
    assert world.refusal(tried, world, owner, started).code == "document_invalid"


def test_texts_are_cleaned_and_what_is_too_large_is_refused(world, owner, started):
    odd = ChangeSection(section="section_1", title="A \x00 title\u200b")
    edit(world, owner, started, 1, odd)
    assert read(world, owner, started).document.sections[0].title == "A title"
    long = "x" * 150_000
    edit(world, owner, started, 2, *[AddSection(title=long)] * 10)
    refused = world.refusal(edit, world, owner, started, 3, *[AddSection(title=long)] * 10)
    assert (refused.code, refused.fields) == ("edit_invalid", {"form": "form_too_large"})
    assert read(world, owner, started).revision == 3
