"""Filters that turn codes, instants and zones into words for people.

`install` adds them to a Jinja environment. All of them read `lang`, `now`
and gettext from the page's context, so one environment can serve every
language. Instants come in as aware UTC and are shown in a zone that the
template names; a `<time datetime>` always stands around them (macros/times).
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from functools import partial

from babel import Locale
from jinja2 import Environment, pass_context
from jinja2.runtime import Context

from gateway.words.calendar import CALENDAR_FILTERS
from gateway.words.errors import error_in_words
from gateway.words.hours import has_twelve_hours, typed_time
from gateway.words.practice_filters import PRACTICE_FILTERS
from gateway.words.tables import (
    DEVICE,
    NEAR_DAYS,
    NEAR_MOMENTS,
    TABLES,
    UNKNOWN_DEVICE,
)
from gateway.words.zone_filters import ZONE_FILTERS
from portal_chassis.written_dates import written_date
from portal_contracts.greeting_names import greeting_name
from portal_contracts.wall_clock import clock_time, zone_or_utc

DAY_PATTERNS = {"en": "EEEE d MMMM", "de": "EEEE, d. MMMM"}
DATE_PATTERNS = {"en": "d MMMM y", "de": "d. MMMM y"}
SHORT_PATTERNS = {"en": "d MMM", "de": "d. MMM"}
SHORT_WEEKDAY_PATTERNS = {"en": "EEE d MMM", "de": "EEE, d. MMM"}


def install(environment: Environment) -> None:
    """Add every filter of this module to `environment`."""
    environment.filters.update(FILTERS)


# --- numbers ----------------------------------------------------------------


@pass_context
def numeral(context: Context, value: float) -> str:
    """A number without idle decimals, its decimal mark as the reader writes it."""
    short = int(value) if float(value).is_integer() else value
    return str(short).replace(".", "," if _language(context) == "de" else ".")


# --- codes ------------------------------------------------------------------


@pass_context
def in_words(context: Context, code: object, table: str = "error") -> str:
    """What `code` is called, by the table of `gateway.words.tables` named `table`.

    A code of two parts may be known by its first; an unknown one gets the
    table's general words, never itself.
    """
    if table == "error" and isinstance(code, str):
        return error_in_words(code, _language(context), partial(_translate, context))
    phrases, fallback = TABLES[table]
    word = str(code)
    first = word.partition(".")[0]
    return _translate(context, phrases.get(word) or phrases.get(first) or fallback)


@pass_context
def language_name(context: Context, code: str) -> str:
    """A language in the reader's own words: ``de`` is *German* or *Deutsch*."""
    name = Locale.parse(code).get_display_name(_language(context)) or code
    return name[:1].upper() + name[1:]


@pass_context
def device_name(context: Context, label: str) -> str:
    """A device's label, which services write in English, in the reader's language."""
    browser, on, platform = label.partition(" on ")
    if on:
        return _translate(context, DEVICE, browser=browser, platform=platform)
    return _translate(context, UNKNOWN_DEVICE) if label == UNKNOWN_DEVICE else label


def initials(name: str) -> str:
    """First letters of the first and last part of `name`; a title like *Dr.* does not count."""
    parts = [part for part in name.split() if part[0].isalnum() and not part.endswith(".")]
    return "".join(part[0].upper() for part in (parts[:1] + parts[1:][-1:])) or "·"


# --- instants -----------------------------------------------------------------


@pass_context
def day(context: Context, value: datetime, zone: str, within: object = None) -> str:
    """The day in words: *Tomorrow, Thursday 3 December*; the year only if it is another.

    `within` a sentence it is *tomorrow, Thursday 3 December*.
    """
    local, today = value.astimezone(zone_or_utc(zone)).date(), _today(context, zone)
    words = _day_words(context, local, today)
    is_near = (local - today).days in NEAR_DAYS
    return words[:1].lower() + words[1:] if within and is_near else words


@pass_context
def weekday_date(context: Context, value: date, zone: str) -> str:
    """A calendar date for the middle of a sentence: *Thursday 3 December*."""
    return _weekday_date(context, value, _today(context, zone))


@pass_context
def long_date(context: Context, value: date) -> str:
    """A date with its year: *3 December 1990*."""
    language = _language(context)
    return written_date(value, DATE_PATTERNS[language], language)


@pass_context
def clock(context: Context, value: datetime, zone: str) -> str:
    """The time of day on the wall in `zone`: ``10:00``; with its offset where it comes twice.

    As the reader is used to: ``10:00 AM`` where a day has two times twelve hours.
    """
    return clock_time(value, zone, twelve_hours=has_twelve_hours(context))


