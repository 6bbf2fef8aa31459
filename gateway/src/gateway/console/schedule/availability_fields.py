"""A practitioner's hours between a form's text and the contract's struct.

The fields of a row are numbered: ``weekly-0-1-start`` is the start of Monday's
second interval, ``override-0-on`` the first date with other hours,
``off-0-first_on`` the first day of the first time off, ``off-0-end`` the time until
which its last one is closed. Rows that are empty are not there. Times are text, which also
takes ``9``, ``930`` and ``9.30``; an end of ``00:00`` is the midnight that ends the day.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import Any, Final, NamedTuple

from gateway.web.submitted import Submitted
from gateway.words.wall_time import read_date
from portal_contracts.errors import Invalid
from portal_contracts.numbers import with_ascii_digits
from portal_contracts.scheduling.rpc.availability import (
    LONGEST_CLOCK_TIME,
    LONGEST_COUNTRY,
    LONGEST_REGION,
    Availability,
    Holidays,
    Override,
    TimeOff,
    Window,
)

DAYS: Final = range(7)
FEWEST_ROWS: Final = 2

_CLOCK: Final = re.compile(r"(\d{1,2})(?:[:.]?([0-5]\d))?")
_SPAN: Final = re.compile(r"(\d{1,2}(?:[:.]\d{2})?)\s*[-–—]\s*(\d{1,2}(?:[:.]\d{2})?)")


Row = tuple[str, ...]

_OFF: Final = ("first_on", "start", "last_on", "end")
"""The fields of a row of time off."""


class HolidayChoice(NamedTuple):
    """Whose public holidays are kept, as text, and on which of them one works (ISO dates)."""

    country: str = ""
    region: str = ""
    open_on: tuple[str, ...] = ()


class Hours(NamedTuple):
    """The form's rows as text.

    Attributes:
        timezone: the zone.
        weekly: for each weekday its rows of start and end.
        overrides: rows of date and hours, which are written in one line.
        time_off: rows of first day, time of it, last day, time of it.
        holidays: the public holidays that are kept.
    """

    timezone: str
    weekly: list[list[Row]]
    overrides: list[Row]
    time_off: list[Row]
    holidays: HolidayChoice = HolidayChoice()


def of_availability(availability: Availability) -> Hours:
    """The form as the hours stand."""
    return Hours(
        availability.timezone,
        [[(window.start, window.end) for window in windows] for windows in availability.weekly],
        [(each.on.isoformat(), hours_in_line(each.windows)) for each in availability.overrides],
        [_off_row(each) for each in availability.time_off],
        _choice(availability.holidays),
    )


def typed(form: Submitted) -> Hours:
    """What was typed, empty rows and all."""
    return Hours(
        form.text("timezone"),
        [_rows(form, f"weekly-{day}", "start", "end") for day in DAYS],
        _rows(form, "override", "on", "hours"),
        _rows(form, "off", *_OFF),
        HolidayChoice(
            form.text("holiday_country"),
            form.text("holiday_region"),
            tuple(dict.fromkeys(form.every("holiday_open"))),
        ),
    )


def with_spare_rows(hours: Hours) -> Hours:
    """The same with empty rows to fill in: at least one at the end of each list."""
    return hours._replace(
        weekly=[_with_spare_rows(_filled(rows), FEWEST_ROWS) for rows in hours.weekly],
        overrides=_with_spare_rows(_filled(hours.overrides), 1),
        time_off=_with_spare_rows(_filled(hours.time_off), 1, len(_OFF)),
    )


def with_row(hours: Hours, day: int) -> Hours:
    """One more empty row for a weekday."""
    weekly = [
        [*rows, ("", "")] if index == day else rows for index, rows in enumerate(hours.weekly)
    ]
    return hours._replace(weekly=weekly)


def with_copies(hours: Hours, source: int, days: list[int]) -> Hours:
    """The rows of one weekday on others too."""
    weekly = [
        list(hours.weekly[source]) if day in days else rows for day, rows in enumerate(hours.weekly)
    ]
    return with_spare_rows(hours._replace(weekly=weekly))


def parse(hours: Hours) -> Availability:
    """The hours for scheduling, which judges all but dates and lines that cannot be read.

    Raises:
        Invalid: ``invalid_fields``: all that cannot be read, by field.
    """
    errors: dict[str, str] = {}
    overrides = list(_overrides(hours, errors))
    time_off = list(_time_off(hours, errors))
    for day in DAYS:
        for row, (start, end) in enumerate(hours.weekly[day]):
            if bool(start) != bool(end):
                missing = "end" if start else "start"
                errors[f"weekly-{day}-{row}-{missing}"] = "time_missing"
    _check_lengths(hours.holidays, errors)
    if errors:
        raise Invalid("invalid_fields", "Some hours are not right.", fields=errors)
    return Availability(
        timezone=hours.timezone,
        weekly=[[_window(start, end) for start, end in _filled(rows)] for rows in hours.weekly],
        overrides=overrides,
        time_off=time_off,
        holidays=_holidays(hours.holidays),
    )


def without_unreadable(hours: Hours, errors: Collection[str]) -> Hours:
    """The hours with the rows left empty that `parse` named in `errors`, so that it reads them."""
    bad = {name.rpartition("-")[0] for name in errors}

    def kept(rows: list[Row], prefix: str) -> list[Row]:
        return [
            ("",) * len(row) if f"{prefix}-{index}" in bad else row
            for index, row in enumerate(rows)
        ]

    holidays_are_bad = any(name.startswith("holiday_") for name in errors)
    return hours._replace(
        weekly=[kept(rows, f"weekly-{day}") for day, rows in enumerate(hours.weekly)],
        overrides=kept(hours.overrides, "override"),
        time_off=kept(hours.time_off, "off"),
        holidays=HolidayChoice() if holidays_are_bad else hours.holidays,
    )


def field_errors(hours: Hours, errors: dict[str, str]) -> dict[str, str]:
    """What scheduling said of ``weekly.0.1.end`` and the like, by the form's fields."""
    return {_field_of(hours, name): code for name, code in errors.items()}


