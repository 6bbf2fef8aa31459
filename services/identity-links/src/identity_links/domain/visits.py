"""Days on which a client was in the portal."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo


@dataclass(frozen=True, kw_only=True)
class Day:
    """One day.

    Attributes:
        on: its date.
        first_at: when the first act of it was, aware UTC.
        last_at: when the last was.
        acts: how many.
        last_seq: the number of the row that was read last, the oldest.
    """

    on: date
    first_at: datetime
    last_at: datetime
    acts: int
    last_seq: int


def by_day(
    acts: Iterable[tuple[int, datetime]], zone: ZoneInfo, before: Sequence[Day] = ()
) -> list[Day]:
    """Acts, number and instant, the newest first, gathered by their date in `zone`.

    `before`: the days of what was read before them; the last of them may go on.
    """
    days = [*before]
    for seq, at in acts:
        on = at.astimezone(zone).date()
        if days and days[-1].on == on:
            last = days[-1]
            days[-1] = replace(
                last,
                first_at=min(at, last.first_at),
                last_at=max(at, last.last_at),
                acts=last.acts + 1,
                last_seq=seq,
            )
        else:
            days.append(Day(on=on, first_at=at, last_at=at, acts=1, last_seq=seq))
    return days
