"""Answers: any of them is taken or told why not; progress, scores and alerts follow from them."""

import itertools
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forms.domain.answers import check_answers, merged, read_section
from forms.domain.asking import asked
from forms.domain.documents import check_document
from forms.domain.problems import percent, problems
from forms.domain.scoring import alerts, same_scale, score
from forms.operations.templates import shipped
from portal_contracts.field_codes import FIELD_CODES
from portal_contracts.forms.rpc.conditions import Calculation, CalculationOperator
from portal_contracts.forms.rpc.questions import (
    AlertRule,
    Band,
    Choice,
    FormDocument,
    Question,
    QuestionKind,
    Row,
    Score,
    Scoring,
    Section,
)

CHOICES = [
    Choice(code="a", text="A"),
    Choice(code="b", text="B"),
    Choice(code="none", text="None", alone=True),
]
OTHER = [*CHOICES[:2], Choice(code="other", text="Other", other=True)]
SAID = {
    QuestionKind.CHOICE: {"choices": OTHER},
    QuestionKind.CHOICES: {"choices": CHOICES},
    QuestionKind.SCALE: {"minimum": 0, "maximum": 5},
    QuestionKind.MATRIX: {
        "choices": CHOICES[:2],
        "rows": [Row(code="x", text="X"), Row(code="y", text="Y")],
    },
    QuestionKind.CALCULATED: {
        "calculation": Calculation(operator=CalculationOperator.SUM, of=["number", 1])
    },
}
EVERY_KIND = FormDocument(
    title="Every kind",
    sections=[
        Section(
            id="s",
            title="S",
            questions=[
                Question(id=kind.value, kind=kind, text="?", **SAID.get(kind, {}))
                for kind in QuestionKind
            ],
        )
    ],
)
TODAY = date(2026, 12, 1)
KINDS = [kind.value for kind in QuestionKind]
CODES = set(FIELD_CODES["answers_invalid"])
UNREADABLE = {"number_unreadable", "number_not_whole", "date_unreadable", "time_unreadable"}
PROBLEMS = set(FIELD_CODES["form_incomplete"])

anything = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters(codec=None))
    | st.sampled_from(["a", "b", "none", "2026-02-28", "2026-02-30", "20260228"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=2),
    max_leaves=4,
)


@settings(max_examples=100, deadline=None)
@given(st.dictionaries(st.sampled_from([*KINDS, "", "unknown"]), anything, max_size=6))
def test_any_json_is_taken_or_told_why_not(answers):
    refused = check_answers(EVERY_KIND, answers)
    assert set(refused.values()) <= CODES
    assert set(refused) <= set(answers)
    taken = merged(
        EVERY_KIND, {}, {name: one for name, one in answers.items() if name not in refused}
    )
    assert check_answers(EVERY_KIND, taken) == {}
    assert merged(EVERY_KIND, taken, taken) == taken
    form = asked(EVERY_KIND, taken, TODAY)
    wrong = problems(form)
    assert set(wrong.values()) <= PROBLEMS
    assert (percent(form) == 100) == (wrong == {})


PARTS = ["choice.other", "matrix.x", "matrix.y", "address.city", "choices.a", "choices.none"]
FIELDS = [*KINDS, *PARTS, "date.day", "date.month", "date.year", "unknown"]
typed = st.text(max_size=6) | st.sampled_from(["yes", "no", "a", "3", "1,5", "2", "2026", "1e3"])


@settings(max_examples=100, deadline=None)
@given(st.dictionaries(st.sampled_from(FIELDS), typed, max_size=8))
def test_whatever_is_typed_is_read_or_told_why_not(fields):
    read = read_section(EVERY_KIND, EVERY_KIND.sections[0], fields)
    assert set(read.refused.values()) <= CODES | UNREADABLE
    assert read.answers.keys() | read.refused.keys() == {*KINDS} - {"info", "heading", "calculated"}
    assert check_answers(EVERY_KIND, read.answers) == {}


def test_a_field_that_ends_in_a_point_is_no_question_s():
    read = read_section(EVERY_KIND, EVERY_KIND.sections[0], {"text": "mine", "text.": "theirs"})
    assert read.answers["text"] == "mine"


