"""Rules of recurrence, as dateutil reads them: their walls, in order, from where they matter."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Final

from dateutil.rrule import rrulestr  # type: ignore[import-untyped]

from scheduling.domain.ics.content import Line
from scheduling.domain.ics.moments import Moment
from scheduling.domain.ics.values import Unreadable, is_date, read_wall

_UNITS: Final = {
    "WEEKLY": timedelta(weeks=1),
    "DAILY": timedelta(days=1),
    "HOURLY": timedelta(hours=1),
    "MINUTELY": timedelta(minutes=1),
    "SECONDLY": timedelta(seconds=1),
}
_PARTS: Final = frozenset(
    {
        "FREQ",
        "INTERVAL",
        "COUNT",
        "BYSECOND",
        "BYMINUTE",
        "BYHOUR",
        "BYDAY",
        "BYMONTHDAY",
        "BYYEARDAY",
        "BYWEEKNO",
        "BYMONTH",
        "BYSETPOS",
        "WKST",
    }
)
_LARGEST_INTERVAL: Final = 100_000


@dataclass(frozen=True)
class Rule:
    """A rule, and until when it holds.

    Attributes:
        parts: without UNTIL.
        start: where its series starts.
        until: the last instant, or for a day its last wall.
        until_wall: the last time on the wall, where UNTIL was a date or had no zone.
    """

    parts: dict[str, str]
    start: Moment
    until: datetime | None = None
    until_wall: datetime | None = None

    def holds_at(self, at: Moment) -> bool:
        """Whether it has not ended before."""
        if self.until_wall is not None:
            return at.wall <= self.until_wall
        return self.until is None or at.instant <= self.until

    def moments(self, around: datetime) -> Iterator[Moment]:
        """Its moments in order, from some time before the wall `around`.

        Raises:
            Unreadable: dateutil does not understand it.
        """
        text = ";".join(f"{name}={value}" for name, value in self.parts.items())
        try:
            for wall in rrulestr(text, dtstart=self._first(around)):
                at = Moment(wall, self.start.zone, self.start.is_day)
                if not self.holds_at(at):
                    return
                yield at
        except (ValueError, OverflowError, TypeError) as error:
            raise Unreadable("Its rule cannot be read.") from error

    def _first(self, around: datetime) -> datetime:
        """A start from which the rule goes on as from its own, as near before `around` as can be.

        Whole intervals that nobody asks about are skipped; not where they are counted.
        """
        first, unit = self.start.wall, _UNITS.get(self.parts["FREQ"])
        if unit is None or "COUNT" in self.parts or around <= first:
            return first
        step = unit * int(self.parts.get("INTERVAL", "1"))
        return first + max(0, (around - first) // step - 1) * step


def read_rule(line: Line, start: Moment) -> Rule:
    """The rule of a line.

    Raises:
        Unreadable: it is none.
    """
    said = {
        name.strip(): value.replace(" ", "")
        for name, _, value in (one.partition("=") for one in line.value.upper().split(";"))
    }
    if said.get("RSCALE", "GREGORIAN") != "GREGORIAN" or said.get("SKIP", "OMIT") != "OMIT":
        raise Unreadable("Its rule counts by another calendar.")
    parts = {name: value for name, value in said.items() if name in _PARTS and value}
    if not _is_number(parts.get("INTERVAL", "1"), _LARGEST_INTERVAL) or "FREQ" not in parts:
        raise Unreadable("Its rule cannot be read.")
    if parts.get("COUNT", "1").startswith(("-", "0")):
        del parts["COUNT"]
    until = said.get("UNTIL", "")
    return Rule(parts, start, *_until(until, start)) if until else Rule(parts, start)


def _until(text: str, start: Moment) -> tuple[datetime | None, datetime | None]:
    """The last instant, or the last wall: of a date the whole day, whatever the start is."""
    in_utc = text.endswith("Z")
    wall = read_wall(text.removesuffix("Z"))
    if is_date(text):
        return None, datetime.combine(wall, time.max)
    if start.is_day:
        # The day on which that instant is, where the calendar is kept, is the last one.
        return None, datetime.combine(wall, time.max)
    if not in_utc:
        return None, wall
    return wall.replace(tzinfo=UTC), None


def _is_number(text: str, most: int) -> bool:
    return text.isdecimal() and 1 <= int(text) <= most
