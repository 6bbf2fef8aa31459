"""The builder: each button does one act and saves what was typed; nothing typed is lost."""

from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import pytest
from msgspec.structs import replace

from forms.domain.editing import blank
from forms.operations.templates import shipped
from portal_contracts.errors import Invalid
from portal_contracts.forms.rpc.conditions import Condition, ConditionOperator
from portal_contracts.forms.rpc.questions import (
    Band,
    Choice,
    FormDocument,
    Question,
    QuestionKind,
    Score,
    ScoreMethod,
    Section,
)
from portal_contracts.forms.rpc.reviewing import TriedTemplate
from portal_contracts.forms.rpc.templates import Library, LibraryForm, Templates
from portal_contracts.scheduling.rpc.services import Services
from tests.kit.gateway.fake_builder import FakeBuilder
from tests.kit.gateway.made_schedule import made_service


def text(question_id):
    return Question(id=question_id, kind=QuestionKind.TEXT, text=question_id)


MOOD = Question(
    id="mood", kind=QuestionKind.CHOICE, text="How are you?",
    choices=[Choice(code="well", text="Well", score=0), Choice(code="low", text="Low", score=3)],
)  # fmt: skip
FORM = FormDocument(
    title="Mine",
    sections=[
        Section(id="a", title="First", questions=[text("q1"), MOOD, text("q2")]),
        Section(id="b", title="Second", questions=[text("q3")]),
    ],
)


@pytest.fixture
def doctor(house):
    return house.as_practitioner(house.doctor)


@pytest.fixture
def builder(house):
    return serve(house, FORM)


def serve(house, document, published=None):
    builder = FakeBuilder(document, published)
    builder.sent, builder.open_requests = 3, 2
    house.services.answers |= builder.answers()
    return builder


def edit(builder):
    return f"{builder.path}/edit"


def press(browser, builder, do, opened="", fields=None):
    """Open the builder, type, press; the page that comes."""
    page = browser.open(f"{edit(builder)}?open={opened}" if opened else edit(builder))
    return browser.submit(page, edit(builder), {"do": do} | (fields or {}))


def went_to(answer):
    """What is open then, and what has the focus."""
    assert answer.status == 303, answer.html[:2000]
    where = urlsplit(answer.headers["location"])
    return parse_qs(where.query).get("open", [""])[0], where.fragment


@pytest.mark.parametrize(
    ("do", "shape", "opened", "focus"),
    [
        ("down question.q1", ["a: mood q1 q2", "b: q3"], "", "down-question.q1"),
        ("up question.q1", ["a: q1 mood q2", "b: q3"], "", "up-question.q1"),
        ("down question.q2", ["a: q1 mood", "b: q2 q3"], "", "down-question.q2"),
        ("up question.q3", ["a: q1 mood q2 q3", "b: "], "", "up-question.q3"),
        ("drop question.q1 b 1", ["a: mood q2", "b: q3 q1"], "", "up-question.q1"),
        ("up section.b", ["b: q3", "a: q1 mood q2"], "", "up-section.b"),
        ("remove question.mood", ["a: q1 q2", "b: q3"], "", "undo"),
        ("remove section.a", ["b: q3"], "", "undo"),
        (
            "copy question.q1",
            ["a: q1 question_1 mood q2", "b: q3"],
            "question.question_1",
            "field-f.text",
        ),
        (
            "add-question b",
            ["a: q1 mood q2", "b: q3 question_1"],
            "question.question_1",
            "field-f.text",
        ),
        (
            "add-section",
            ["a: q1 mood q2", "b: q3", "section_1: "],
            "section.section_1",
            "field-f.title",
        ),
        ("open question.mood", ["a: q1 mood q2", "b: q3"], "question.mood", "field-f.text"),
        ("drop question.q1 b x", ["a: q1 mood q2", "b: q3"], "", ""),
        ("made up", ["a: q1 mood q2", "b: q3"], "", ""),
    ],
)
def test_a_button_does_one_thing(doctor, builder, do, shape, opened, focus):
    answer = press(doctor, builder, do)
    assert builder.shape() == shape
    assert went_to(answer) == (opened, focus)
    assert doctor.follow(answer).status == 200


