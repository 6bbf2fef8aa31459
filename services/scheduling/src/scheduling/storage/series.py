"""Series: the rule by which appointments repeat, and what was done to them as a whole."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import RowMapping, insert, select, update

from portal_chassis.authority.ownership import Client
from portal_chassis.database.transactions import Transaction
from portal_contracts.scheduling.rpc.appointments import RepeatUnit
from scheduling.domain.series import SeriesRule
from scheduling.storage.tables import series


@dataclass(frozen=True)
class Series:
    """A series as it is stored; its appointments name it.

    Attributes:
        id: its id, also the first half of its invitation's UID.
        client: whose it is, in which practice.
        rule: how it repeats.
        minutes: how long each occurrence is.
        acts: what was done to it as a whole, counted.
        sequence: of its invitation.
        follows_id: the series that it went on from.
        created_at: when it was booked, or parted from that one.
        acted_at: when something was last done to it as a whole.
    """

    id: UUID
    client: Client
    rule: SeriesRule
    minutes: int
    acts: int
    sequence: int
    follows_id: UUID | None
    created_at: datetime
    acted_at: datetime


def add(
    tx: Transaction,
    series_id: UUID,
    client: Client,
    rule: SeriesRule,
    *,
    minutes: int,
    follows_id: UUID | None = None,
    now: datetime,
) -> None:
    """Store a series that has no appointments yet."""
    tx.execute(
        insert(series).values(
            id=series_id,
            practice_id=client.practice_id,
            client_id=client.id,
            minutes=minutes,
            follows_id=follows_id,
            created_at=now,
            acted_at=now,
            **_said(rule),
        )
    )


def find(tx: Transaction, series_id: UUID) -> Series | None:
    """A series of whichever practice."""
    row = tx.execute(select(series).where(series.c.id == series_id)).mappings().one_or_none()
    return None if row is None else _series(row)


def act(tx: Transaction, series_id: UUID, rule: SeriesRule, *, now: datetime) -> int:
    """Give a series another rule, or a nearer end, by an act on all of it; how many there were."""
    statement = (
        update(series)
        .where(series.c.id == series_id)
        .values(
            acts=series.c.acts + 1,
            ics_sequence=series.c.ics_sequence + 1,
            acted_at=now,
            **_said(rule),
        )
        .returning(series.c.acts)
    )
    return int(tx.execute(statement).scalar_one())


def count_change(tx: Transaction, series_id: UUID) -> None:
    """Count that one of its appointments was changed: its entry in calendars is newer."""
    tx.execute(
        update(series)
        .where(series.c.id == series_id)
        .values(ics_sequence=series.c.ics_sequence + 1)
    )


def _said(rule: SeriesRule) -> dict[str, object]:
    return {
        "unit": rule.unit,
        "every": rule.every,
        "week_of_month": rule.week_of_month,
        "first_wall": rule.first_wall,
        "timezone": rule.timezone,
        "slots": rule.slots,
    }


def _series(row: RowMapping) -> Series:
    return Series(
        id=row["id"],
        client=Client(id=row["client_id"], practice_id=row["practice_id"]),
        rule=SeriesRule(
            unit=RepeatUnit(row["unit"]),
            every=row["every"],
            first_wall=row["first_wall"],
            timezone=row["timezone"],
            week_of_month=row["week_of_month"],
            slots=row["slots"],
        ),
        minutes=row["minutes"],
        acts=row["acts"],
        sequence=row["ics_sequence"] + row["sequence_raised"],
        follows_id=row["follows_id"],
        created_at=row["created_at"],
        acted_at=row["acted_at"],
    )