@pytest.mark.parametrize(
    ("question", "answer", "code"),
    [
        ("text", "x" * 20_001, "too_long"),
        ("number", True, "wrong_type"),
        ("number", float("nan"), "wrong_type"),
        ("number", float("inf"), "wrong_type"),
        pytest.param("number", 10**400, "wrong_type", id="a number of 400 digits"),
        ("scale", "3", "wrong_type"),
        ("date", "20260228", "not_a_date"),
        ("date", "٢٠٢٦-٠٢-٢٨", "not_a_date"),
        ("yes_no", 1, "wrong_type"),
        ("choice", "c", "unknown_choice"),
        ("choices", "a", "wrong_type"),
        ("choices", ["a", "c"], "unknown_choice"),
        ("choices", ["none", "a"], "alone"),
        ("choice", {"other": "x", "a": "y"}, "wrong_type"),
        ("choice", {"a": "x"}, "unknown_choice"),
        ("choice", {"other": 1}, "wrong_type"),
        ("time", "24:00", "not_a_time"),
        ("matrix", ["a"], "wrong_type"),
        ("matrix", {"z": "a"}, "unknown_row"),
        ("matrix", {"x": "c"}, "unknown_choice"),
        ("address", {"planet": "Earth"}, "wrong_type"),
        ("address", "Hauptstr. 1", "wrong_type"),
        ("email", ["a"], "wrong_type"),
        ("info", "read", "unknown_question"),
        ("heading", "read", "unknown_question"),
        ("calculated", 3, "unknown_question"),
    ],
)
def test_what_can_be_no_answer_is_refused(question, answer, code):
    assert check_answers(EVERY_KIND, {question: answer}) == {question: code}


@pytest.mark.parametrize(
    ("question", "answer", "code"),
    [
        ("scale", -1, "too_small"),
        ("scale", 6, "too_large"),
        ("scale", 2.5, "not_whole"),
        ("consent", False, "must_be_agreed"),
        ("email", "nobody", "email_invalid"),
        ("phone", "call me", "phone_invalid"),
        ("phone", "1234", "phone_invalid"),
        ("choice", {"other": ""}, "other_missing"),
        ("matrix", {"x": "a"}, "row_missing"),
        ("address", {"city": "Berlin"}, "address_incomplete"),
    ],
)
def test_what_is_out_of_bounds_is_a_problem_and_no_refusal(question, answer, code):
    assert check_answers(EVERY_KIND, {question: answer}) == {}
    assert problems(asked(EVERY_KIND, {question: answer}, TODAY))[question] == code


def test_a_line_break_is_one_character_however_it_was_sent():
    long_text = "x\r\n" * 9_999 + "xy"
    assert check_answers(EVERY_KIND, {"long_text": long_text}) == {}
    assert merged(EVERY_KIND, {}, {"long_text": long_text}) == {"long_text": "x\n" * 9_999 + "xy"}


def test_percent_counts_required_questions_rightly_answered():
    gad = shipped()["gad7_en"]
    answers, seen = {}, []
    for number in range(1, 8):
        seen.append(percent(asked(gad, answers, TODAY)))
        answers[f"gad{number}"] = "not_at_all"
    assert [*seen, percent(asked(gad, answers, TODAY))] == [0, 14, 28, 42, 57, 71, 85, 100]


PHQ = shipped()["phq9_en"]
STEPS = ["not_at_all", "several_days", "more_than_half", "nearly_every_day"]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from([*range(4), None]), min_size=9, max_size=9))
def test_the_phq9_is_the_sum_of_its_items_and_never_of_fewer(items):
    answers = {
        f"phq{number}": STEPS[item]
        for number, item in enumerate(items, start=1)
        if item is not None
    }
    form = asked(PHQ, answers, TODAY)
    found = score(form)
    if None in items:
        assert found is None
    else:
        total = sum(items)
        assert found == Score(total=total, maximum=27, band=found.band)
        floors = [(20, "severe"), (15, "moderately severe"), (10, "moderate"), (5, "mild")]
        assert found.band == next((name for low, name in floors if total >= low), "minimal")
    assert alerts(form) == (["phq9"] if items[8] else [])


def test_a_scale_scores_the_number_chosen():
    pain = Question(id="pain", kind=QuestionKind.SCALE, text="?", minimum=0, maximum=10)
    document = FormDocument(
        title="Pain",
        sections=[Section(id="s", title="S", questions=[pain])],
        scoring=Scoring(
            questions=["pain"], maximum=10, bands=[Band(minimum=0, maximum=10, text="any")]
        ),
        alerts=[AlertRule(question="pain", above=7)],
    )
    assert check_document(document) == {}
    for answer, total, alarming in ((7, 7, []), (8, 8, ["pain"]), (11, None, []), (True, None, [])):
        form = asked(document, {"pain": answer}, TODAY)
        found = score(form)
        assert (found and found.total, alerts(form)) == (total, alarming)


def test_only_scores_of_the_same_scale_stand_in_one_line():
    documents = shipped()
    same = [
        pair
        for pair in itertools.combinations(sorted(documents), 2)
        if same_scale(documents[pair[0]].scoring, documents[pair[1]].scoring)
    ]
    assert same == [(f"{key}_de", f"{key}_en") for key in ("gad2", "gad7", "phq15", "phq2", "phq9")]


def test_a_form_without_scoring_has_no_score():
    form = asked(EVERY_KIND, {}, TODAY)
    assert score(form) is None
    assert alerts(form) == []
