"""The free times that a month's page shows, day by day, as a person would find them."""

from __future__ import annotations

import re
from urllib.request import Request, urlopen

from bench.sides import Side

_DAY = re.compile(r'data-day="([0-9-]{10})"')
_START = re.compile(r'id="time-[^"]+"\s+name="starts_at"\s+value="([^"]+)"')
_WAIT_SECONDS = 20.0


def page_of(side: Side, path: str) -> str:
    """A page of a side, in English."""
    headers = {"Cookie": side.cookie, "Accept": "text/html", "Accept-Language": "en"}
    request = Request(f"http://127.0.0.1:{side.port}{path}", headers=headers)
    with urlopen(request, timeout=_WAIT_SECONDS) as answer:  # noqa: S310
        text: str = answer.read().decode()
    return text


def free_days(side: Side) -> dict[str, list[str]]:
    """The starts of each day with free times, of the month that the side's page is of."""
    days = _DAY.findall(page_of(side, side.path))
    return {
        day: sorted(set(_START.findall(page_of(side, f"{side.path}&day={day}")))) for day in days
    }
