"""A document holds together, or is told everything that is wrong with it."""

import re

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forms.domain.documents import check_document
from forms.operations.templates import shipped
from portal_contracts.forms.rpc.questions import (
    AlertRule,
    Band,
    Choice,
    FormDocument,
    Question,
    QuestionKind,
    Scoring,
    Section,
)

A, B = Choice(code="a", text="A", score=0), Choice(code="b", text="B", score=3)


def document(*questions, **changes):
    questions = questions or (question(),)
    section = Section(id="s", title="S", questions=list(questions))
    return FormDocument(**({"title": "Mine", "sections": [section]} | changes))


def question(kind=QuestionKind.TEXT, **changes):
    return Question(**({"id": "q", "kind": kind, "text": "What?"} | changes))


def scored(**changes):
    values = {"questions": ["q"], "maximum": 3, "bands": [Band(minimum=0, maximum=3, text="all")]}
    return Scoring(**(values | changes))


CHOICE = question(QuestionKind.CHOICE, choices=[A, B])
Q = "sections.0.questions.0"


@pytest.mark.parametrize("key", list(shipped()))
def test_every_form_that_ships_is_sound(key):
    assert check_document(shipped()[key]) == {}


@pytest.mark.parametrize(
    ("english", "german"),
    [("intake_en", "intake_de"), ("phq9_en", "phq9_de"), ("gad7_en", "gad7_de")],
)
def test_both_languages_of_a_form_ask_for_the_same(english, german):
    def shape(document):
        return [
            (section.id, one.id, one.kind, one.required, [(c.code, c.score) for c in one.choices])
            for section in document.sections
            for one in section.questions
        ]

    assert shape(shipped()[english]) == shape(shipped()[german])
    assert shipped()[german].language == "de"
    assert all(len(section.questions) <= 7 for section in shipped()[english].sections)


def test_the_published_scales_have_their_published_bands():
    bands = {
        key: [(band.minimum, band.maximum) for band in shipped()[key].scoring.bands]
        for key in ("phq9_de", "gad7_de")
    }
    assert bands == {
        "phq9_de": [(0, 4), (5, 9), (10, 14), (15, 19), (20, 27)],
        "gad7_de": [(0, 4), (5, 9), (10, 14), (15, 21)],
    }
    assert shipped()["phq9_de"].alerts == [AlertRule(question="phq9", above=0)]