def test_whatever_is_pressed_what_was_typed_is_saved_too(doctor, builder):
    for do, saved in (("down question.q1", "One"), ("open section.b", "Two"), ("save", "Three")):
        press(doctor, builder, do, "question.q1", {"f.text": saved})
        assert builder.question("q1").text == saved


def test_what_is_taken_away_need_not_be_right(doctor, builder):
    press(doctor, builder, "remove question.q1", "question.q1", {"f.max_length": "many"})
    assert builder.shape()[0] == "a: mood q2"


@pytest.mark.parametrize("kind", list(QuestionKind))
def test_every_kind_of_question_is_added_opened_saved_and_seen(doctor, builder, kind):
    page = doctor.follow(press(doctor, builder, "add-question b", "", {"kind.b": kind.value}))
    assert page.status == 200
    added = builder.question("question_1")
    assert added.kind is kind
    doctor.submit(page, edit(builder), {"do": "save", "f.text": "What?"})
    assert replace(builder.question("question_1"), text="", choices=[], rows=[]) == replace(
        added, choices=[], rows=[]
    )


@pytest.mark.parametrize("key", [key for key in shipped() if key.endswith("_en")])
def test_what_a_form_holds_stands_in_its_fields_and_comes_back_the_same(doctor, house, key):
    """Opening and saving changes nothing, for every part of every form that ships."""
    document = shipped()[key]
    builder = serve(house, document)
    for section in document.sections:
        press(doctor, builder, "save", f"section.{section.id}")
        for question in section.questions:
            press(doctor, builder, "save", f"question.{question.id}")
    press(doctor, builder, "save", "form")
    if document.scoring:
        press(doctor, builder, "save", "score.0")
    assert builder.document == document


def test_choices_are_written_row_by_row(doctor, builder):
    page = doctor.open(f"{edit(builder)}?open=question.mood")
    fields = {"f.choices.2.text": "In between", "f.choices.2.score": "1", "f.choices.0.text": ""}
    doctor.submit(page, edit(builder), {"do": "row-add choices"} | fields)
    assert builder.question("mood").choices == [
        Choice(code="low", text="Low", score=3),
        Choice(code="choice_1", text="In between", score=1),
    ]
    press(doctor, builder, "row-up choices 1", "question.mood")
    assert [one.code for one in builder.question("mood").choices] == ["choice_1", "low"]
    answer = press(doctor, builder, "row-remove choices 0", "question.mood")
    assert [one.code for one in builder.question("mood").choices] == ["low"]
    assert went_to(answer)[0] == "question.mood"


def test_a_condition_is_made_of_choices(doctor, builder):
    opened = doctor.follow(press(doctor, builder, "condition-row shown_when", "section.b"))
    chosen = doctor.submit(
        opened, edit(builder), {"do": "refresh shown_when.0", "f.shown_when.0.item": "mood"}
    )
    page = doctor.follow(chosen)
    assert "Low" in page.html
    doctor.submit(page, edit(builder), {"do": "save", "f.shown_when.0.value.low": "yes"})
    looked = Condition(operator=ConditionOperator.IS, item="mood", values=["low"])
    assert builder.document.sections[1].shown_when == looked
    both = press(doctor, builder, "save", "section.b", {"f.shown_when.0.value.well": "yes"})
    assert both.status == 303
    assert builder.document.sections[1].shown_when == Condition(
        operator=ConditionOperator.ANY_OF, item="mood", values=["well", "low"]
    )
    press(doctor, builder, "condition-remove shown_when.0", "section.b")
    assert builder.document.sections[1].shown_when is None


NESTED = Condition(
    operator=ConditionOperator.ALL,
    of=[
        Condition(operator=ConditionOperator.IS, item="mood", values=["low"]),
        Condition(
            operator=ConditionOperator.ANY,
            of=[
                Condition(operator=ConditionOperator.ANSWERED, item="q1"),
                Condition(operator=ConditionOperator.AT_LEAST, item="mood", values=[2]),
            ],
        ),
    ],
)


def test_conditions_within_conditions_come_back_the_same(doctor, house):
    section = replace(FORM.sections[1], shown_when=NESTED)
    document = replace(FORM, sections=[FORM.sections[0], section])
    builder = serve(house, document)
    press(doctor, builder, "save", "section.b")
    assert builder.document == document
    page = doctor.follow(press(doctor, builder, "condition-group shown_when", "section.b"))
    assert "f.shown_when.2.1.item" in page.html
    page = doctor.follow(press(doctor, builder, "condition-row shown_when.1", "section.b"))
    assert "f.shown_when.1.2.item" in page.html


