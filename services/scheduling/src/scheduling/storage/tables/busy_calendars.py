"""Calendars kept elsewhere, and the busy time that was read from them."""

from __future__ import annotations

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    Table,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import TSTZRANGE

from portal_chassis.columns import count_column, id_column, instant_column, text_column
from portal_chassis.tables import lease_columns
from scheduling.storage.tables.schema import metadata

busy_calendar = Table(
    "busy_calendar",
    metadata,
    id_column("id", primary_key=True),
    id_column("practice_id"),
    id_column("practitioner_id"),
    text_column("name"),
    text_column("host"),
    Column("address_sealed", LargeBinary, nullable=False),
    Column("address_mac", LargeBinary, nullable=False),
    instant_column("added_at"),
    instant_column("due_at"),
    instant_column("tried_at", nullable=True),
    instant_column("read_at", nullable=True),
    instant_column("whole_at", nullable=True),
    text_column("timezone", server_default=text("''")),
    text_column("failure", server_default=text("''")),
    instant_column("failing_since", nullable=True),
    instant_column("told_at", nullable=True),
    text_column("etag", server_default=text("''")),
    text_column("last_modified", server_default=text("''")),
    count_column("unread", 0),
    *lease_columns(),
    CheckConstraint(
        "(failure = '') = (failing_since IS NULL)", name="ck_busy_calendar_failing_since"
    ),
    UniqueConstraint("practitioner_id", "address_mac", name="uq_busy_calendar_address"),
    Index("ix_busy_calendar_due", "due_at"),
)
"""A calendar that a practitioner keeps elsewhere, by its ICS address.

The address is a secret and sealed under the practitioner's key; `host` is what is shown of it,
`address_mac` a keyed hash by which the same one is known again. `tried_at`: when it was asked
last. `read_at`: when it last answered, be it that nothing has changed; `whole_at`: when it was
last read as a whole, in `timezone`, the zone in which days and times without one were taken to
lie. `failure` is a code, empty while it can be read.
"""

busy_time = Table(
    "busy_time",
    metadata,
    id_column("calendar_id"),
    id_column("practitioner_id"),
    Column("during", TSTZRANGE, nullable=False),
    ForeignKeyConstraint(
        ["calendar_id"],
        ["busy_calendar.id"],
        name="fk_busy_time_calendar",
        ondelete="CASCADE",
    ),
    CheckConstraint("NOT isempty(during)", name="ck_busy_time_during"),
    Index("ix_busy_time_calendar", "calendar_id"),
    Index("ix_busy_time_during", "practitioner_id", "during", postgresql_using="gist"),
)
"""When a practitioner is busy elsewhere, and nothing more of it: merged within a calendar."""
