"""Bookable services, and the clients some of them are open to."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKeyConstraint,
    Index,
    Integer,
    Table,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from portal_chassis.columns import count_column, id_column, instant_column, text_column
from portal_contracts.scheduling.rpc.services import DEFAULT_ANSWER_HOURS
from scheduling.storage.tables.schema import metadata

bookable_service = Table(
    "bookable_service",
    metadata,
    id_column("id", primary_key=True),
    id_column("practice_id"),
    id_column("practitioner_id"),
    count_column("version", 1),
    Column("archived", Boolean, nullable=False, server_default=text("false")),
    text_column("title"),
    text_column("description", server_default=text("''")),
    Column("minutes", Integer, nullable=False),
    text_column("price", server_default=text("''")),
    text_column("place_kind", server_default=text("'video'")),
    text_column("place", server_default=text("''")),
    count_column("buffer_before_minutes", 0),
    count_column("buffer_after_minutes", 0),
    count_column("increment_minutes", 30),
    count_column("min_notice_minutes", 1440),
    Column("max_horizon_days", Integer),
    Column("bookable_from", Date),
    Column("bookable_until", Date),
    Column("max_per_day", Integer),
    Column("max_per_week", Integer),
    Column("max_per_month", Integer),
    text_column("alignment", server_default=text("'window_start'")),
    count_column("capacity", 1),
    Column("self_scheduling", Boolean, nullable=False, server_default=text("false")),
    text_column("open_to", server_default=text("'all'")),
    Column("clients_may_cancel", Boolean, nullable=False, server_default=text("true")),
    count_column("cancel_notice_minutes", 1440),
    text_column("late_cancel", server_default=text("'blocked'")),
    Column("clients_may_move", Boolean, nullable=False, server_default=text("true")),
    count_column("move_notice_minutes", 1440),
    Column("max_moves", Integer),
    count_column("grace_minutes", 0),
    Column("reason_asked", Boolean, nullable=False, server_default=text("false")),
    text_column("policy", server_default=text("''")),
    text_column("colour", server_default=text("'blue'")),
    Column("weekly", JSONB(none_as_null=True)),
    Column("form_template_ids", ARRAY(Uuid), nullable=False, server_default=text("'{}'")),
    Column("usual_time", Boolean, nullable=False, server_default=text("true")),
    Column("on_request", Boolean, nullable=False, server_default=text("false")),
    count_column("answer_hours", DEFAULT_ANSWER_HOURS),
    instant_column("created_at"),
    instant_column("updated_at"),
    CheckConstraint("version >= 1", name="ck_bookable_service_version"),
    CheckConstraint("minutes BETWEEN 1 AND 1440", name="ck_bookable_service_minutes"),
    CheckConstraint(
        "buffer_before_minutes BETWEEN 0 AND 1440 AND buffer_after_minutes BETWEEN 0 AND 1440",
        name="ck_bookable_service_buffers",
    ),
    CheckConstraint("increment_minutes >= 1", name="ck_bookable_service_increment"),
    CheckConstraint(
        "min_notice_minutes >= 0 AND cancel_notice_minutes >= 0 AND move_notice_minutes >= 0 "
        "AND grace_minutes >= 0",
        name="ck_bookable_service_notices",
    ),
    CheckConstraint(
        "max_horizon_days >= 0 AND max_per_day >= 0 AND max_per_week >= 0 "
        "AND max_per_month >= 0 AND max_moves >= 0",
        name="ck_bookable_service_limits",
    ),
    CheckConstraint("bookable_until >= bookable_from", name="ck_bookable_service_dates"),
    CheckConstraint("answer_hours >= 1", name="ck_bookable_service_answer_hours"),
    CheckConstraint("capacity >= 1", name="ck_bookable_service_capacity"),
    CheckConstraint("open_to IN ('all', 'chosen')", name="ck_bookable_service_open_to"),
    CheckConstraint(
        "place_kind IN ('video', 'address', 'phone')", name="ck_bookable_service_place_kind"
    ),
    CheckConstraint(
        "alignment IN ('window_start', 'gap_start', 'clock_grid')",
        name="ck_bookable_service_alignment",
    ),
    CheckConstraint(
        "late_cancel IN ('flagged', 'blocked')", name="ck_bookable_service_late_cancel"
    ),
    UniqueConstraint("id", "practice_id", "practitioner_id", name="uq_bookable_service_owner"),
    Index("ix_bookable_service_practice", "practice_id"),
    Index("ix_bookable_service_practitioner", "practitioner_id"),
)

bookable_service_client = Table(
    "bookable_service_client",
    metadata,
    id_column("service_id", primary_key=True),
    id_column("client_id", primary_key=True),
    ForeignKeyConstraint(
        ["service_id"],
        ["bookable_service.id"],
        name="fk_bookable_service_client_service",
        ondelete="CASCADE",
    ),
    Index("ix_bookable_service_client_client", "client_id"),
)
"""The clients a service with ``open_to = 'chosen'`` is open to."""
