"""What every mail about a series asks scheduling, and until when it is wanted at all."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from msgspec.structs import replace

from notifications.domain.reasons import Reason
from notifications.mails.appointments import appointment_facts
from notifications.mails.mail import SAMPLE_ID, Occasion
from portal_contracts.calls import Method
from portal_contracts.scheduling.rpc.appointments import RepeatUnit, SeriesEntry, SeriesHead
from portal_contracts.scheduling.rpc.series import (
    READ_SERIES_FACTS,
    ReadSeriesFacts,
    SeriesFacts,
)

PAGE = "/console/calendar"
"""Where a practitioner sees it."""

_SAMPLE_SLOTS = 10
_WALL = "%Y-%m-%dT%H:%M"


def asks(series_id: UUID) -> tuple[Method[Any, SeriesFacts], ReadSeriesFacts]:
    """The call that answers the facts of a series."""
    return READ_SERIES_FACTS, ReadSeriesFacts(series_id=series_id)


def also_told(facts: SeriesFacts) -> tuple[tuple[UUID, datetime | None], ...]:
    """Mails about the series that it went on from told of it too."""
    return tuple((one.id, None) for one in reversed(facts.ended))


def overtaken(occasion: Occasion[SeriesFacts]) -> Reason | None:
    """Why what was booked or moved is not told, or None: it does not stand as it was planned."""
    if occasion.facts.to_come == 0:
        return Reason.APPOINTMENT_CANCELLED
    return _acted_again(occasion)


def cancelled_in_vain(occasion: Occasion[SeriesFacts]) -> Reason | None:
    """Why a cancellation is not told, or None: something newer is, or nobody had heard of it."""
    told = occasion.told
    never_told = told.starts_at is None and not told.made_previous_change
    in_vain = never_told and occasion.planned_sequence is not None
    return _acted_again(occasion) or (Reason.NOTHING_TO_TELL if in_vain else None)


def unseen(occasion: Occasion[SeriesFacts]) -> Reason | None:
    """Why a calendar does not follow a practitioner's own act, or None: it has no entry."""
    in_vain = occasion.told.invited_to is None and occasion.planned_sequence is not None
    return _acted_again(occasion) or (Reason.NOTHING_TO_TELL if in_vain else None)


def never_heard_of(occasion: Occasion[SeriesFacts]) -> bool:
    """Whether a move is written as a confirmation: the recipient knows of no other times."""
    return not occasion.told.made_previous_change and occasion.told.starts_at is None


def sample(now: datetime) -> SeriesFacts:
    """Facts that are made up."""
    one = appointment_facts.sample(now)
    last = one.starts_at + _SAMPLE_SLOTS * timedelta(weeks=1) - timedelta(weeks=1)
    return SeriesFacts(
        practice_id=SAMPLE_ID,
        client_id=SAMPLE_ID,
        practitioner_id=SAMPLE_ID,
        head=SeriesHead(
            id=SAMPLE_ID,
            unit=RepeatUnit.WEEKLY,
            every=1,
            weekday=one.starts_at.weekday(),
            week_of_month=None,
            clock=f"{one.starts_at:%H:%M}",
            timezone=one.timezone,
            last_on=last.date(),
        ),
        entry=SeriesEntry(
            id=SAMPLE_ID,
            unit=RepeatUnit.WEEKLY,
            every=1,
            week_of_month=None,
            first_wall=f"{one.starts_at:{_WALL}}",
            last_wall=f"{last:{_WALL}}",
            timezone=one.timezone,
            minutes=50,
            slots=_SAMPLE_SLOTS,
            live=_SAMPLE_SLOTS,
            sequence=0,
            left_out=[],
            moved=[],
        ),
        ended=[],
        place=one.place,
        next_at=one.starts_at,
        to_come=_SAMPLE_SLOTS,
        acts=0,
    )


def sample_cancelled(now: datetime) -> SeriesFacts:
    """The same with none of them left."""
    facts = sample(now)
    return replace(facts, entry=replace(facts.entry, live=0), to_come=0)


def _acted_again(occasion: Occasion[SeriesFacts]) -> Reason | None:
    """The reason where a newer act has a mail of its own."""
    again = occasion.planned_sequence not in {None, occasion.facts.acts}
    return Reason.APPOINTMENT_CHANGED if again else None
