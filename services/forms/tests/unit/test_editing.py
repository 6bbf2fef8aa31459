"""A form is changed act by act: what each act makes of a document."""

from functools import reduce

import msgspec
import pytest

from forms.domain.documents import check_document
from forms.domain.editing import apply, blank, ids_of
from forms.domain.question_kinds import KINDS
from forms.domain.template_changes import changes, open_problems
from forms.operations.templates import shipped
from portal_contracts.errors import Invalid
from portal_contracts.forms.rpc.editing import (
    AddQuestion,
    AddSection,
    ChangeAlerts,
    ChangeForm,
    ChangeQuestion,
    ChangeScoring,
    ChangeSection,
    CopyQuestion,
    MoveQuestion,
    MoveSection,
    RemoveQuestion,
    RemoveSection,
)
from portal_contracts.forms.rpc.questions import (
    MOST_QUESTIONS,
    MOST_SECTIONS,
    AlertRule,
    FormDocument,
    Question,
    QuestionKind,
    Section,
)
from portal_contracts.forms.rpc.reviewing import FormPart, Happened


def form(*sections):
    """Sections by the ids of their questions, like ``a: q1 q2``."""
    made = []
    for line in sections:
        section, _, questions = line.partition(":")
        asked = [Question(id=one, kind=QuestionKind.TEXT, text=one) for one in questions.split()]
        made.append(Section(id=section, title=section, questions=asked))
    return FormDocument(title="Mine", sections=made)


def shape(document):
    return [f"{one.id}: {' '.join(each.id for each in one.questions)}" for one in document.sections]


TWO = form("a: q1 q2 q3", "b: q4")


@pytest.mark.parametrize(
    ("act", "becomes"),
    [
        (AddSection(title="New"), ["a: q1 q2 q3", "b: q4", "section_1: "]),
        (AddSection(at=0), ["section_1: ", "a: q1 q2 q3", "b: q4"]),
        (AddSection(at=1), ["a: q1 q2 q3", "section_1: ", "b: q4"]),
        (MoveSection(section="b", to=0), ["b: q4", "a: q1 q2 q3"]),
        (MoveSection(section="a", to=9), ["b: q4", "a: q1 q2 q3"]),
        (RemoveSection(section="a"), ["b: q4"]),
        (
            AddQuestion(section="b", kind=QuestionKind.DATE),
            ["a: q1 q2 q3", "b: q4 question_1"],
        ),
        (
            AddQuestion(section="a", kind=QuestionKind.DATE, at=1),
            ["a: q1 question_1 q2 q3", "b: q4"],
        ),
        (MoveQuestion(question="q1", section="a", to=1), ["a: q2 q1 q3", "b: q4"]),
        (MoveQuestion(question="q3", section="a", to=0), ["a: q3 q1 q2", "b: q4"]),
        (MoveQuestion(question="q3", section="b", to=0), ["a: q1 q2", "b: q3 q4"]),
        (MoveQuestion(question="q4", section="a", to=99), ["a: q1 q2 q3 q4", "b: "]),
        (CopyQuestion(question="q1"), ["a: q1 question_1 q2 q3", "b: q4"]),
        (RemoveQuestion(question="q2"), ["a: q1 q3", "b: q4"]),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, msgspec.Struct) else None,
)
def test_an_act_changes_where_things_stand(act, becomes):
    assert shape(apply(TWO, act)) == becomes


def test_an_act_changes_what_a_part_says_and_nothing_else():
    asked = Question(id="q4", kind=QuestionKind.DATE, text="Since when?")
    changed = reduce(
        apply,
        (
            ChangeForm(title="Yours", language="de", minutes=7, intro="Hello."),
            ChangeSection(section="b", title="B!", text="Why."),
            ChangeQuestion(question=asked),
            ChangeAlerts(alerts=[AlertRule(question="q4", above=0)]),
        ),
        TWO,
    )
    assert (changed.title, changed.language, changed.minutes, changed.intro) == (
        "Yours", "de", 7, "Hello.",
    )  # fmt: skip
    assert (changed.sections[1].title, changed.sections[1].text) == ("B!", "Why.")
    assert changed.sections[1].questions == [asked]
    assert changed.sections[0] == TWO.sections[0]
    assert [one.question for one in changed.alerts] == ["q4"]
    assert apply(shipped()["gad7_en"], ChangeScoring(scoring=None)).scoring is None


def test_an_id_is_never_given_twice_in_a_forms_life():
    """An answer to a question that is gone is not taken for one to a later question."""
    once = apply(TWO, AddQuestion(section="b", kind=QuestionKind.TEXT))
    gone = apply(once, RemoveQuestion(question="question_1"))
    again = apply(gone, AddQuestion(section="b", kind=QuestionKind.TEXT), {"question_1"})
    assert shape(again)[1] == "b: q4 question_2"
    copied = apply(once, CopyQuestion(question="question_1"))
    assert len(set(ids_of(copied))) == len(ids_of(copied))