@pass_context
def moment(context: Context, value: datetime, zone: str, within: object = None) -> str:
    """Day and time in short: *Today, 14:05*, *3 Dec, 09:10*; *today* `within` a sentence."""
    local = value.astimezone(zone_or_utc(zone))
    distance = (local.date() - _today(context, zone)).days
    if distance in NEAR_MOMENTS:
        words = _translate(context, NEAR_MOMENTS[distance], time=clock(context, value, zone))
        return words[:1].lower() + words[1:] if within else words
    return f"{short_date(context, local.date(), zone)}, {clock(context, value, zone)}"


@pass_context
def dated_moment(context: Context, value: datetime, zone: str) -> str:
    """Day and time as they are read on paper, years later: *3 December 2026, 09:10*."""
    local = value.astimezone(zone_or_utc(zone)).date()
    return f"{long_date(context, local)}, {clock(context, value, zone)}"


@pass_context
def short_date(context: Context, value: date | datetime, zone: str) -> str:
    """A date in short: *3 Dec*, with the year if it is another."""
    if isinstance(value, datetime):
        value = value.astimezone(zone_or_utc(zone)).date()
    language = _language(context)
    year = "" if value.year == _today(context, zone).year else " y"
    return written_date(value, SHORT_PATTERNS[language] + year, language)


@pass_context
def short_weekday(context: Context, value: datetime, zone: str) -> str:
    """A day in short, with its weekday: *Thu 3 Dec*."""
    local, language = value.astimezone(zone_or_utc(zone)).date(), _language(context)
    return written_date(local, SHORT_WEEKDAY_PATTERNS[language], language)


@pass_context
def leaf(context: Context, value: date | datetime, zone: str) -> dict[str, str]:
    """The parts of a calendar leaf: `weekday`, `day` and `month`, short."""
    local = value.astimezone(zone_or_utc(zone)).date() if isinstance(value, datetime) else value
    language = _language(context)
    return {
        "weekday": written_date(local, "EEE", language).rstrip("."),
        "day": str(local.day),
        "month": written_date(local, "MMM", language).rstrip("."),
    }


def minutes_until(value: datetime, end: datetime) -> int:
    """Whole minutes from `value` to `end`."""
    return round((end - value).total_seconds() / 60)


def machine_time(value: date | datetime) -> str:
    """What `<time datetime>` holds: UTC with a Z, or the bare date."""
    if isinstance(value, datetime):
        return f"{value.astimezone(UTC).replace(tzinfo=None).isoformat(timespec='seconds')}Z"
    return value.isoformat()


# --- inside -----------------------------------------------------------------------


def _translate(context: Context, text: str, **values: str) -> str:
    return str(context.call(context.resolve("gettext"), text, **values))


def _language(context: Context) -> str:
    language = str(context.resolve("lang"))
    return language if language in DAY_PATTERNS else "en"


def _today(context: Context, zone: str) -> date:
    now: datetime = context["now"]
    return now.astimezone(zone_or_utc(zone)).date()


def _weekday_date(context: Context, value: date, today: date) -> str:
    language = _language(context)
    pattern = DAY_PATTERNS[language] + ("" if value.year == today.year else " y")
    return written_date(value, pattern, language)


def _day_words(context: Context, value: date, today: date) -> str:
    words = _weekday_date(context, value, today)
    near = NEAR_DAYS.get((value - today).days)
    return _translate(context, near, day=words) if near else words


@pass_context
def days_until(context: Context, value: date, zone: str) -> int:
    """How many days are left until a date, by the calendar of `zone`; 0 from that day on."""
    return max(0, (value - _today(context, zone)).days)


FILTERS = {
    "numeral": numeral,
    **CALENDAR_FILTERS,
    **PRACTICE_FILTERS,
    **ZONE_FILTERS,
    "in_words": in_words,
    "language_name": language_name,
    "device_name": device_name,
    "initials": initials,
    "greeting_name": greeting_name,
    "day": day,
    "weekday_date": weekday_date,
    "long_date": long_date,
    "clock": clock,
    "typed_time": typed_time,
    "days_until": days_until,
    "dated_moment": dated_moment,
    "moment": moment,
    "short_date": short_date,
    "short_weekday": short_weekday,
    "leaf": leaf,
    "minutes_until": minutes_until,
    "machine_time": machine_time,
}
"""Filter name to function, as templates call them."""
