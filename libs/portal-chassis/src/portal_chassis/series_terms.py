"""How a series repeats, as a part of a sentence: on pages and in mails."""

from __future__ import annotations

from datetime import date, time
from typing import Final

from babel.dates import get_day_names

from portal_chassis.written_dates import written_date
from portal_chassis.zone_names import city_of
from portal_contracts.scheduling.rpc.appointments import RepeatUnit, SeriesHead
from portal_contracts.wall_clock import time_of_day

_LOCALES: Final = {"en": "en_GB", "de": "de"}
_TEXTS: Final = {
    "en": {
        "week": "every {weekday}, {clock}",
        "weeks": "every {every} weeks on {weekday}, {clock}",
        "month": "every month on the {week} {weekday}, {clock}",
        "months": "every {every} months on the {week} {weekday}, {clock}",
        "until": "{repeats}, until {day}",
        "city": " {city} time",
    },
    "de": {
        "week": "jeden {weekday}, {clock} Uhr",
        "weeks": "alle {every} Wochen am {weekday}, {clock} Uhr",
        "month": "jeden Monat am {week} {weekday}, {clock} Uhr",
        "months": "alle {every} Monate am {week} {weekday}, {clock} Uhr",
        "until": "{repeats}, bis {day}",
        "city": " Ortszeit {city}",
    },
}
_WEEKS: Final = {
    "en": {1: "first", 2: "second", 3: "third", 4: "fourth", -1: "last"},
    "de": {1: "ersten", 2: "zweiten", 3: "dritten", 4: "vierten", -1: "letzten"},
}


def repeats(
    head: SeriesHead, *, language: str, reader_zone: str = "", twelve_hours: bool = False
) -> str:
    """*every Thursday, 10:00*; the zone is named where the reader's is another.

    Args:
        head: how it repeats.
        language: ``en`` or ``de``.
        reader_zone: the reader's IANA zone; "" names the zone in any case.
        twelve_hours: *1:30 PM*; see `portal_chassis.customs`.
    """
    spoken = language if language in _TEXTS else "en"
    texts = _TEXTS[spoken]
    case = "week" if head.unit is RepeatUnit.WEEKLY else "month"
    city = "" if head.timezone == reader_zone else city_of(head.timezone, spoken)
    said = texts[case if head.every == 1 else f"{case}s"].format(
        weekday=get_day_names("wide", locale=_LOCALES[spoken])[head.weekday],
        week=_WEEKS[spoken].get(head.week_of_month or 0, ""),
        every=head.every,
        clock=time_of_day(time.fromisoformat(head.clock), twelve_hours=twelve_hours),
    )
    return said + (texts["city"].format(city=city) if city else "")


def repeats_until(
    head: SeriesHead, *, language: str, reader_zone: str = "", twelve_hours: bool = False
) -> str:
    """The same with its last day: *every Thursday, 10:00, until 2 June 2027*."""
    spoken = language if language in _TEXTS else "en"
    said = repeats(head, language=language, reader_zone=reader_zone, twelve_hours=twelve_hours)
    return _TEXTS[spoken]["until"].format(repeats=said, day=long_day(head.last_on, spoken))


def long_day(day: date, language: str) -> str:
    """*2 June 2027*."""
    return written_date(day, "long", _LOCALES[language])