@pytest.mark.parametrize(
    ("act", "wrong"),
    [
        (RemoveSection(section="made_up"), {"section": "part_gone"}),
        (AddQuestion(section="made_up", kind=QuestionKind.TEXT), {"section": "part_gone"}),
        (MoveQuestion(question="q1", section="made_up", to=0), {"section": "part_gone"}),
        (RemoveQuestion(question="a"), {"question": "part_gone"}),
        (CopyQuestion(question="made_up"), {"question": "part_gone"}),
    ],
)
def test_an_act_on_what_is_not_there_is_refused(act, wrong):
    with pytest.raises(Invalid) as refused:
        apply(TWO, act)
    assert (refused.value.code, refused.value.fields) == ("edit_invalid", wrong)


def test_a_form_holds_no_more_than_it_may():
    full = form(*(f"s{number}:" for number in range(MOST_SECTIONS)))
    with pytest.raises(Invalid):
        apply(full, AddSection())
    many = form("s: " + " ".join(f"q{number}" for number in range(MOST_QUESTIONS)))
    for act in (AddQuestion(section="s", kind=QuestionKind.TEXT), CopyQuestion(question="q1")):
        with pytest.raises(Invalid):
            apply(many, act)


@pytest.mark.parametrize("kind", list(KINDS))
def test_a_new_question_of_every_kind_lacks_nothing_but_words(kind):
    document = apply(form("s: q"), AddQuestion(section="s", kind=kind))
    added = document.sections[0].questions[1]
    assert added.kind is kind
    wrong = set(check_document(document).values())
    assert wrong <= {"required"}


def test_a_blank_form_names_what_it_waits_for():
    assert open_problems(check_document(blank("de"))) == {
        "title": "required",
        "sections.0.questions": "required",
        "sections.0.title": "required",
    }


def test_a_question_that_is_worded_otherwise_has_a_published_code_no_longer():
    document = shipped()["gad7_en"]
    asked = next(one for one in document.sections[0].questions if one.loinc)

    def saved(**changed):
        question = msgspec.structs.replace(asked, **changed)
        after = apply(document, ChangeQuestion(question=question))
        return next(one for one in after.sections[0].questions if one.id == asked.id)

    assert saved(help="Think of each day.").loinc == asked.loinc
    assert saved(text="Do you worry?").loinc == ""
    assert saved(choices=asked.choices[:2]).loinc == ""


# --- what publishing changes -------------------------------------------------------------


def told(former, document):
    return [(one.part.value, one.happened.value, one.id) for one in changes(former, document)]


def test_what_is_the_same_is_not_told():
    for document in shipped().values():
        assert changes(document, document) == []


@pytest.mark.parametrize(
    ("act", "differs"),
    [
        (RemoveQuestion(question="q2"), [("question", "removed", "q2")]),
        (MoveQuestion(question="q3", section="a", to=0), [("question", "moved", "q3")]),
        (MoveQuestion(question="q1", section="b", to=0), [("question", "moved", "q1")]),
        (
            AddQuestion(section="a", kind=QuestionKind.TEXT, at=0),
            [("question", "added", "question_1")],
        ),
        (ChangeSection(section="b", title="B!"), [("section", "changed", "b")]),
        (
            RemoveSection(section="b"),
            [("section", "removed", "b"), ("question", "removed", "q4")],
        ),
        (ChangeForm(title="Yours", language="en", minutes=5), [("form", "changed", "")]),
        (ChangeAlerts(alerts=[AlertRule(question="q1", above=0)]), [("alerts", "added", "")]),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, msgspec.Struct) else None,
)
def test_one_act_is_told_as_one_change(act, differs):
    assert told(TWO, apply(TWO, act)) == differs


def test_a_change_names_the_members_that_are_others():
    asked = msgspec.structs.replace(TWO.sections[0].questions[0], help="Why.", required=False)
    (change,) = changes(TWO, apply(TWO, ChangeQuestion(question=asked)))
    assert (change.part, change.happened) == (FormPart.QUESTION, Happened.CHANGED)
    assert change.members == ["help", "required"]


def test_of_a_form_that_was_never_published_everything_is_new():
    assert told(None, TWO) == [
        ("section", "added", "a"), ("section", "added", "b"), ("question", "added", "q1"),
        ("question", "added", "q2"), ("question", "added", "q3"), ("question", "added", "q4"),
    ]  # fmt: skip
