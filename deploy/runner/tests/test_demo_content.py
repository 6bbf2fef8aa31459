"""The demo practice reads like a real one: its forms fit, and scores follow a course."""

from __future__ import annotations

from datetime import date

import pytest

from forms.domain.answers import check_answers
from forms.domain.asking import Asked, asked
from forms.domain.documents import check_document
from forms.domain.problems import problems
from forms.domain.scoring import alerts, score
from forms.operations.templates import shipped
from portal_contracts.forms.rpc.questions import FormDocument, QuestionKind, Section
from portal_runner.demo import own_forms, people
from portal_runner.demo.paperwork import GAD7, INTAKE, LIBRARY, PHQ9, SHEETS

SENT_BACK = [sheet for sheet in SHEETS if sheet.answers and sheet.sent_back]
TODAY = date(2026, 5, 4)


def as_asked(sheet) -> Asked:
    """What was asked of whoever gave these answers."""
    return asked(shipped()[sheet.form], sheet.answers, TODAY)


@pytest.mark.parametrize("sheet", SENT_BACK, ids=lambda one: f"{one.person.fields.name}-{one.form}")
def test_answers_fit_their_questions(sheet):
    assert check_answers(shipped()[sheet.form], sheet.answers) == {}
    form = as_asked(sheet)
    assert problems(form) == {}
    assert form.answers.items() >= sheet.answers.items()


def test_no_two_clients_answer_in_the_same_words():
    written = [
        answer
        for sheet in SENT_BACK
        for section in shipped()[sheet.form].sections
        for question in section.questions
        if question.kind in {QuestionKind.LONG_TEXT, QuestionKind.SIGNATURE}
        and (answer := sheet.answers.get(question.id))
    ]
    assert len(written) == len(set(written)) > len(people.PEOPLE)
    for sheet in SENT_BACK:
        if sheet.form == INTAKE:
            assert sheet.answers["signature"] == sheet.person.fields.name
            born = sheet.person.fields.date_of_birth
            assert born is None or sheet.answers["born_on"] == born.isoformat()


@pytest.mark.parametrize(
    ("person", "form", "course"),
    [
        (people.ANNA, PHQ9, [16, 14, 11, 7, 4]),
        (people.ANNA, GAD7, [13, 8]),
        (people.CHIARA, PHQ9, [14, 9, 6]),
        (people.EMMA, GAD7, [15, 11, 8]),
        (people.FARID, PHQ9, [14, 17]),
    ],
)
def test_scores_follow_a_course(person, form, course):
    sheets = [one for one in SENT_BACK if one.person is person and one.form == form]
    assert [one.days_ago for one in sheets] == sorted(
        (one.days_ago for one in sheets), reverse=True
    )
    assert [score(as_asked(one)).total for one in sheets] == course


def test_one_answer_asks_for_attention_and_nobody_has_reviewed_it():
    asking = [one for one in SENT_BACK if alerts(as_asked(one))]
    assert [(one.person, one.reviewed) for one in asking] == [(people.FARID, False)]


def test_forms_are_in_the_language_of_the_practice_and_one_client_speaks_another():
    assert {shipped()[key].language for key in LIBRARY} == {people.PRACTICE.language}
    others = [one for one in people.PEOPLE if one.fields.language not in {"", "en"}]
    assert others == [people.GRETA]


def test_clients_are_known_before_their_first_session_form_and_visit():
    for person in people.PEOPLE:
        weeks = (person.sessions + 1) * person.every_weeks
        first_form = max((one.days_ago for one in SHEETS if one.person is person), default=0)
        assert person.known_days > max(first_form, *person.visits, 0)
        assert not person.sessions or person.known_days <= 7 * weeks + 120


def test_every_text_was_written_once():
    texts = [
        text
        for person in people.PEOPLE
        for text in (*person.written.summaries, *person.written.notes)
    ]
    assert len(texts) == len(set(texts))
    for person in people.PEOPLE:
        assert len(person.written.summaries) * 2 <= person.sessions + 1
        assert len(person.written.notes) * 4 <= person.sessions + 3


def test_the_practices_own_form_is_sound_and_the_other_one_is_in_work():
    assert check_document(own_forms.SLEEP) == {}
    in_work = FormDocument(
        title=own_forms.FEEDBACK_TITLE,
        sections=[Section(id="s", title="S", questions=list(own_forms.FEEDBACK))],
    )
    assert check_document(in_work) == {"sections.0.questions.1.choices": "required"}
