"""Values of properties: times, offsets, lengths."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Final

_TIME: Final = re.compile(
    r"(\d{4})-?(\d{2})-?(\d{2})(?:T(\d{2}):?(\d{2})(?::?(\d{2})(?:\.\d+)?)?)?", re.IGNORECASE
)
_LENGTH: Final = re.compile(
    r"([+-]?)P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?", re.IGNORECASE
)
_UTC_OFFSET: Final = re.compile(r"([+-])(\d{2}):?(\d{2}):?(\d{2})?")
_LONGEST_DAY: Final = 24
_LAST_SECOND: Final = 59


class Unreadable(Exception):
    """An event cannot be read; the text is a sentence about it.

    No `ValueError`: it may be raised anywhere, by whoever bounds the time that reading takes.
    """


def read_wall(text: str) -> datetime:
    """A time on a wall; a date is its midnight. ``24:00`` is the next midnight.

    Raises:
        Unreadable: it is none.
    """
    found = _TIME.fullmatch(text.strip())
    if found is None:
        raise Unreadable("A time in it cannot be read.")
    year, month, day, hour, minute, second = (int(one or 0) for one in found.groups())
    try:
        # A leap second is the second before it, for whoever does not count it (section 3.3.12).
        seconds = min(second, _LAST_SECOND)
        wall = datetime(year, month, day, hour % _LONGEST_DAY, minute, seconds)  # noqa: DTZ001
        if hour == _LONGEST_DAY and minute == second == 0:
            return wall + timedelta(days=1)
    except (ValueError, OverflowError) as error:
        raise Unreadable("There is no such date or time as one in it.") from error
    if hour >= _LONGEST_DAY:
        raise Unreadable("There is no such date or time as one in it.")
    return wall


def is_date(text: str) -> bool:
    """Whether a value is a date, whatever the parameters beside it say."""
    return "T" not in text.upper()


def read_length(text: str) -> tuple[timedelta, timedelta]:
    """A length: its days, which are as long as the calendar says, and the rest, which is exact.

    Raises:
        Unreadable: it is none.
    """
    found = _LENGTH.fullmatch(text.strip())
    if found is None or not any(found.groups()[1:]):
        raise Unreadable("Its length cannot be read.")
    weeks, days, hours, minutes, seconds = (int(one or 0) for one in found.groups()[1:])
    sign = -1 if found[1] == "-" else 1
    try:
        whole = sign * timedelta(weeks=weeks, days=days)
        return whole, sign * timedelta(hours=hours, minutes=minutes, seconds=seconds)
    except OverflowError as error:
        raise Unreadable("Its length cannot be read.") from error


def read_offset(text: str) -> timedelta:
    """An offset from UTC: ``+0100``.

    Raises:
        Unreadable: it is none, or not less than a day.
    """
    found = _UTC_OFFSET.fullmatch(text.strip())
    if found is None or int(found[2]) >= _LONGEST_DAY:
        raise Unreadable("Its time zone cannot be read.")
    sign = -1 if found[1] == "-" else 1
    return sign * timedelta(hours=int(found[2]), minutes=int(found[3]), seconds=int(found[4] or 0))
