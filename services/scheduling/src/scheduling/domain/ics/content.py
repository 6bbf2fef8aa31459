"""Content lines and components: what stands in a calendar file, before anything is understood."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

_FOLD: Final = re.compile(rb"(?:\r\n|\n|\r)[ \t]")
_LINE_END: Final = re.compile(r"\r\n|\n|\r")
_NAME: Final = re.compile(r"\s*([A-Za-z0-9-]+)\s*(?=[;:])")
_PARAMETER: Final = re.compile(r';\s*([A-Za-z0-9-]+)\s*=\s*("[^"]*"|[^;]*)')
_VALUE_OF_TEXT: Final = re.compile(r'(?:"[^"]*"|[^":])*:')

_TIMES: Final = frozenset(
    {
        "DTSTART",
        "DTEND",
        "DURATION",
        "DTSTAMP",
        "RECURRENCE-ID",
        "RRULE",
        "EXRULE",
        "RDATE",
        "EXDATE",
        "FREEBUSY",
        "TZOFFSETFROM",
        "TZOFFSETTO",
    }
)
"""Properties whose values hold no colon: a zone's name before it may, quoted or not."""

_TEXTS: Final = frozenset(
    {
        "UID",
        "STATUS",
        "TRANSP",
        "SEQUENCE",
        "METHOD",
        "TZID",
        "X-LIC-LOCATION",
        "X-MICROSOFT-CDO-BUSYSTATUS",
        "X-WR-TIMEZONE",
    }
)
_READ: Final = frozenset({"VCALENDAR", "VEVENT", "VFREEBUSY", "VTIMEZONE", "STANDARD", "DAYLIGHT"})
_DEEPEST: Final = 50


class NoCalendar(ValueError):
    """The file holds no calendar, or ends within one; the text is a sentence."""


@dataclass(frozen=True)
class Line:
    """A content line. `parameters` by their names in capitals, as they stand but for quotes."""

    name: str
    parameters: Mapping[str, str]
    value: str


@dataclass
class Component:
    """A component with the lines and components in it that matter here."""

    name: str
    lines: list[Line] = field(default_factory=list)
    inside: list[Component] = field(default_factory=list)

    def all(self, *names: str) -> Iterator[Line]:
        """The lines with one of these names, in order."""
        return (line for line in self.lines if line.name in names)

    def text(self, name: str) -> str:
        """The value of the first line with this name; empty where there is none."""
        return next((line.value.strip() for line in self.all(name)), "")

    def first(self, name: str) -> Line | None:
        """The first line with this name."""
        return next(self.all(name), None)


def calendars_in(data: bytes) -> list[Component]:
    """The calendars in a file, which may be several.

    Lines are unfolded before they are decoded, since a fold may stand inside a character.

    Raises:
        NoCalendar: there is none, or the file ends before one does.
    """
    found: list[Component] = []
    open_now: list[Component] = []
    for text in _lines(data):
        keyword, _, named = text.partition(":")
        match keyword.strip().upper():
            case "BEGIN":
                _begin(named.strip().upper(), open_now)
            case "END":
                found += _end(named.strip().upper(), open_now)
            case _ if open_now and open_now[-1].name in _READ:
                line = _line(text)
                if line is not None:
                    open_now[-1].lines.append(line)
    if any(one.name == "VCALENDAR" for one in open_now):
        raise NoCalendar("The file ends in the middle of a calendar.")
    if not found:
        raise NoCalendar("There is no calendar in it.")
    return found


def _begin(name: str, open_now: list[Component]) -> None:
    if len(open_now) >= _DEEPEST:
        raise NoCalendar("It is nested too deeply to be a calendar.")
    if name in {"VEVENT", "VFREEBUSY", "VTIMEZONE"}:
        # These stand in a calendar and in nothing else: one before was not closed.
        while open_now and open_now[-1].name in {"VEVENT", "VFREEBUSY", "VTIMEZONE"}:
            _close(open_now)
    open_now.append(Component(name))


def _end(name: str, open_now: list[Component]) -> list[Component]:
    """Close what is named, and what was left open in it; the calendars that were closed."""
    if all(one.name != name for one in open_now):
        return []
    while True:
        closed = _close(open_now)
        if closed.name == name:
            return [closed] if name == "VCALENDAR" else []


def _close(open_now: list[Component]) -> Component:
    closed = open_now.pop()
    if open_now and closed.name in _READ and open_now[-1].name in _READ:
        open_now[-1].inside.append(closed)
    return closed


def _lines(data: bytes) -> Iterator[str]:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        data = data.decode("utf-16", "replace").encode()
    text = _FOLD.sub(b"", data.removeprefix(b"\xef\xbb\xbf")).decode("utf-8", "replace")
    return (line for line in _LINE_END.split(text) if line)


def _line(text: str) -> Line | None:
    found = _NAME.match(text)
    name = found[1].upper() if found else ""
    if found is None or name not in _TIMES | _TEXTS:
        return None
    head, value = _split(name, text, found.end())
    parameters = {one[1].upper(): one[2].strip().strip('"') for one in _PARAMETER.finditer(head)}
    return Line(name, parameters, value)


def _split(name: str, text: str, start: int) -> tuple[str, str]:
    if name in _TIMES and text[start] != ":":
        at = text.rfind(":")
    else:
        separator = _VALUE_OF_TEXT.match(text, start)
        at = separator.end() - 1 if separator else -1
    return (text[start:at], text[at + 1 :].strip()) if at >= start else (text[start:], "")
