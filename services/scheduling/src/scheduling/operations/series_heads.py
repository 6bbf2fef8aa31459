"""How a series is said: in a sentence's parts, and as one entry of a calendar."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from portal_contracts.scheduling.rpc.appointments import (
    MovedOccurrence,
    SeriesEntry,
    SeriesHead,
)
from portal_contracts.scheduling.rpc.overview import OccurrenceFacts
from scheduling.domain.appointments import Appointment, BookingStatus, SeriesPart
from scheduling.storage.series import Series


def head_of(part: SeriesPart) -> SeriesHead:
    """How the series of an appointment repeats."""
    rule = part.rule
    return SeriesHead(
        id=part.id,
        unit=rule.unit,
        every=rule.every,
        weekday=rule.first_wall.weekday(),
        week_of_month=rule.week_of_month,
        clock=f"{rule.first_wall:%H:%M}",
        timezone=rule.timezone,
        last_on=rule.last_on,
    )


def occurrence_of(part: SeriesPart) -> OccurrenceFacts:
    """The place of an appointment in the entry of its series."""
    return OccurrenceFacts(
        series_id=part.id,
        wall=_said(part.rule.wall(part.slot)),
        timezone=part.rule.timezone,
        sequence=part.sequence,
        told_starts_at=part.told_starts_at,
    )


def entry_of(series: Series, listed: Sequence[Appointment]) -> SeriesEntry:
    """A series as one entry of a calendar.

    Args:
        series: which.
        listed: its appointments, cancelled ones too.
    """
    rule = series.rule
    live = {
        one.series.slot: one
        for one in listed
        if one.series is not None
        and one.status is BookingStatus.CONFIRMED
        and one.series.slot < rule.slots
    }
    elsewhere = [
        (slot, one) for slot, one in live.items() if one.starts_at not in rule.instants(slot)[:1]
    ]
    return SeriesEntry(
        id=series.id,
        unit=rule.unit,
        every=rule.every,
        week_of_month=rule.week_of_month,
        first_wall=_said(rule.first_wall),
        last_wall=_said(rule.wall(rule.slots - 1)),
        timezone=rule.timezone,
        minutes=series.minutes,
        slots=rule.slots,
        live=len(live),
        sequence=series.sequence,
        left_out=[_said(rule.wall(slot)) for slot in range(rule.slots) if slot not in live],
        moved=[
            MovedOccurrence(
                wall=_said(rule.wall(slot)), starts_at=one.starts_at, ends_at=one.ends_at
            )
            for slot, one in elsewhere
        ],
    )


def _said(wall: datetime) -> str:
    return f"{wall:%Y-%m-%dT%H:%M}"
