"""Whether the scores and the alerts of a document fit its questions."""

from __future__ import annotations

import re

from forms.domain.asking import DECIMALS_OF_MEANS
from forms.domain.calculating import rounded
from forms.domain.condition_rules import check_condition, names_in
from forms.domain.items import Item, items_of, scorings_of
from portal_contracts.forms.rpc.conditions import IDENTIFIER
from portal_contracts.forms.rpc.questions import (
    LONGEST_BAND,
    LONGEST_TITLE,
    MOST_ALERTS,
    MOST_SCORES,
    FormDocument,
    ScoreMethod,
    Scoring,
)
from portal_contracts.text import line

_IDENTIFIER = re.compile(IDENTIFIER)


def check_scoring(wrong: dict[str, str], document: FormDocument) -> None:
    """Add what is wrong with the scores: each item once and scored, bands without gaps.

    The `maximum` of one is the sum, or the mean, of the highest scores; its bands reach from the
    lowest possible up to it.
    """
    if len(document.subscales) > MOST_SCORES:
        wrong["subscales"] = "too_many"
        return
    items = items_of(document)
    taken = set(items)
    for place, scoring in scorings_of(document).items():
        if not _IDENTIFIER.fullmatch(scoring.id):
            wrong[f"{place}.id"] = "bad_id"
        elif scoring.id in taken:
            wrong[f"{place}.id"] = "not_unique"
        taken.add(scoring.id)
        _check_one(wrong, place, scoring, items)


def check_alerts(wrong: dict[str, str], document: FormDocument) -> None:
    """Add what is wrong with the alert rules: each is a condition, or names what scores."""
    if len(document.alerts) > MOST_ALERTS:
        wrong["alerts"] = "too_many"
        return
    names = names_in(document)
    for at, rule in enumerate(document.alerts):
        place = f"alerts.{at}.question"
        if rule.when is not None:
            check_condition(wrong, f"alerts.{at}.when", rule.when, names)
            if rule.question is not None:
                wrong[place] = "not_expected"
        elif rule.question is None:
            wrong[place] = "required"
        elif rule.question not in names.items:
            wrong[place] = "unknown_question"
        elif not names.items[rule.question].has_score:
            wrong[place] = "no_score"


def _check_one(wrong: dict[str, str], place: str, scoring: Scoring, items: dict[str, Item]) -> None:
    if len(scoring.title) > LONGEST_TITLE:
        wrong[f"{place}.title"] = "too_long"
    if place != "scoring" and not line(scoring.title):
        wrong[f"{place}.title"] = "required"
    if not scoring.questions:
        wrong[f"{place}.questions"] = "required"
    _check_scored(wrong, f"{place}.questions", scoring.questions, items)
    for at, name in enumerate(scoring.reversed):
        if name not in scoring.questions:
            wrong[f"{place}.reversed.{at}"] = "unknown_question"
    # A sum is told of sound questions alone: a bound may be missing, or no number at all.
    if not any(one.startswith(("sections", place)) for one in wrong):
        lowest, highest = reach(scoring, items)
        if scoring.maximum != highest:
            wrong[f"{place}.maximum"] = "wrong_maximum"
        if scoring.bands and scoring.bands[0].minimum > lowest:
            wrong[f"{place}.bands.0.minimum"] = "has_gaps"
    _check_bands(wrong, place, scoring)


def reach(scoring: Scoring, items: dict[str, Item]) -> tuple[float, float]:
    """The lowest and the highest score there can be."""
    spans = [items[one].span() for one in scoring.questions]
    ends = sum(low for low, _ in spans), sum(high for _, high in spans)
    if scoring.method is ScoreMethod.SUM:
        return ends
    lowest, highest = (rounded(one / len(spans), DECIMALS_OF_MEANS) for one in ends)
    return lowest, highest


def _check_scored(
    wrong: dict[str, str], place: str, names: list[str], items: dict[str, Item]
) -> None:
    seen = set()
    for at, name in enumerate(names):
        item = items.get(name)
        if item is None:
            wrong[f"{place}.{at}"] = "unknown_question"
        elif name in seen:
            wrong[f"{place}.{at}"] = "not_unique"
        elif not item.has_score:
            wrong[f"{place}.{at}"] = "no_score"
        seen.add(name)


def _check_bands(wrong: dict[str, str], place: str, scoring: Scoring) -> None:
    bands = scoring.bands
    if not bands:
        if place == "scoring":
            wrong["scoring.bands"] = "required"
        return
    # The next value after one: sums are whole, means have two decimals.
    step = 1 if scoring.method is ScoreMethod.SUM else 10**-DECIMALS_OF_MEANS
    for at, band in enumerate(bands):
        if not line(band.text):
            wrong[f"{place}.bands.{at}.text"] = "required"
        elif len(band.text) > LONGEST_BAND:
            wrong[f"{place}.bands.{at}.text"] = "too_long"
        if band.maximum < band.minimum:
            wrong[f"{place}.bands.{at}.maximum"] = "below_minimum"
        elif at and not _follows(band.minimum, bands[at - 1].maximum, step):
            wrong[f"{place}.bands.{at}.minimum"] = "has_gaps"
    if f"{place}.maximum" not in wrong and bands[-1].maximum != scoring.maximum:
        wrong[f"{place}.bands"] = "has_gaps"


def _follows(minimum: float, before: float, step: float) -> bool:
    return abs(minimum - before - step) < step / 10
