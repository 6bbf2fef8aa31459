"""Scores over time as points of a drawing; the page shows the same numbers as a table."""

from __future__ import annotations

from datetime import datetime
from typing import Final, NamedTuple
from uuid import UUID

from portal_contracts.forms.rpc.requests import ScorePoint, Scores, ScoreSeries

WIDTH: Final = 400
HEIGHT: Final = 200
LEFT: Final = 32
RIGHT: Final = 12
TOP: Final = 20
BOTTOM: Final = 32
FEWEST: Final = 2


class Dot(NamedTuple):
    """One score and where it stands; `own`: it is the form that is looked at."""

    x: float
    y: float
    point: ScorePoint
    own: bool


class Chart(NamedTuple):
    """A drawing of `width` times `height` units; `lines` are values with their heights."""

    width: int
    height: int
    left: int
    right: int
    maximum: int | float
    dots: list[Dot]
    lines: list[tuple[int | float, float]]

    @property
    def path(self) -> str:
        """The points of the line that joins the scores."""
        return " ".join(f"{dot.x:g},{dot.y:g}" for dot in self.dots)


def draw(scores: Scores | ScoreSeries, request_id: UUID) -> Chart | None:
    """The drawing of two or more scores; None when there is nothing to compare.

    Time runs evenly from left to right, so that a pause is seen as one.
    """
    if len(scores.items) < FEWEST or scores.maximum <= 0:
        return None
    first, last = scores.items[0].submitted_at, scores.items[-1].submitted_at
    dots = [
        Dot(
            x=_x(point.submitted_at, first, last),
            y=_y(point.total, scores.maximum),
            point=point,
            own=point.request_id == request_id,
        )
        for point in scores.items
    ]
    marks = sorted({0, round(scores.maximum / 3), round(scores.maximum * 2 / 3), scores.maximum})
    return Chart(
        width=WIDTH,
        height=HEIGHT,
        left=LEFT,
        right=WIDTH - RIGHT,
        maximum=scores.maximum,
        dots=dots,
        lines=[(mark, _y(mark, scores.maximum)) for mark in marks],
    )


def _x(at: datetime, first: datetime, last: datetime) -> float:
    seconds = (last - first).total_seconds()
    share = (at - first).total_seconds() / seconds if seconds else 0.5
    return round(LEFT + 12 + share * (WIDTH - LEFT - RIGHT - 24), 1)


def _y(value: float, maximum: float) -> float:
    return round(HEIGHT - BOTTOM - value / maximum * (HEIGHT - TOP - BOTTOM), 1)
