"""What the practice may book: rules that bind clients are told to it, and stop it only until then.

The slot engine is asked, a rule that it names is waived, and it is asked again. So what is
listed and what booking says of a start are one answer.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final

from scheduling.domain.slots import Calendar, Refusal
from scheduling.domain.wall_time import Span

_WAIVED: Final[Mapping[Refusal, Mapping[str, Any]]] = {
    Refusal.OUTSIDE_WINDOW: {
        "max_horizon_days": None,
        "bookable_from": None,
        "bookable_until": None,
    },
    Refusal.NOTICE: {"min_notice": timedelta()},
    Refusal.EXTERNAL_BUSY: {},
    Refusal.CAP: {"max_per_day": None, "max_per_week": None, "max_per_month": None},
}
"""The rules that bind clients only, whatever the hours are, and a service without them.

What other calendars say is one of them, though none of the service's: whoever keeps the calendar
knows best whether a dentist's appointment can wait.
"""


class PracticeStarts:
    """A calendar as the practice may book in it.

    Args:
        calendar: with the rules for clients, but for whether and which of them may book
            by themselves: the practice decides that by booking.
    """

    def __init__(self, calendar: Calendar) -> None:
        self._calendars = {frozenset[Refusal](): calendar}

    def broken_rules(self, start: datetime) -> list[Refusal]:
        """The rules that `start` breaks, in the order of `Refusal`; empty: it is booked plainly.

        A start beside the grid breaks none by that. What lies outside the hours or on
        taken time breaks this last; what else it may break is not asked.
        """
        broken: list[Refusal] = []
        while (rule := self._without(broken).rule_against(start)) is not None:
            broken.append(rule)
            if rule not in _WAIVED:
                break
        return broken

    def free_starts(self, within: Span) -> list[tuple[datetime, list[Refusal]]]:
        """The starts on no taken time and inside the hours, in order, with the rules they break."""
        return [
            (start, self.broken_rules(start))
            for start in self._without(_WAIVED).free_starts(within)
        ]

    def _without(self, rules: Mapping[Refusal, Any] | list[Refusal]) -> Calendar:
        """The calendar without these rules."""
        waived = frozenset(rules)
        if waived not in self._calendars:
            plain = self._calendars[frozenset()]
            changes = {name: value for rule in waived for name, value in _WAIVED[rule].items()}
            self._calendars[waived] = replace(
                plain,
                rules=replace(plain.rules, **changes),
                external=() if Refusal.EXTERNAL_BUSY in waived else plain.external,
            )
        return self._calendars[waived]
