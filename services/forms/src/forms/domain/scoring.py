"""Scores and alerts of a form as it is asked."""

from __future__ import annotations

from forms.domain.asking import Asked
from forms.domain.items import question_of
from portal_contracts.forms.rpc.questions import Score, Scoring


def score(form: Asked) -> Score | None:
    """The form's own score and its band; None without one, or while an answer is missing."""
    return score_by(form, form.document.scoring)


def subscales(form: Asked) -> list[Score]:
    """The scores of parts; those that lack an answer are left out."""
    scores = (score_by(form, one) for one in form.document.subscales)
    return [one for one in scores if one is not None]


def score_by(form: Asked, scoring: Scoring | None) -> Score | None:
    """The score that `scoring` of the form gives; None while an answer is missing."""
    total = form.scores.get(scoring.id) if scoring else None
    if scoring is None or total is None:
        return None
    band = next((one.text for one in scoring.bands if one.minimum <= total <= one.maximum), "")
    return Score(
        total=total, maximum=scoring.maximum, band=band, id=scoring.id, title=scoring.title
    )


def alerts(form: Asked) -> list[str]:
    """The ids of the questions and scores that ask for attention at once, each once."""
    met: dict[str, bool] = {}
    for rule in form.document.alerts:
        if rule.when is not None:
            met |= {question_of(one): True for one in form.met_in(rule.when) or ()}
        elif rule.question is not None:
            scored = form.score_of(rule.question)
            if scored is not None and scored > rule.above:
                met[rule.question] = True
    return list(met)


def same_scale(one: Scoring | None, other: Scoring | None) -> bool:
    """Whether scores of both may stand in one line."""
    if one is None or other is None:
        return False
    return (one.id, one.maximum, one.method, one.questions, one.reversed) == (
        other.id,
        other.maximum,
        other.method,
        other.questions,
        other.reversed,
    )