@pytest.mark.parametrize(
    ("wrong", "found"),
    [
        (document(title=" "), {"title": "required"}),
        (document(title="x" * 201), {"title": "too_long"}),
        (document(title="\u200b"), {"title": "required"}),
        (document(language="fr"), {"language": "unknown_language"}),
        (document(minutes=0), {"minutes": "out_of_range"}),
        (document(sections=[]), {"sections": "required"}),
        (document(question(QuestionKind.INFO)), {"sections": "too_few"}),
        (
            document(sections=[Section(id="s", title="S", questions=[])]),
            {"sections.0.questions": "required"},
        ),
        (document(question(id="Q 1")), {f"{Q}.id": "bad_id"}),
        (document(question(id="q\n")), {f"{Q}.id": "bad_id"}),
        (document(question(), question()), {"sections.0.questions.1.id": "not_unique"}),
        (document(question(text="")), {f"{Q}.text": "required"}),
        (document(question(choices=[A, B])), {f"{Q}.choices": "not_expected"}),
        (document(question(QuestionKind.CHOICE)), {f"{Q}.choices": "required"}),
        (document(question(QuestionKind.CHOICES, choices=[A])), {f"{Q}.choices": "too_few"}),
        (
            document(question(QuestionKind.CHOICES, choices=[A, A])),
            {f"{Q}.choices.1.code": "not_unique"},
        ),
        (
            document(
                question(QuestionKind.CHOICE, choices=[A, Choice(code="c", text="C", alone=True)])
            ),
            {f"{Q}.choices.1.alone": "not_expected"},
        ),
        (
            document(question(QuestionKind.SCALE)),
            {f"{Q}.minimum": "required", f"{Q}.maximum": "required"},
        ),
        (
            document(question(QuestionKind.SCALE, minimum=0, maximum=11)),
            {f"{Q}.maximum": "too_many"},
        ),
        (
            document(question(QuestionKind.SCALE, minimum=0.5, maximum=3)),
            {f"{Q}.minimum": "not_whole"},
        ),
        (
            document(question(QuestionKind.NUMBER, minimum=3, maximum=2)),
            {f"{Q}.maximum": "below_minimum"},
        ),
        (
            document(question(QuestionKind.NUMBER, minimum=float("inf"))),
            {f"{Q}.minimum": "not_a_number"},
        ),
        (document(question(minimum=1)), {f"{Q}.minimum": "not_expected"}),
        (document(question(max_length=0)), {f"{Q}.max_length": "out_of_range"}),
        (
            document(question(QuestionKind.DATE, max_length=5)),
            {f"{Q}.max_length": "not_expected"},
        ),
        (
            document(CHOICE, scoring=scored(questions=["x", "q", "q"])),
            {"scoring.questions.0": "unknown_question", "scoring.questions.2": "not_unique"},
        ),
        (document(scoring=scored()), {"scoring.questions.0": "no_score"}),
        (
            document(CHOICE, scoring=scored(maximum=4)),
            {"scoring.maximum": "wrong_maximum"},
        ),
        (document(CHOICE, scoring=scored(bands=[])), {"scoring.bands": "required"}),
        (
            document(CHOICE, scoring=scored(bands=[Band(minimum=0, maximum=2, text="low")])),
            {"scoring.bands": "has_gaps"},
        ),
        (
            document(
                CHOICE,
                scoring=scored(
                    bands=[
                        Band(minimum=1, maximum=1, text="low"),
                        Band(minimum=3, maximum=3, text="high"),
                    ]
                ),
            ),
            {"scoring.bands.0.minimum": "has_gaps", "scoring.bands.1.minimum": "has_gaps"},
        ),
        (
            document(alerts=[AlertRule(question="q", above=0), AlertRule(question="x", above=0)]),
            {"alerts.0.question": "no_score", "alerts.1.question": "unknown_question"},
        ),
    ],
)
def test_what_is_wrong_is_named_at_its_place(wrong, found):
    assert check_document(wrong) == found


TEXT = st.sampled_from(["", "a", "q", "Q", "a\x00", "x" * 201])
BOUND = st.none() | st.sampled_from([0, 1, 2.5, 10, 11, 1e300, float("inf"), float("nan")])
CHOICE_LISTS = st.lists(
    st.builds(
        Choice,
        code=TEXT,
        text=TEXT,
        score=st.none() | st.integers(-2_000, 2_000),
        alone=st.booleans(),
    ),
    max_size=3,
)
QUESTIONS = st.builds(
    Question,
    id=TEXT,
    kind=st.sampled_from(QuestionKind),
    text=TEXT,
    choices=CHOICE_LISTS,
    minimum=BOUND,
    maximum=BOUND,
    max_length=st.none() | st.integers(-1, 30_000),
)
BANDS = st.builds(Band, minimum=st.integers(0, 9), maximum=st.integers(0, 9), text=TEXT)
DOCUMENTS = st.builds(
    FormDocument,
    title=TEXT,
    minutes=st.integers(-1, 300),
    sections=st.lists(
        st.builds(Section, id=TEXT, title=TEXT, questions=st.lists(QUESTIONS, max_size=3)),
        max_size=2,
    ),
    scoring=st.none()
    | st.builds(
        Scoring,
        questions=st.lists(TEXT, max_size=3),
        bands=st.lists(BANDS, max_size=3),
        maximum=st.integers(0, 20),
    ),
    alerts=st.lists(st.builds(AlertRule, question=TEXT, above=st.integers(0, 3)), max_size=2),
)


@settings(max_examples=80, deadline=None)
@given(DOCUMENTS)
def test_any_document_is_sound_or_told_where_it_is_not(document):
    for place, code in check_document(document).items():
        assert re.fullmatch(r"[a-z_]+(\.[a-z_0-9]+)*", place)
        assert re.fullmatch(r"[a-z_]+", code)


def test_a_document_travels_as_json_and_comes_back_the_same():
    for one in shipped().values():
        assert msgspec.json.decode(msgspec.json.encode(one), type=FormDocument) == one
