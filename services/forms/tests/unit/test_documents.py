"""A document holds together, or is told everything that is wrong with it."""

import itertools
import re
from datetime import date

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forms.domain.asking import asked
from forms.domain.documents import check_document
from forms.domain.order import cycle, needs
from forms.operations.templates import shipped
from portal_contracts.forms.rpc.conditions import (
    Calculation,
    CalculationOperator,
    Condition,
    ConditionOperator,
)
from portal_contracts.forms.rpc.questions import (
    AlertRule,
    Band,
    Choice,
    FormDocument,
    Question,
    QuestionKind,
    Row,
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
    [(f"{key}_en", f"{key}_de") for key in ("intake", "phq9", "gad7", "phq2", "gad2", "phq15")],
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
        for key in ("phq9_de", "gad7_de", "phq15_de", "phq2_de", "gad2_de")
    }
    assert bands == {
        "phq15_de": [(0, 4), (5, 9), (10, 14), (15, 30)],
        "phq2_de": [(0, 2), (3, 6)],
        "gad2_de": [(0, 2), (3, 6)],
        "phq9_de": [(0, 4), (5, 9), (10, 14), (15, 19), (20, 27)],
        "gad7_de": [(0, 4), (5, 9), (10, 14), (15, 21)],
    }
    codes = {
        question.id: question.loinc
        for section in shipped()["phq15_en"].sections
        for question in section.questions
    }
    assert len(set(codes.values())) == 15
    assert shipped()["phq15_en"].scoring.loinc == "70273-8"
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


def is_(item, *values, operator=ConditionOperator.IS):
    return Condition(operator=operator, item=item, values=list(values))


def every(*of):
    return Condition(operator=ConditionOperator.ALL, of=list(of))


def deep(levels):
    return is_("q", "a") if levels == 1 else every(deep(levels - 1))


def shown(condition, **changes):
    """A form whose second question is shown by a condition on the first."""
    return document(CHOICE, question(id="p", shown_when=condition, **changes))


def value(*of, operator=CalculationOperator.SUM):
    calculation = Calculation(operator=operator, of=list(of))
    return document(CHOICE, question(QuestionKind.CALCULATED, id="p", calculation=calculation))


P = "sections.0.questions.1"
WHEN = f"{P}.shown_when"
CALCULATION = f"{P}.calculation"
ROW = Row(code="x", text="X")
MATRIX = question(QuestionKind.MATRIX, choices=[A, B], rows=[ROW])