def _field_of(hours: Hours, name: str) -> str:
    """Scheduling counts only the rows that were filled in; here all of them count."""
    parts = name.split(".")
    numbers = [int(part) for part in parts if part.isdigit()]
    lists: dict[str, Any] = {"overrides": hours.overrides, "time_off": hours.time_off}
    if parts[0] == "weekly" and len(numbers) > 1 and numbers[0] in DAYS:
        row = _form_row(hours.weekly[numbers[0]], numbers[1])
        return f"weekly-{numbers[0]}-{row}-{'end' if parts[-1] == 'end' else 'start'}"
    if parts[0] in lists and numbers:
        row = _form_row(lists[parts[0]], numbers[0])
        if parts[0] == "overrides":
            return f"override-{row}-{'on' if parts[-1] == 'on' else 'hours'}"
        return f"off-{row}-{parts[-1] if parts[-1] in _OFF else _OFF[0]}"
    if parts[0] == "holidays":
        return "holiday_region" if parts[-1] == "region" else "holiday_country"
    return name


def _form_row(rows: list[Row], number: int) -> int:
    filled = [index for index, row in enumerate(rows) if any(row)]
    return filled[number] if number < len(filled) else max(0, len(rows) - 1)


def _overrides(hours: Hours, errors: dict[str, str]) -> Iterator[Override]:
    for row, (on, line) in enumerate(hours.overrides):
        if not on and not line:
            continue
        day, windows = read_date(on), windows_in_line(line)
        if day is None:
            errors[f"override-{row}-on"] = "date_invalid" if on else "date_missing"
        if windows is None:
            errors[f"override-{row}-hours"] = "hours_unreadable"
        if day is not None and windows is not None:
            yield Override(on=day, windows=windows)


def _time_off(hours: Hours, errors: dict[str, str]) -> Iterator[TimeOff]:
    for row, typed_row in enumerate(hours.time_off):
        first, start, last, end = typed_row
        if not any(typed_row):
            continue
        begins, ends = read_date(first), read_date(last or first)
        if begins is None:
            errors[f"off-{row}-first_on"] = "date_invalid" if first else "date_missing"
        if ends is None:
            errors[f"off-{row}-last_on"] = "date_invalid"
        if begins is not None and ends is not None:
            window = _window(start or "00:00", end or "24:00")
            yield TimeOff(
                first_on=begins,
                last_on=ends,
                start=window.start if start else None,
                end=window.end if end else None,
            )


def _off_row(off: TimeOff) -> Row:
    return (off.first_on.isoformat(), off.start or "", off.last_on.isoformat(), off.end or "")


def _choice(holidays: Holidays | None) -> HolidayChoice:
    if holidays is None:
        return HolidayChoice()
    open_on = tuple(day.isoformat() for day in holidays.open_on)
    return HolidayChoice(holidays.country, holidays.region, open_on)


def _holidays(choice: HolidayChoice) -> Holidays | None:
    """What is kept; a date that cannot be read was no box of ours, and is left out."""
    if not choice.country:
        return None
    days = [day for day in map(read_date, choice.open_on) if day is not None]
    return Holidays(country=choice.country, region=choice.region, open_on=days)


def _check_lengths(choice: HolidayChoice, errors: dict[str, str]) -> None:
    """Refuse here what the contract would refuse as a whole."""
    if len(choice.country) > LONGEST_COUNTRY:
        errors["holiday_country"] = "unknown_country"
    if len(choice.region) > LONGEST_REGION:
        errors["holiday_region"] = "unknown_region"


def windows_in_line(line: str) -> list[Window] | None:
    """The windows written in one line; none closes the day, None: it cannot be read."""
    windows = []
    for part in (part.strip() for part in re.split(r"[,;]", line) if part.strip()):
        found = _SPAN.fullmatch(with_ascii_digits(part))
        if found is None:
            return None
        windows.append(_window(*found.groups()))
    return windows


def hours_in_line(windows: list[Window]) -> str:
    """The windows as `windows_in_line` reads them."""
    return ", ".join(f"{window.start}\N{EN DASH}{window.end}" for window in windows)


def _window(start: str, end: str) -> Window:
    ends = _clock(end)
    return Window(start=_clock(start), end="24:00" if ends == "00:00" else ends)


def _clock(text: str) -> str:
    """A time as scheduling writes it; what cannot be read is left for it to refuse."""
    text = with_ascii_digits(text)
    found = _CLOCK.fullmatch(text)
    if found is None:
        return text[:LONGEST_CLOCK_TIME]
    return f"{found[1]:0>2}:{found[2] or '00'}"


def _rows(form: Submitted, prefix: str, *names: str) -> list[Row]:
    rows: list[Row] = []
    while f"{prefix}-{len(rows)}-{names[0]}" in form:
        row = f"{prefix}-{len(rows)}"
        rows.append(tuple(form.text(f"{row}-{name}") for name in names))
    return rows


def _filled(rows: list[Row]) -> list[Row]:
    return [row for row in rows if any(row)]


def _with_spare_rows(rows: list[Row], fewest: int, width: int = 2) -> list[Row]:
    return [*rows, *[("",) * width] * max(1, fewest - len(rows))]
