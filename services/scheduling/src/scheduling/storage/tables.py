"""The tables of the scheduling database.

Ids of practices, practitioners and clients come from identity-links and are
nothing but ids here. Everything planned keeps three things: the instant in
UTC, the IANA zone, and the wall time that was meant, so that an appointment
can follow a change of the zone's rules.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import TSTZRANGE, UUID, ExcludeConstraint

from portal_chassis.tables import chassis_tables
from scheduling.domain.appointments import LIVE

metadata = MetaData()
chassis = chassis_tables(metadata)

_LIVE_SQL = "status IN (" + ", ".join(f"'{status}'" for status in LIVE) + ")"


def _id(name: str, **options: Any) -> Column[Any]:
    return Column(name, UUID(as_uuid=True), **({"nullable": False} | options))


def _instant(name: str, **options: Any) -> Column[Any]:
    return Column(name, DateTime(timezone=True), **({"nullable": False} | options))


def _count(name: str, default: int, **options: Any) -> Column[Any]:
    return Column(name, Integer, nullable=False, server_default=text(str(default)), **options)


bookable_service = Table(
    "bookable_service",
    metadata,
    _id("id", primary_key=True),
    _id("practice_id"),
    _id("practitioner_id"),
    Column("title", Text, nullable=False),
    Column("description", Text, nullable=False, server_default=text("''")),
    Column("minutes", Integer, nullable=False),
    _count("buffer_before_minutes", 0),
    _count("buffer_after_minutes", 0),
    _count("capacity", 1),
    Column("active", Boolean, nullable=False, server_default=text("true")),
    Column("self_scheduling", Boolean, nullable=False, server_default=text("false")),
    Column("open_to", Text, nullable=False, server_default=text("'all'")),
    _instant("created_at"),
    _instant("updated_at"),
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
    _id("service_id", primary_key=True),
    _id("client_id", primary_key=True),
    ForeignKeyConstraint(
        ["service_id"],
        ["bookable_service.id"],
        name="fk_bookable_service_client_service",
        ondelete="CASCADE",
    ),
    Index("ix_bookable_service_client_client", "client_id"),
)
"""The clients a service with ``open_to = 'chosen'`` is open to."""

booked_time = Table(
    "booked_time",
    metadata,
    _id("id", primary_key=True),
    _id("practice_id"),
    _id("practitioner_id"),
    _id("service_id"),
    Column("title", Text, nullable=False),
    _instant("starts_at"),
    _instant("ends_at"),
    Column("timezone", Text, nullable=False),
    Column("starts_wall", DateTime(timezone=False), nullable=False),
    _count("buffer_before_minutes", 0),
    _count("buffer_after_minutes", 0),
    Column("blocked", TSTZRANGE, nullable=False),
    _count("capacity", 1),
    Column("status", Text, nullable=False),
    _instant("expires_at", nullable=True),
    _instant("created_at"),
    _instant("updated_at"),
    ForeignKeyConstraint(
        ["service_id", "practice_id", "practitioner_id"],
        ["bookable_service.id", "bookable_service.practice_id", "bookable_service.practitioner_id"],
        name="fk_booked_time_service",
    ),
    CheckConstraint("ends_at > starts_at", name="ck_booked_time_ends_after_start"),
    CheckConstraint(
        "buffer_before_minutes >= 0 AND buffer_after_minutes >= 0", name="ck_booked_time_buffers"
    ),
    CheckConstraint("capacity >= 1", name="ck_booked_time_capacity"),
    CheckConstraint(
        "isempty(blocked) OR blocked = tstzrange("
        "starts_at - make_interval(mins => buffer_before_minutes), "
        "ends_at + make_interval(mins => buffer_after_minutes), '[)')",
        name="ck_booked_time_blocked",
    ),
    CheckConstraint(
        "status IN ('held', 'requested', 'confirmed', 'cancelled', 'declined', 'expired')",
        name="ck_booked_time_status",
    ),
    CheckConstraint("status <> 'held' OR expires_at IS NOT NULL", name="ck_booked_time_held"),
    UniqueConstraint("id", "practice_id", name="uq_booked_time_practice"),
    ExcludeConstraint(
        ("practitioner_id", "="),
        ("blocked", "&&"),
        name="ex_booked_time_overlap",
        using="gist",
        where=text(_LIVE_SQL),
    ),
    Index("ix_booked_time_service", "service_id"),
)
"""Part of a practitioner's calendar that is taken.