@pytest.mark.parametrize(
    ("wrong", "found"),
    [
        (shown(is_("q", "a")), {}),
        (shown(deep(5)), {}),
        (shown(deep(6)), {f"{WHEN}.of.0.of.0.of.0.of.0.of.0": "too_deep"}),
        (shown(is_("x", "a")), {f"{WHEN}.item": "unknown_question"}),
        (shown(Condition(operator=ConditionOperator.IS)), {f"{WHEN}.item": "required"}),
        (shown(is_("q", "z")), {f"{WHEN}.values.0": "unknown_choice"}),
        (shown(is_("q", 3)), {f"{WHEN}.values.0": "wrong_type"}),
        (shown(is_("q", "")), {f"{WHEN}.values.0": "required"}),
        (shown(is_("q")), {f"{WHEN}.values": "required"}),
        (shown(is_("q", "a", "b")), {f"{WHEN}.values": "too_many"}),
        (
            shown(is_("q", "a", operator=ConditionOperator.ANSWERED)),
            {f"{WHEN}.values": "not_expected"},
        ),
        (
            shown(is_("q", "a", operator=ConditionOperator.BEFORE)),
            {f"{WHEN}.operator": "does_not_fit"},
        ),
        (
            shown(is_("q", True, operator=ConditionOperator.AT_LEAST)),
            {f"{WHEN}.values.0": "wrong_type"},
        ),
        (shown(every()), {f"{WHEN}.of": "required"}),
        (
            shown(Condition(operator=ConditionOperator.ANY, item="q", of=[is_("q", "a")])),
            {f"{WHEN}.item": "not_expected"},
        ),
        (shown(every(*[is_("q", "a")] * 51)), {f"{WHEN}.of": "too_many"}),
        (
            document(
                question(QuestionKind.DATE), question(id="p", shown_when=is_("q", "2026-02-30"))
            ),
            {f"{WHEN}.values.0": "not_a_date"},
        ),
        (document(MATRIX, question(id="p", shown_when=is_("q.x", "b"))), {}),
        (
            document(MATRIX, question(id="p", shown_when=is_("q", "b"))),
            {f"{WHEN}.operator": "does_not_fit"},
        ),
        (
            document(question(required_when=is_("p", "x")), question(id="p")),
            {f"{Q}.required_when": "not_expected"},
        ),
        (shown(is_("p", operator=ConditionOperator.ANSWERED)), {P: "cycle"}),
        (
            document(
                question(id="a", shown_when=is_("b", operator=ConditionOperator.ANSWERED)),
                question(id="b", shown_when=is_("a", operator=ConditionOperator.ANSWERED)),
            ),
            {f"{Q}": "cycle", f"{P}": "cycle"},
        ),
        (value("q", 2, 0.5), {}),
        (value(), {f"{CALCULATION}.of": "too_few"}),
        (value("q", operator=CalculationOperator.QUOTIENT), {f"{CALCULATION}.of": "too_few"}),
        (value("x"), {f"{CALCULATION}.of.0": "unknown_question"}),
        (value("q", operator=CalculationOperator.AGE), {f"{CALCULATION}.of.0": "does_not_fit"}),
        (value("q", 10**400), {f"{CALCULATION}.of.1": "does_not_fit"}),
        (value("q", 1e16), {f"{CALCULATION}.of.1": "does_not_fit"}),
        (value("p"), {P: "cycle"}),
        (
            document(question(), question(QuestionKind.CALCULATED, id="p", decimals=7)),
            {CALCULATION: "required", f"{P}.decimals": "out_of_range"},
        ),
        (document(question(rows=[ROW])), {f"{Q}.rows": "not_expected"}),
        (
            document(question(QuestionKind.MATRIX)),
            {f"{Q}.rows": "required", f"{Q}.choices": "required"},
        ),
        (
            document(question(QuestionKind.MATRIX, choices=[A, B], rows=[ROW, ROW])),
            {f"{Q}.rows.1.code": "not_unique"},
        ),
        (
            document(
                question(
                    QuestionKind.CHOICE,
                    choices=[A, *(Choice(code=one, text=one, other=True) for one in "xy")],
                )
            ),
            {f"{Q}.choices.2.other": "not_unique"},
        ),
        (
            document(
                question(QuestionKind.CHOICES, choices=[A, Choice(code="c", text="C", other=True)])
            ),
            {f"{Q}.choices.1.other": "not_expected"},
        ),
        (
            document(CHOICE, subscales=[scored(id="part")]),
            {"subscales.0.title": "required"},
        ),
        (
            document(CHOICE, scoring=scored(), subscales=[scored(title="Again")]),
            {"subscales.0.id": "not_unique"},
        ),
        (
            document(CHOICE, scoring=scored(reversed=["x"])),
            {"scoring.reversed.0": "unknown_question"},
        ),
        (
            document(CHOICE, alerts=[AlertRule(when=is_("score", 3), question="q")]),
            {"alerts.0.when.item": "unknown_question", "alerts.0.question": "not_expected"},
        ),
        (document(CHOICE, alerts=[AlertRule()]), {"alerts.0.question": "required"}),
    ],
)
def test_what_is_wrong_with_conditions_and_values_is_named_at_its_place(wrong, found):
    assert check_document(wrong) == found


def test_a_circle_over_sections_and_scores_is_told_from_place_to_place():
    first = Section(id="one", title="One", questions=[CHOICE], shown_when=is_("more", True))
    more = question(
        QuestionKind.YES_NO,
        id="more",
        shown_when=is_("score", 1, operator=ConditionOperator.AT_LEAST),
    )
    second = Section(id="two", title="Two", questions=[more])
    round_trip = document(sections=[first, second], scoring=scored())
    circle = cycle(round_trip)
    assert circle[0] == circle[-1]
    assert set(circle) == {"sections.0", Q, "scoring", "sections.1.questions.0"}
    assert check_document(round_trip) == dict.fromkeys(circle, "cycle")
    needed = needs(round_trip)
    assert all(after in needed[place] for place, after in itertools.pairwise(circle))


def test_a_chain_of_all_questions_there_may_be_is_gone_through_from_either_end():
    for step in (-1, 1):
        questions = [
            question(
                QuestionKind.YES_NO,
                id=f"q{at}",
                shown_when=is_(f"q{at + step}", True) if 0 <= at + step < 300 else None,
            )
            for at in range(300)
        ]
        chained = document(*questions)
        assert check_document(chained) == {}
        answers = {f"q{at}": True for at in range(300)}
        assert not asked(chained, answers, date(2026, 12, 1)).hidden


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
CONDITIONS = st.recursive(
    st.builds(
        Condition,
        operator=st.sampled_from(ConditionOperator),
        item=st.none() | TEXT,
        values=st.lists(TEXT | st.integers() | st.booleans(), max_size=2),
    ),
    lambda inner: st.builds(
        Condition, operator=st.sampled_from(ConditionOperator), of=st.lists(inner, max_size=2)
    ),
    max_leaves=3,
)
CALCULATIONS = st.builds(
    Calculation,
    operator=st.sampled_from(CalculationOperator),
    of=st.lists(TEXT | st.integers(), max_size=3),
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
    shown_when=st.none() | CONDITIONS,
    calculation=st.none() | CALCULATIONS,
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
    asked(document, {"a": "q", "q": 1}, date(2026, 12, 1))


def test_a_document_travels_as_json_and_comes_back_the_same():
    for one in shipped().values():
        assert msgspec.json.decode(msgspec.json.encode(one), type=FormDocument) == one
