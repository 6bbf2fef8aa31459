"""What answers to a question of some kind score."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from portal_contracts.forms.rpc.questions import Answer, Question

Number = int | float


@dataclass(frozen=True)
class Scores:
    """What answers to a question score.

    Attributes:
        all_told: whether each answer scores.
        of: what one answer scores; None where it is missing, or no possible answer.
        span: the least and the most that an answer can score.
    """

    all_told: Callable[[Question], bool]
    of: Callable[[Question, Answer | None], int | None]
    span: Callable[[Question], tuple[int, int]]


def chosen_code(answer: Answer | None) -> Answer | None:
    """The code in an answer to a choice, also where *other* was written."""
    return next(iter(answer), None) if isinstance(answer, dict) else answer


def _score_of_step(question: Question, answer: Answer | None) -> int | None:
    if isinstance(answer, bool) or not isinstance(answer, int):
        return None
    low, high = question.minimum, question.maximum
    if low is None or high is None or not low <= answer <= high:
        return None
    return answer


def _score_of_choice(question: Question, answer: Answer | None) -> int | None:
    code = chosen_code(answer)
    return next((one.score for one in question.choices if one.code == code), None)


def _score_of_rows(question: Question, answer: Answer | None) -> int | None:
    if not isinstance(answer, dict):
        return None
    scored = [_score_of_choice(question, answer.get(row.code)) for row in question.rows]
    told = [one for one in scored if one is not None]
    return sum(told) if len(told) == len(scored) else None


def _all_choices_told(question: Question) -> bool:
    return all(one.score is not None for one in question.choices)


def _span_of_choices(question: Question) -> tuple[int, int]:
    scores = [choice.score or 0 for choice in question.choices]
    return min(scores, default=0), max(scores, default=0)


def _span_of_rows(question: Question) -> tuple[int, int]:
    low, high = _span_of_choices(question)
    return low * len(question.rows), high * len(question.rows)


OF_CHOICES = Scores(all_told=_all_choices_told, of=_score_of_choice, span=_span_of_choices)
OF_ROWS = Scores(all_told=_all_choices_told, of=_score_of_rows, span=_span_of_rows)
OF_STEPS = Scores(
    all_told=lambda _question: True,
    of=_score_of_step,
    span=lambda question: (int(question.minimum or 0), int(question.maximum or 0)),
)
