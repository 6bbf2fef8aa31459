"""Bookable services, booked times and the appointments on them.

The heart is the exclusion constraint of `booked_time`: whatever the code does,
PostgreSQL stores no two live times of one practitioner that overlap.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from portal_chassis.tables import create_chassis_tables, drop_chassis_tables

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

LIVE = "status IN ('held', 'requested', 'confirmed')"
STATUSES = "status IN ('held', 'requested', 'confirmed', 'cancelled', 'declined', 'expired')"
HELD_EXPIRES = "status <> 'held' OR expires_at IS NOT NULL"

TIME_BLOCKS_FUNCTION = """
CREATE FUNCTION booked_time_blocks() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM booked_time
        WHERE id = NEW.id AND isempty(blocked) AND status IN ('held', 'requested', 'confirmed')
    ) THEN
        RAISE EXCEPTION 'a live booked time blocks nothing'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'booked_time_blocks',
                  TABLE = 'booked_time';
    END IF;
    RETURN NULL;
END
$$
"""

# Deferred: several times that move at once stand empty until each has its new place.
TIME_BLOCKS_TRIGGER = f"""
CREATE CONSTRAINT TRIGGER booked_time_blocks
AFTER INSERT OR UPDATE ON booked_time
DEFERRABLE INITIALLY DEFERRED
FOR EACH ROW WHEN (isempty(NEW.blocked) AND NEW.{LIVE})
EXECUTE FUNCTION booked_time_blocks()
"""


def _id(name: str) -> sa.Column[Any]:
    return sa.Column(name, postgresql.UUID(as_uuid=True), nullable=False)


def _instant(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _count(name: str, default: int) -> sa.Column[Any]:
    return sa.Column(name, sa.Integer, nullable=False, server_default=sa.text(str(default)))


def _text(name: str, default: str | None = None) -> sa.Column[Any]:
    server_default = None if default is None else sa.text(f"'{default}'")
    return sa.Column(name, sa.Text, nullable=False, server_default=server_default)


def _switch(name: str, *, default: bool) -> sa.Column[Any]:
    server_default = sa.text("true" if default else "false")
    return sa.Column(name, sa.Boolean, nullable=False, server_default=server_default)


def upgrade() -> None:
    op.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")
    create_chassis_tables(op)
    _create_bookable_service()
    _create_booked_time()
    _create_appointment()


def downgrade() -> None:
    """The extension stays: something else may have come to use it."""
    for table in (
        "appointment",
        "booked_time",
        "bookable_service_client",
        "bookable_service",
    ):
        op.drop_table(table)
    op.execute("DROP FUNCTION booked_time_blocks()")
    drop_chassis_tables(op)


def _create_bookable_service() -> None:
    op.create_table(
        "bookable_service",
        _id("id"),
        _id("practice_id"),
        _id("practitioner_id"),
        _text("title"),
        _text("description", ""),
        sa.Column("minutes", sa.Integer, nullable=False),
        _count("buffer_before_minutes", 0),
        _count("buffer_after_minutes", 0),
        _count("capacity", 1),
        _switch("active", default=True),
        _switch("self_scheduling", default=False),
        _text("open_to", "all"),
        _instant("created_at"),
        _instant("updated_at"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint(
            "id", "practice_id", "practitioner_id", name="uq_bookable_service_owner"
        ),
        sa.CheckConstraint("minutes BETWEEN 1 AND 1440", name="ck_bookable_service_minutes"),
        sa.CheckConstraint(
            "buffer_before_minutes BETWEEN 0 AND 1440 AND buffer_after_minutes BETWEEN 0 AND 1440",
            name="ck_bookable_service_buffers",
        ),
        sa.CheckConstraint("capacity >= 1", name="ck_bookable_service_capacity"),
        sa.CheckConstraint("open_to IN ('all', 'chosen')", name="ck_bookable_service_open_to"),
    )
    op.create_index("ix_bookable_service_practice", "bookable_service", ["practice_id"])
    op.create_table(
        "bookable_service_client",
        _id("service_id"),
        _id("client_id"),
        sa.PrimaryKeyConstraint("service_id", "client_id"),
        sa.ForeignKeyConstraint(
            ["service_id"],
            ["bookable_service.id"],
            name="fk_bookable_service_client_service",
            ondelete="CASCADE",
        ),
    )
    op.create_index("ix_bookable_service_client_client", "bookable_service_client", ["client_id"])


def _create_booked_time() -> None:
    op.create_table(
        "booked_time",
        _id("id"),
        _id("practice_id"),
        _id("practitioner_id"),
        _id("service_id"),
        _text("title"),
        _instant("starts_at"),
        _instant("ends_at"),
        _text("timezone"),
        sa.Column("starts_wall", sa.DateTime(timezone=False), nullable=False),
        _count("buffer_before_minutes", 0),
        _count("buffer_after_minutes", 0),
        sa.Column("blocked", postgresql.TSTZRANGE, nullable=False),
        _count("capacity", 1),
        _text("status"),
        _instant("expires_at", nullable=True),
        _instant("created_at"),
        _instant("updated_at"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("id", "practice_id", name="uq_booked_time_practice"),
        sa.ForeignKeyConstraint(
            ["service_id", "practice_id", "practitioner_id"],
            [
                "bookable_service.id",
                "bookable_service.practice_id",
                "bookable_service.practitioner_id",
            ],
            name="fk_booked_time_service",
        ),
        sa.CheckConstraint("ends_at > starts_at", name="ck_booked_time_ends_after_start"),
        sa.CheckConstraint(
            "buffer_before_minutes >= 0 AND buffer_after_minutes >= 0",
            name="ck_booked_time_buffers",
        ),
        sa.CheckConstraint("capacity >= 1", name="ck_booked_time_capacity"),
        sa.CheckConstraint(
            "isempty(blocked) OR blocked = tstzrange("
            "starts_at - make_interval(mins => buffer_before_minutes), "
            "ends_at + make_interval(mins => buffer_after_minutes), '[)')",
            name="ck_booked_time_blocked",
        ),
        sa.CheckConstraint(STATUSES, name="ck_booked_time_status"),
        sa.CheckConstraint(HELD_EXPIRES, name="ck_booked_time_held"),
        postgresql.ExcludeConstraint(
            ("practitioner_id", "="),
            ("blocked", "&&"),
            name="ex_booked_time_overlap",
            using="gist",
            where=sa.text(LIVE),
        ),
    )
    op.create_index("ix_booked_time_service", "booked_time", ["service_id"])
    op.execute(TIME_BLOCKS_FUNCTION)
    op.execute(TIME_BLOCKS_TRIGGER)


def _create_appointment() -> None:
    op.create_table(
        "appointment",
        _id("id"),
        _id("practice_id"),
        _id("client_id"),
        _id("booked_time_id"),
        _text("status"),
        _instant("expires_at", nullable=True),
        _instant("cancelled_at", nullable=True),
        _switch("cancelled_late", default=False),
        _count("moves", 0),
        _count("ics_sequence", 0),
        sa.Column("booking_note", sa.LargeBinary),
        sa.Column("cancel_reason", sa.LargeBinary),
        _instant("created_at"),
        _instant("updated_at"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("id", "client_id", "practice_id", name="uq_appointment_owner"),
        sa.ForeignKeyConstraint(
            ["booked_time_id", "practice_id"],
            ["booked_time.id", "booked_time.practice_id"],
            name="fk_appointment_booked_time",
        ),
        sa.CheckConstraint(STATUSES, name="ck_appointment_status"),
        sa.CheckConstraint(HELD_EXPIRES, name="ck_appointment_held"),
        sa.CheckConstraint(
            "(status = 'cancelled') = (cancelled_at IS NOT NULL)", name="ck_appointment_cancelled"
        ),
        sa.CheckConstraint(
            "status = 'cancelled' OR NOT cancelled_late", name="ck_appointment_cancelled_late"
        ),
        sa.CheckConstraint("moves >= 0 AND ics_sequence >= 0", name="ck_appointment_counts"),
    )
    op.create_index(
        "uq_appointment_seat",
        "appointment",
        ["booked_time_id", "client_id"],
        unique=True,
        postgresql_where=sa.text(LIVE),
    )
    op.create_index(
        "uq_appointment_hold",
        "appointment",
        ["client_id"],
        unique=True,
        postgresql_where=sa.text("status = 'held'"),
    )
    op.create_index("ix_appointment_client", "appointment", ["client_id", "practice_id"])
