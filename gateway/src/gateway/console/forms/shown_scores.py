"""The scores of a form that was sent back, its own and those of parts, and how they changed."""

from __future__ import annotations

from typing import NamedTuple

from gateway.console.forms.score_chart import Chart, draw
from gateway.web.backend import Backend
from portal_contracts.forms.rpc.questions import Score
from portal_contracts.forms.rpc.requests import (
    LIST_SCORES,
    AnswerSheet,
    GetRequest,
    Scores,
    ScoreSeries,
)


class ShownScore(NamedTuple):
    """One score, None while an answer is missing; `chart` where there are several to compare."""

    id: str
    title: str
    score: Score | None
    chart: Chart | None


def shown_scores(backend: Backend, sheet: AnswerSheet) -> list[ShownScore]:
    """Each score that the form of `sheet` has, in its order."""
    own = [sheet.document.scoring] if sheet.document.scoring else []
    scorings = [*own, *sheet.document.subscales]
    if not scorings:
        return []
    listed = backend.part(LIST_SCORES, GetRequest(request_id=sheet.row.id)).get()
    reached = {one.id: one for one in (sheet.score, *sheet.subscales) if one is not None}
    series: dict[str, Scores | ScoreSeries] = {}
    if listed:
        series = dict.fromkeys((one.id for one in own), listed)
        series |= {one.id: one for one in listed.subscales}
    return [
        ShownScore(
            one.id,
            one.title,
            reached.get(one.id),
            draw(series[one.id], sheet.row.id) if one.id in series else None,
        )
        for one in scorings
    ]
