"""Scores and alerts, from answers to a document that was checked."""

from __future__ import annotations

from forms.domain.questions import questions_by_id, score_of
from portal_contracts.forms.rpc.questions import Answers, FormDocument, Score


def score(document: FormDocument, answers: Answers) -> Score | None:
    """The sum and its band; None where nothing is scored or a scored answer is missing."""
    scoring = document.scoring
    if scoring is None:
        return None
    questions = questions_by_id(document)
    total = 0
    for question_id in scoring.questions:
        scored = score_of(questions[question_id], answers.get(question_id))
        if scored is None:
            return None
        total += scored
    band = next((one.text for one in scoring.bands if one.minimum <= total <= one.maximum), "")
    return Score(total=total, maximum=scoring.maximum, band=band)


def alerts(document: FormDocument, answers: Answers) -> list[str]:
    """The ids of the questions whose answers ask for attention at once, each once."""
    questions = questions_by_id(document)
    met = {}
    for rule in document.alerts:
        scored = score_of(questions[rule.question], answers.get(rule.question))
        if scored is not None and scored > rule.above:
            met[rule.question] = True
    return list(met)


def same_scale(one: FormDocument, other: FormDocument) -> bool:
    """Whether scores of both documents may stand in one line."""
    if one.scoring is None or other.scoring is None:
        return False
    return (
        one.scoring.maximum == other.scoring.maximum
        and one.scoring.questions == other.scoring.questions
    )