def test_a_condition_on_what_is_gone_is_kept_and_named(doctor, house):
    gone = Condition(operator=ConditionOperator.ANSWERED, item="made_up")
    asked = replace(text("q3"), shown_when=gone)
    section = replace(FORM.sections[1], questions=[asked])
    builder = serve(house, replace(FORM, sections=[FORM.sections[0], section]))
    page = doctor.open(edit(builder))
    assert "no longer there" in page.html
    press(doctor, builder, "save", "question.q3")
    assert builder.question("q3").shown_when == gone


def test_a_score_and_an_alert_are_made(doctor, builder):
    fields = {
        "f.counts.mood": "1", "f.reversed.mood": "1", "f.method": "sum", "f.title": "",
        "f.bands.0.minimum": "0", "f.bands.0.maximum": "3", "f.bands.0.text": "all",
    }  # fmt: skip
    press(doctor, builder, "save", "score.0", fields)
    score = builder.document.scoring
    assert (score.questions, score.reversed, score.maximum) == (["mood"], ["mood"], 3)
    assert (score.method, score.bands) == (
        ScoreMethod.SUM,
        [Band(minimum=0, maximum=3, text="all")],
    )
    press(doctor, builder, "save", "score.1", {"f.title": "Part", "f.counts.mood": "1"})
    assert [one.title for one in builder.document.subscales] == ["Part"]
    press(doctor, builder, "refresh when.0", "alert.0", {"f.when.0.item": "mood"})
    press(doctor, builder, "save", "alert.0", {"f.when.0.value.low": "yes"})
    assert [one.when.values for one in builder.document.alerts] == [["low"]]
    assert builder.template().problems == {}
    for part in ("alert.0", "score.1", "score.0"):
        press(doctor, builder, f"remove {part}", part)
    assert builder.document == FORM
    press(doctor, builder, "save", "score.0")
    press(doctor, builder, "save", "alert.0")
    assert builder.document == FORM, "what was only begun is nothing yet"


def test_a_calculation_is_made_of_answers_and_numbers(doctor, builder):
    added = press(doctor, builder, "add-question b", "", {"kind.b": "calculated"})
    fields = {
        "f.text": "Twice", "f.calculation.operator": "product", "f.calculation.0.item": "mood",
        "f.calculation.1.number": "2", "f.decimals": "1",
    }  # fmt: skip
    doctor.submit(doctor.follow(added), edit(builder), {"do": "save"} | fields)
    asked = builder.question("question_1")
    assert (asked.calculation.operator.value, asked.calculation.of) == ("product", ["mood", 2])
    press(doctor, builder, "save", "question.question_1")
    assert builder.question("question_1") == asked


def test_another_kind_keeps_the_words(doctor, builder):
    answer = press(doctor, builder, "kind", "question.mood", {"kind": "choices", "f.text": "So?"})
    asked = builder.question("mood")
    assert (asked.kind.value, asked.text, len(asked.choices)) == ("choices", "So?", 2)
    assert went_to(answer)[0] == "question.mood"


# --- what is refused, and what stands in the way -----------------------------------------


@pytest.mark.parametrize(
    ("field", "typed"),
    [("f.max_length", "many"), ("f.max_length", "1,000"), ("f.text", "x" * 6_000)],
)
def test_what_cannot_be_read_comes_back_at_its_field(doctor, builder, field, typed):
    page = press(doctor, builder, "save", "question.q1", {"f.help": "Typed too", field: typed})
    assert page.status == 422
    assert f'id="error-{field}"' in page.html
    fields = page.form(edit(builder)).fields
    assert (fields[field], fields["f.help"], fields["open"]) == (typed, "Typed too", "question.q1")
    assert builder.document == FORM


def test_a_form_may_be_incomplete_and_says_what_is_missing(doctor, house):
    builder = serve(house, blank("en"))
    page = doctor.open(edit(builder))
    for sentence in ("Give it a title.", "Add a question to this section."):
        assert sentence in page.html
    assert "Not finished" in page.html


