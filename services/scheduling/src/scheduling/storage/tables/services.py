"""Bookable services, and the clients some of them are open to."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    ForeignKeyConstraint,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from scheduling.storage.tables.schema import count_column, id_column, instant_column, metadata

bookable_service = Table(
    "bookable_service",
    metadata,
    id_column("id", primary_key=True),
    id_column("practice_id"),
    id_column("practitioner_id"),
    Column("title", Text, nullable=False),
    Column("description", Text, nullable=False, server_default=text("''")),
    Column("minutes", Integer, nullable=False),
    count_column("buffer_before_minutes", 0),
    count_column("buffer_after_minutes", 0),
    count_column("capacity", 1),
    Column("active", Boolean, nullable=False, server_default=text("true")),
    Column("self_scheduling", Boolean, nullable=False, server_default=text("false")),
    Column("open_to", Text, nullable=False, server_default=text("'all'")),
    instant_column("created_at"),
    instant_column("updated_at"),
    CheckConstraint("minutes BETWEEN 1 AND 1440", name="ck_bookable_service_minutes"),
    CheckConstraint(
        "buffer_before_minutes BETWEEN 0 AND 1440 AND buffer_after_minutes BETWEEN 0 AND 1440",
        name="ck_bookable_service_buffers",
    ),
    CheckConstraint("capacity >= 1", name="ck_bookable_service_capacity"),
    CheckConstraint("open_to IN ('all', 'chosen')", name="ck_bookable_service_open_to"),
    UniqueConstraint("id", "practice_id", "practitioner_id", name="uq_bookable_service_owner"),
    Index("ix_bookable_service_practice", "practice_id"),
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