`blocked` is start less buffer to end plus buffer, and empty only within the
transaction that moves several times at once: at commit a deferred trigger
(`booked_time_blocks`) refuses a live time that blocks nothing. The buffers,
title and capacity are copied when it is booked, so a service that changes
leaves booked times as they are.
"""

appointment = Table(
    "appointment",
    metadata,
    _id("id", primary_key=True),
    _id("practice_id"),
    _id("client_id"),
    _id("booked_time_id"),
    Column("status", Text, nullable=False),
    _instant("expires_at", nullable=True),
    _instant("cancelled_at", nullable=True),
    Column("cancelled_late", Boolean, nullable=False, server_default=text("false")),
    _count("moves", 0),
    _count("ics_sequence", 0),
    Column("booking_note", LargeBinary),
    Column("cancel_reason", LargeBinary),
    _instant("created_at"),
    _instant("updated_at"),
    ForeignKeyConstraint(
        ["booked_time_id", "practice_id"],
        ["booked_time.id", "booked_time.practice_id"],
        name="fk_appointment_booked_time",
    ),
    CheckConstraint(
        "status IN ('held', 'requested', 'confirmed', 'cancelled', 'declined', 'expired')",
        name="ck_appointment_status",
    ),
    CheckConstraint("status <> 'held' OR expires_at IS NOT NULL", name="ck_appointment_held"),
    CheckConstraint(
        "(status = 'cancelled') = (cancelled_at IS NOT NULL)", name="ck_appointment_cancelled"
    ),
    CheckConstraint(
        "status = 'cancelled' OR NOT cancelled_late", name="ck_appointment_cancelled_late"
    ),
    CheckConstraint("moves >= 0 AND ics_sequence >= 0", name="ck_appointment_counts"),
    UniqueConstraint("id", "client_id", "practice_id", name="uq_appointment_owner"),
    Index(
        "uq_appointment_seat",
        "booked_time_id",
        "client_id",
        unique=True,
        postgresql_where=text(_LIVE_SQL),
    ),
    Index(
        "uq_appointment_hold", "client_id", unique=True, postgresql_where=text("status = 'held'")
    ),
    Index("ix_appointment_client", "client_id", "practice_id"),
)
"""One client's seat on a booked time. `booking_note` and `cancel_reason` are sealed."""

session = Table(
    "session",
    metadata,
    _id("id", primary_key=True),
    _id("practice_id"),
    _id("practitioner_id"),
    _id("client_id"),
    _id("appointment_id", nullable=True),
    Column("title", Text, nullable=False),
    _instant("started_at"),
    _instant("ended_at"),
    Column("timezone", Text, nullable=False),
    Column("started_wall", DateTime(timezone=False), nullable=False),
    Column("status", Text, nullable=False),
    _instant("created_at"),
    _instant("updated_at"),
    ForeignKeyConstraint(
        ["appointment_id", "client_id", "practice_id"],
        ["appointment.id", "appointment.client_id", "appointment.practice_id"],
        name="fk_session_appointment",
    ),
    CheckConstraint(
        "appointment_id IS NULL OR appointment_id = id", name="ck_session_appointment_id"
    ),
    CheckConstraint("ended_at > started_at", name="ck_session_ends_after_start"),
    CheckConstraint(
        "status IN ('attended', 'no_show', 'cancelled_late')", name="ck_session_status"
    ),
    UniqueConstraint("id", "client_id", "practice_id", name="uq_session_owner"),
    Index("ix_session_client", "client_id", "practice_id", "started_at"),
)
"""What is said about a session beyond its appointment; one without had none."""

session_summary = Table(
    "session_summary",
    metadata,
    _id("id", primary_key=True),
    _id("practice_id"),
    _id("client_id"),
    _id("session_id"),
    Column("version", Integer, nullable=False),
    Column("body", LargeBinary, nullable=False),
    _id("written_by"),
    _instant("created_at"),
    _instant("shared_at", nullable=True),
    _instant("unshared_at", nullable=True),
    _instant("read_at", nullable=True),
    ForeignKeyConstraint(
        ["session_id", "client_id", "practice_id"],
        ["session.id", "session.client_id", "session.practice_id"],
        name="fk_session_summary_session",
    ),
    CheckConstraint("version >= 1", name="ck_session_summary_version"),
    CheckConstraint(
        "unshared_at IS NULL OR shared_at IS NOT NULL", name="ck_session_summary_unshared"
    ),
    CheckConstraint("read_at IS NULL OR shared_at IS NOT NULL", name="ck_session_summary_read"),
    UniqueConstraint("session_id", "version", name="uq_session_summary_version"),
    Index(
        "uq_session_summary_shared",
        "session_id",
        unique=True,
        postgresql_where=text("shared_at IS NOT NULL AND unshared_at IS NULL"),
    ),
)
"""One version of a summary, its `body` sealed. Shared: `shared_at` and no `unshared_at`."""