def test_what_the_service_refuses_is_said_and_what_was_typed_stays(doctor, house, builder):
    house.services.answers["forms.edit_template"] = Invalid(
        "edit_invalid", fields={"form": "form_too_large"}
    )
    page = press(doctor, builder, "save", "question.q1", {"f.text": "Mine"})
    assert page.status == 422
    assert "The form is too large." in page.html
    assert page.form(edit(builder)).fields["f.text"] == "Mine"


def test_a_change_elsewhere_is_met_with_a_choice(doctor, builder):
    page = doctor.open(f"{edit(builder)}?open=question.q1")
    theirs = replace(FORM.sections[0], questions=[replace(text("q1"), text="Theirs"), MOOD])
    builder.hold(replace(FORM, sections=[theirs, FORM.sections[1]]))
    answer = doctor.submit(page, edit(builder), {"do": "down question.q1", "f.text": "Mine"})
    assert answer.status == 409
    assert builder.question("q1").text == "Theirs"
    assert answer.form(edit(builder)).fields["f.text"] == "Mine"
    assert "Theirs" in answer.html
    assert f"{edit(builder)}?open=question.q1" in answer.links
    doctor.submit(answer, edit(builder), {"do": "save"})
    assert builder.question("q1").text == "Mine"


def test_what_was_typed_into_a_part_that_is_gone_is_shown(doctor, builder):
    page = doctor.open(f"{edit(builder)}?open=question.q3")
    builder.hold(replace(FORM, sections=[FORM.sections[0]]))
    answer = doctor.submit(page, edit(builder), {"do": "save", "f.text": "Long thoughts"})
    assert answer.status == 409
    assert "Long thoughts" in answer.html


def test_a_press_that_came_too_late_does_nothing(doctor, builder):
    page = doctor.open(edit(builder))
    builder.hold(replace(FORM, title="Theirs"))
    for do in ("remove question.q1", "undo"):
        answer = doctor.submit(page, edit(builder), {"do": do})
        assert answer.status == 409
        assert "press again" in answer.html
    assert builder.shape() == ["a: q1 mood q2", "b: q3"]


def test_the_last_change_is_undone(doctor, builder):
    press(doctor, builder, "remove section.a")
    answer = press(doctor, builder, "undo")
    assert builder.document == FORM
    assert "The last change is undone" in doctor.follow(answer).html


def test_what_is_typed_is_the_last_change_and_comes_back_by_undo(doctor, builder):
    press(doctor, builder, "remove section.b")
    answer = press(doctor, builder, "undo", "question.q1", {"f.text": "A long thought"})
    assert answer.status == 303
    assert builder.question("q1").text == "q1"
    assert builder.shape() == ["a: q1 mood q2"]
    press(doctor, builder, "undo")
    assert builder.question("q1").text == "A long thought"


def test_undo_with_a_part_open_that_stayed_as_it_was_takes_back_the_change_before(doctor, builder):
    press(doctor, builder, "remove section.b")
    press(doctor, builder, "undo", "question.q1")
    assert builder.document == FORM


def test_a_press_that_comes_twice_does_not_say_that_nothing_is_saved(doctor, builder):
    page = doctor.open(f"{edit(builder)}?open=question.q1")
    typed = {"do": "save", "f.text": "Mine"}
    doctor.submit(page, edit(builder), typed)
    answer = doctor.submit(page, edit(builder), typed)
    assert builder.question("q1").text == "Mine"
    assert "Nothing of it is saved yet" not in answer.html
    assert "somebody else" not in answer.html


def test_the_preview_shows_what_is_typed_and_saves_nothing(doctor, builder):
    page = doctor.open(f"{edit(builder)}?open=question.q1")
    fields = page.form(edit(builder)).fields | {"f.text": "Typed <just> now", "do": "save"}
    shown = doctor.post(f"{edit(builder)}/preview", fields)
    assert "Typed &lt;just&gt; now" in shown.html
    assert "<html" not in shown.html
    assert builder.document == FORM


def test_an_address_that_opens_nothing_shows_the_list(doctor, builder):
    for made_up in ("question.made_up", "score.99", "score.x", "x", "form.x", "alert."):
        page = doctor.open(f"{edit(builder)}?open={made_up}")
        assert page.status == 200
        assert page.form(edit(builder)).fields["open"] == ""


# --- beginning, trying, publishing ---------------------------------------------------------------


