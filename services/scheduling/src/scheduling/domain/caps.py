"""How many appointments of a service a day, a week and a month may have."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date, timedelta

from scheduling.domain.service_rules import ServiceRules

_Begin = Callable[[date], date]


def _same(day: date) -> date:
    return day


def _monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _first_of(day: date) -> date:
    return day.replace(day=1)


class Caps:
    """The caps of a service, and what counts against them.

    Args:
        rules: the service's; a period without a cap is not looked at.
        days: the local date of each appointment that counts.
    """

    def __init__(self, rules: ServiceRules, days: Sequence[date]) -> None:
        most: tuple[tuple[int | None, _Begin], ...] = (
            (rules.max_per_day, _same),
            (rules.max_per_week, _monday_of),
            (rules.max_per_month, _first_of),
        )
        self._caps = [
            (limit, begin_of, Counter(begin_of(day) for day in days))
            for limit, begin_of in most
            if limit is not None
        ]

    def reached(self, day: date) -> bool:
        """Whether a period that `day` lies in is full."""
        return any(counted[begin_of(day)] >= limit for limit, begin_of, counted in self._caps)
