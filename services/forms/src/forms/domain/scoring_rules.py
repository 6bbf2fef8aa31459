"""Whether the scoring and the alerts of a document fit its questions."""

from __future__ import annotations

from forms.domain.questions import has_score, questions_by_id, span_of_scores
from portal_contracts.forms.rpc.questions import LONGEST_BAND, FormDocument, Question, Scoring
from portal_contracts.text import line


def check_scoring(wrong: dict[str, str], document: FormDocument) -> None:
    """Add what is wrong with the scoring: each question once and scored, bands without gaps.

    `scoring.maximum` is the sum of the highest scores; the bands reach from
    the lowest possible sum up to it.
    """
    scoring = document.scoring
    if scoring is None:
        return
    questions = questions_by_id(document)
    if not scoring.questions:
        wrong["scoring.questions"] = "required"
    _check_scored(wrong, scoring, questions)
    # A sum is told of sound questions alone: a bound may be missing, or no number at all.
    if not any(place.startswith(("sections", "scoring")) for place in wrong):
        spans = [span_of_scores(questions[one]) for one in scoring.questions]
        if scoring.maximum != sum(highest for _, highest in spans):
            wrong["scoring.maximum"] = "wrong_maximum"
        if scoring.bands and scoring.bands[0].minimum > sum(lowest for lowest, _ in spans):
            wrong["scoring.bands.0.minimum"] = "has_gaps"
    _check_bands(wrong, scoring)


def check_alerts(wrong: dict[str, str], document: FormDocument) -> None:
    """Add what is wrong with the alert rules: each names a question whose answers score."""
    questions = questions_by_id(document)
    for at, rule in enumerate(document.alerts):
        place = f"alerts.{at}.question"
        question = questions.get(rule.question)
        if question is None:
            wrong[place] = "unknown_question"
        elif not has_score(question):
            wrong[place] = "no_score"


def _check_scored(wrong: dict[str, str], scoring: Scoring, questions: dict[str, Question]) -> None:
    seen = set()
    for at, question_id in enumerate(scoring.questions):
        place = f"scoring.questions.{at}"
        question = questions.get(question_id)
        if question is None:
            wrong[place] = "unknown_question"
        elif question_id in seen:
            wrong[place] = "not_unique"
        elif not has_score(question):
            wrong[place] = "no_score"
        seen.add(question_id)


def _check_bands(wrong: dict[str, str], scoring: Scoring) -> None:
    if not scoring.bands:
        wrong["scoring.bands"] = "required"
        return
    for at, band in enumerate(scoring.bands):
        if not line(band.text):
            wrong[f"scoring.bands.{at}.text"] = "required"
        elif len(band.text) > LONGEST_BAND:
            wrong[f"scoring.bands.{at}.text"] = "too_long"
        if band.maximum < band.minimum:
            wrong[f"scoring.bands.{at}.maximum"] = "below_minimum"
        elif at and band.minimum != scoring.bands[at - 1].maximum + 1:
            wrong[f"scoring.bands.{at}.minimum"] = "has_gaps"
    if "scoring.maximum" not in wrong and scoring.bands[-1].maximum != scoring.maximum:
        wrong["scoring.bands"] = "has_gaps"