def test_a_form_begins_blank_or_from_another(house, doctor, builder):
    house.services.answers |= {
        "forms.list_templates": Templates(items=[builder.template().row]),
        "forms.list_library": Library(
            items=[LibraryForm(key="gad7_en", document=FORM, added=True)]
        ),
    }
    page = doctor.open(f"/console/forms/templates/new?begin=template%20{builder.id}")
    action = "/console/forms/templates/new"
    assert page.form(action).fields["begin"] == f"template {builder.id}"
    refused = doctor.submit(page, action, {"title": ""})
    assert refused.status == 422
    assert "Give the form a title." in refused.html
    for begin in ("", "library gad7_en", f"template {builder.id}"):
        answer = doctor.submit(doctor.open(action), action, {"title": "New", "begin": begin})
        assert answer.headers["location"] == edit(builder)
    asked = [one.arguments for one in house.services.calls("forms.start_template")]
    assert [(one.library_key, one.template_id) for one in asked] == [
        ("", None), ("gad7_en", None), ("", builder.id),
    ]  # fmt: skip


def test_publishing_shows_what_changes_and_for_whom(house, doctor):
    newest = replace(FORM, sections=[FORM.sections[0]])
    builder = serve(house, FORM, published=newest)
    path = f"{builder.path}/publish"
    page = doctor.open(path)
    for said in ("Second", "version 2", "2 forms that wait for clients stay"):
        assert said in page.html
    builder.hold(replace(FORM, title="Theirs"))
    late = doctor.submit(page, path)
    assert late.status == 409
    assert "It was not published." in late.html
    assert doctor.submit(late, path).headers["location"] == builder.path
    assert builder.published == builder.document


def test_what_is_not_finished_is_named_with_the_way_there(house, doctor):
    unfinished = replace(FORM.sections[1], questions=[replace(text("q3"), text="")])
    builder = serve(house, replace(FORM, sections=[FORM.sections[0], unfinished]))
    page = doctor.open(f"{builder.path}/publish")
    assert f"{edit(builder)}?open=question.q3#at-question.q3" in page.links
    assert not [one for one in page.forms if one.action == f"{builder.path}/publish"]


def test_a_form_is_tried_with_what_would_become_of_it(house, doctor, builder):
    def tried(command, _actor):
        assert set(command.typed) <= {"q1", "q2", "q3", "mood"}
        return TriedTemplate(
            document=FORM, answers={}, refused={}, problems={"q2": "required"},
            scores=[Score(total=3, maximum=3, band="high")], alerts=["mood"], hidden=["q3"],
        )  # fmt: skip

    house.services.answers["forms.try_template"] = tried
    path = f"{builder.path}/try"
    page = doctor.open(path)
    assert "What would become" not in page.html
    answer = doctor.submit(page, path, {"q_q1": "Typed"})
    for said in ("one answer is missing", "3 of 3, high", "How are you?"):
        assert said in answer.html
    assert answer.form(path).fields["q_q1"] == "Typed"
    assert "q_q3" not in answer.form(path).fields


def test_an_unfinished_form_is_not_tried(house, doctor, builder):
    house.services.answers["forms.try_template"] = Invalid("document_invalid", fields={"x": "y"})
    page = doctor.open(f"{builder.path}/try")
    assert page.status == 200
    assert "not finished yet" in page.html


def test_an_assistant_changes_no_form(house, builder):
    desk = house.as_practitioner(house.assistant())
    for path in ("edit", "try", "publish"):
        assert desk.open(f"{builder.path}/{path}").status == 403
    assert desk.open("/console/forms/templates/new").status == 403
    assert desk.post(edit(builder), {"do": "remove section.a"}).status == 403
    assert builder.document == FORM


def test_a_form_says_where_it_is_used(house, doctor, builder):
    sends = made_service()
    fields = replace(sends.fields, title="First session", form_template_ids=[builder.id])
    house.services.answers["scheduling.list_services"] = Services(
        items=[sends, replace(sends, id=uuid4(), fields=fields)]
    )
    page = doctor.open(builder.path)
    assert "2 forms wait for clients." in page.html
    assert "First session" in page.html
    assert len([link for link in page.links if link.startswith("/console/services/")]) == 1
    house.services.down = {"scheduling"}
    assert doctor.open(builder.path).status == 200
