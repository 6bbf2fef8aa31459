"""What of a calendar is shown, as its address says: which days, whose, and in which form."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Final
from urllib.parse import urlencode
from uuid import UUID

import falcon

from gateway.console.chosen_practitioner import ChosenPractitioner
from gateway.web.request_context import context_of, practitioner_of
from gateway.web.submitted import Submitted
from gateway.words.wall_time import DAY, local_date, read_date
from portal_chassis.customs import first_weekday

CALENDAR: Final = "/console/calendar"
DAYS_A_WEEK: Final = 7
_FIRST, _LAST = date(1971, 1, 1), date(2999, 12, 1)
"""Years that a calendar cannot show are passed over."""


class View(StrEnum):
    """How the days are laid out: side by side, one, one of everybody, or one below the other."""

    WEEK = "week"
    DAY = "day"
    TEAM = "team"
    AGENDA = "agenda"


@dataclass(frozen=True)
class CalendarAddress:
    """A page of the calendar.

    Attributes:
        on: the day it is about.
        view: how it is laid out.
        begins: the weekday a week begins with, 0 is Monday.
        cancelled: what was called off is shown too.
        practitioner_id: whose it is, where the address has to say so.
        open: the appointment that is shown beside it.
    """

    on: date
    view: View = View.WEEK
    begins: int = 0
    cancelled: bool = False
    practitioner_id: UUID | None = None
    open: UUID | None = None

    @property
    def first(self) -> date:
        """The first day that is shown."""
        if self.view in {View.DAY, View.TEAM}:
            return self.on
        return self.on - (self.on.weekday() - self.begins) % DAYS_A_WEEK * DAY

    @property
    def days(self) -> list[date]:
        """The days that are shown, in order."""
        count = 1 if self.view in {View.DAY, View.TEAM} else DAYS_A_WEEK
        return [self.first + number * DAY for number in range(count)]

    @property
    def last(self) -> date:
        """The last day that is shown."""
        return self.days[-1]

    def turned(self, pages: int) -> CalendarAddress:
        """So many pages later, or earlier."""
        return replace(self, on=inside(self.first + pages * len(self.days) * DAY))

    def to(self, **changes: object) -> str:
        """The address of this page, or of one that differs from it by `changes`."""
        changed = replace(self, **changes)  # type: ignore[arg-type]
        query = {
            "from": changed.first.isoformat(),
            "view": changed.view.value,
            "cancelled": "1" if changed.cancelled else "",
            "practitioner": changed.practitioner_id or "",
            "appointment": changed.open or "",
        }
        return f"{CALENDAR}?{urlencode({name: value for name, value in query.items() if value})}"


def inside(day: date) -> date:
    """The day, or the nearest that a calendar can show."""
    return min(max(day, _FIRST), _LAST)


def read_view(text: str | None) -> View | None:
    """A layout by its name; None where there is none of this name."""
    return View(text) if text in set(View) else None


def read_address(
    req: falcon.Request, sent: Submitted, chosen: ChosenPractitioner, usual: View = View.WEEK
) -> CalendarAddress:
    """Which page is asked for; what cannot be read is today, laid out as is usual.

    Who can choose nobody else has a day alone.
    """
    context, zone = context_of(req), practitioner_of(req).practice.timezone
    view = read_view(sent.text("view")) or usual
    if view is View.TEAM and not chosen.people:
        view = View.DAY
    return CalendarAddress(
        on=inside(read_date(sent.text("from")) or local_date(context.now, zone)),
        view=view,
        begins=first_weekday(context.language, zone),
        cancelled=sent.text("cancelled") == "1",
        practitioner_id=chosen.practitioner_id if chosen.query() else None,
        open=sent.uuid("appointment"),
    )
