"""What the mails about a series say, with one entry for calendars that stands for all of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from gettext import NullTranslations

from babel.dates import format_date

from notifications.domain.letters import Addressee, Wording
from notifications.mails.appointments import invitations, series_invitations
from notifications.mails.mail import Occasion
from notifications.templates.phrases import LOCALES, Lookup, day, twelve_hours, when, worded
from portal_chassis.calendar_series import wall_time
from portal_chassis.series_terms import long_day, repeats
from portal_contracts.scheduling.rpc.appointments import SeriesEntry
from portal_contracts.scheduling.rpc.series import SeriesFacts
from portal_contracts.wall_clock import zone_or_utc

_MOST_NAMED = 8
"""More dates than that are counted instead of named."""


@dataclass(frozen=True)
class SeriesNews:
    """What is new.

    Attributes:
        subject: one line; ``%(day)s`` stands for the day of the next appointment.
        lead: the first sentence.
        stands: whether the appointments are listed as they will be; else when they were to be.
        first: the recipient's calendar has none of them yet.
    """

    subject: str
    lead: str
    stands: bool = True
    first: bool = False


TellSeries = Callable[[Occasion[SeriesFacts], Lookup], SeriesNews]


def words(
    tell: TellSeries,
    occasion: Occasion[SeriesFacts],
    addressee: Addressee,
    texts: NullTranslations,
) -> Wording:
    """The mail with the news that `tell` gives, and the entry of the series as it is now."""
    _ = texts.gettext
    facts, news = occasion.facts, tell(occasion, _)
    details = _details(facts, addressee, _, stands=news.stands)
    next_day = day(facts.next_at, addressee.timezone, addressee.language)
    wording = worded(
        addressee,
        _,
        subject=news.subject % {"day": next_day},
        preheader=details[0][1],
        lead=news.lead,
        details=details,
        button=_button(addressee, _),
        notes=(_about_file(news, _),),
    )
    entries = series_invitations.invitations_of(occasion, addressee, texts)
    return replace(
        wording,
        told_starts_at=facts.next_at,
        invitation=entries[-1],
        more_invitations=tuple(entries[:-1]),
    )


def _about_file(news: SeriesNews, _: Lookup) -> str:
    """What becomes of the recipient's calendar. Those that have taken place stay in it."""
    if not news.stands:
        return _("The file that comes with this e-mail takes them out of your calendar.")
    if news.first:
        return _("The file that comes with this e-mail puts all of them into your calendar.")
    return _("The file that comes with this e-mail changes them in your calendar.")


def _details(
    facts: SeriesFacts, addressee: Addressee, _: Lookup, *, stands: bool
) -> tuple[tuple[str, str], ...]:
    language, entry = addressee.language, facts.entry
    said = repeats(facts.head, language=language, twelve_hours=twelve_hours(addressee))
    said = said[0].upper() + said[1:]
    if not stands:
        return ((_("They were to be"), said),)
    told = when(facts.next_at, addressee, facts.head.timezone, _)
    rows = [
        (_("When"), said),
        (_("Next"), told),
        (_("Last"), long_day(facts.head.last_on, language)),
    ]
    out = [wall_time(one, entry.timezone) for one in entry.left_out]
    to_come = [one for one in out if one.astimezone(UTC) > facts.next_at]
    if to_come:
        rows.append((_("Not on"), _days(to_come, language, _)))
    for moved in entry.moved[:_MOST_NAMED]:
        if moved.starts_at >= facts.next_at:
            new = when(moved.starts_at, addressee, entry.timezone, _)
            rows.append((_instead_of(moved.wall, entry, language, _), new))
    where = invitations.place(facts.place, _)
    return (*rows, (_("Where"), where)) if where else tuple(rows)


def _instead_of(wall: str, entry: SeriesEntry, language: str, _: Lookup) -> str:
    at = wall_time(wall, entry.timezone)
    return _("Instead of %(day)s") % {"day": _short(at, language)}


def _days(walls: list[datetime], language: str, _: Lookup) -> str:
    named = ", ".join(_short(one, language) for one in walls[:_MOST_NAMED])
    more = len(walls) - _MOST_NAMED
    return named if more <= 0 else _("%(days)s and %(more)s more") % {"days": named, "more": more}


def _short(at: datetime, language: str) -> str:
    local = at.astimezone(zone_or_utc(str(at.tzinfo)))
    return format_date(local, "d MMM y", locale=LOCALES[language])


def _button(addressee: Addressee, _: Lookup) -> str:
    if not addressee.link:
        return ""
    return _("Open the calendar") if addressee.to_practitioner else _("See my appointments")
