"""What is asked follows from the answers, by the table that the page's scripts are held to too."""

from datetime import date

import pytest

from forms.domain.asking import asked
from forms.domain.documents import check_document
from forms.domain.problems import percent, problems
from forms.domain.scoring import alerts, score, subscales
from portal_contracts.forms.rpc.conditions import Condition, ConditionOperator
from portal_contracts.forms.rpc.questions import (
    AlertRule,
    Band,
    Choice,
    FormDocument,
    Question,
    QuestionKind,
    Row,
    ScoreMethod,
    Scoring,
    Section,
)
from tests.kit.asking import Case, cases

TODAY = date(2026, 12, 1)
CASES = cases()
DOCUMENTS = {case.document.title + case.name: case.document for case in CASES}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_what_is_asked_and_calculated(case: Case):
    form = asked(case.document, case.answers, case.today)
    assert form.hidden_in_order() == case.hidden
    assert form.required_now() == case.required
    assert form.calculated() == case.calculated
    assert not set(form.answers) & set(case.hidden)


def test_every_form_of_the_table_is_sound():
    assert all(check_document(document) == {} for document in DOCUMENTS.values())


OFTEN = [
    Choice(code="never", text="Never", score=0),
    Choice(code="some", text="Sometimes", score=1),
    Choice(code="often", text="Often", score=2),
]
ROWS = [Row(code=code, text=code) for code in ("sad", "tired", "glad")]
SCALES = FormDocument(
    title="Two scales",
    sections=[
        Section(
            id="s",
            title="S",
            questions=[
                Question(id="grid", kind=QuestionKind.MATRIX, text="?", choices=OFTEN, rows=ROWS),
                Question(id="step", kind=QuestionKind.SCALE, text="?", minimum=1, maximum=5),
                Question(
                    id="open",
                    kind=QuestionKind.YES_NO,
                    text="?",
                    required=False,
                    shown_when=Condition(
                        operator=ConditionOperator.AT_LEAST, item="burden", values=[1]
                    ),
                ),
            ],
        )
    ],
    scoring=Scoring(questions=["grid"], maximum=6, bands=[Band(minimum=0, maximum=6, text="any")]),
    subscales=[
        Scoring(
            id="burden",
            title="Burden",
            method=ScoreMethod.MEAN,
            questions=["grid.sad", "grid.tired", "grid.glad"],
            reversed=["grid.glad"],
            maximum=2,
            bands=[
                Band(minimum=0, maximum=0.99, text="low"),
                Band(minimum=1, maximum=2, text="high"),
            ],
        ),
        Scoring(
            id="ease", title="Ease", questions=["step"], reversed=["step"], maximum=5, bands=[]
        ),
    ],
    alerts=[
        AlertRule(
            when=Condition(
                operator=ConditionOperator.ANY,
                of=[
                    Condition(operator=ConditionOperator.AT_LEAST, item="burden", values=[1.5]),
                    Condition(operator=ConditionOperator.IS, item="grid.tired", values=["often"]),
                ],
            )
        )
    ],
)


def test_scores_of_parts_turn_reversed_items_round_and_a_mean_has_two_decimals():
    assert check_document(SCALES) == {}
    answers = {"grid": {"sad": "often", "tired": "some", "glad": "some"}, "step": 2}
    form = asked(SCALES, answers, TODAY)
    own = score(form)
    assert (own.total, own.band) == (4, "any")
    assert [(one.id, one.total, one.maximum, one.band) for one in subscales(form)] == [
        ("burden", 1.33, 2, "high"),
        ("ease", 4, 5, ""),
    ]
    assert form.hidden_in_order() == []


def test_no_score_is_told_while_a_row_lacks_an_answer():
    form = asked(SCALES, {"grid": {"sad": "often", "tired": "some"}}, TODAY)
    assert (score(form), subscales(form)) == (None, [])
    assert form.hidden_in_order() == ["open"]
    assert problems(form) == {"grid": "row_missing", "step": "required"}


def test_a_score_or_an_answer_asks_for_attention_and_each_is_named():
    heavy = {"sad": "often", "tired": "often", "glad": "never"}
    assert alerts(asked(SCALES, {"grid": heavy}, TODAY)) == ["burden", "grid"]
    assert alerts(asked(SCALES, {"grid": heavy | {"sad": "never"}}, TODAY)) == ["grid"]
    assert alerts(asked(SCALES, {"grid": heavy | {"tired": "some"}}, TODAY)) == ["burden"]
    assert alerts(asked(SCALES, {"grid": dict.fromkeys(heavy, "never")}, TODAY)) == []


def test_only_what_is_asked_keeps_a_form_from_being_sent_and_counts_as_progress():
    shown = Condition(operator=ConditionOperator.IS, item="more", values=[True])
    questions = [
        Question(id="more", kind=QuestionKind.YES_NO, text="?"),
        Question(id="what", kind=QuestionKind.TEXT, text="?", shown_when=shown),
        Question(
            id="agreed", kind=QuestionKind.CONSENT, text="?", required=False, required_when=shown
        ),
    ]
    document = FormDocument(
        title="More", sections=[Section(id="s", title="S", questions=questions)]
    )
    assert check_document(document) == {}

    def state(**answers):
        form = asked(document, answers, TODAY)
        return problems(form), percent(form)

    assert state() == ({"more": "required"}, 0)
    assert state(more=False, what="hidden") == ({}, 100)
    assert state(more=True) == ({"what": "required", "agreed": "must_be_agreed"}, 33)
    assert state(more=True, what="x", agreed=False) == ({"agreed": "must_be_agreed"}, 66)
    assert state(more=True, what="x", agreed=True) == ({}, 100)
