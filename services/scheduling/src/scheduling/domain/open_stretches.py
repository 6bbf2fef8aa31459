"""Stretches of starts that collide: open ones, whose two ends are free."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from operator import attrgetter

from scheduling.domain.service_rules import ServiceRules
from scheduling.domain.wall_time import Span

_END = attrgetter("end")


def colliding(blocked: Iterable[Span], rules: ServiceRules) -> tuple[Span, ...]:
    """Where starts collide with blocked spans, with the buffers of `rules` around each start.

    A start collides when ``start - before < blocked.end`` and
    ``blocked.start < start + duration + after``; both ends of such a stretch are free.
    """
    before, reach = rules.buffer_before, rules.duration + rules.buffer_after
    return merge_open([Span(start - reach, end + before) for start, end in blocked if start < end])


def is_inside(start: datetime, closed: Sequence[Span]) -> bool:
    """Whether `start` is inside one of the open stretches `closed`, which are in order."""
    at = bisect_right(closed, start, key=_END)
    return at < len(closed) and closed[at].start < start


def merge_open(spans: Sequence[Span]) -> tuple[Span, ...]:
    """Open stretches joined where they overlap; the point at which two touch stays free."""
    merged: list[Span] = []
    for span in sorted(spans):
        if merged and span.start < merged[-1].end:
            if span.end > merged[-1].end:
                merged[-1] = Span(merged[-1].start, span.end)
        else:
            merged.append(span)
    return tuple(merged)


def gaps(
    first: datetime, last: datetime, closed: Sequence[Span]
) -> Iterator[tuple[datetime, datetime]]:
    """The stretches from `first` to `last` that are in none of `closed`, both ends included.

    Args:
        first: the first start.
        last: the last one.
        closed: open stretches, in order and apart.
    """
    at = bisect_right(closed, first, key=_END)
    while at < len(closed) and closed[at].start < last:
        if first <= closed[at].start:
            yield first, closed[at].start
        first = closed[at].end
        at += 1
    if first <= last:
        yield first, last
