"""Stretches of starts that collide: open ones, whose two ends are free."""

from __future__ import annotations

from bisect import bisect_right
from datetime import datetime

from scheduling.domain.wall_time import Span


def is_inside(start: datetime, closed: tuple[Span, ...]) -> bool:
    """Whether `start` is inside one of the open stretches `closed`, which are in order."""
    at = bisect_right(closed, start, key=lambda span: span.end)
    return at < len(closed) and closed[at].start < start


def merge_open(spans: list[Span]) -> tuple[Span, ...]:
    """Open stretches joined where they overlap; the point at which two touch stays free."""
    merged: list[Span] = []
    for span in sorted(spans):
        if merged and span.start < merged[-1].end:
            merged[-1] = Span(merged[-1].start, max(merged[-1].end, span.end))
        else:
            merged.append(span)
    return tuple(merged)
