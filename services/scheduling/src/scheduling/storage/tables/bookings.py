"""Booked times, and the clients' seats on them."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    Table,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import TSTZRANGE, ExcludeConstraint

from portal_chassis.columns import count_column, id_column, instant_column, text_column
from portal_contracts.scheduling.rpc.appointments import ChangeKind
from scheduling.storage.tables.schema import LIVE_SQL, metadata

booked_time = Table(
    "booked_time",
    metadata,
    id_column("id", primary_key=True),
    id_column("practice_id"),
    id_column("practitioner_id"),
    id_column("service_id"),
    text_column("title"),
    instant_column("starts_at"),
    instant_column("ends_at"),
    text_column("timezone"),
    Column("starts_wall", DateTime(timezone=False), nullable=False),
    count_column("buffer_before_minutes", 0),
    count_column("buffer_after_minutes", 0),
    Column("blocked", TSTZRANGE, nullable=False),
    count_column("capacity", 1),
    text_column("place_kind", server_default=text("'video'")),
    text_column("place", server_default=text("''")),
    text_column("status"),
    instant_column("expires_at", nullable=True),
    instant_column("created_at"),
    instant_column("updated_at"),
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
    UniqueConstraint("id", "practice_id", "starts_at", "ends_at", name="uq_booked_time_span"),
    ExcludeConstraint(
        ("practitioner_id", "="),
        ("blocked", "&&"),
        name="ex_booked_time_overlap",
        using="gist",
        where=text(LIVE_SQL),
    ),
    CheckConstraint(
        "place_kind IN ('video', 'address', 'phone')", name="ck_booked_time_place_kind"
    ),
    Index("ix_booked_time_service", "service_id"),
    Index("ix_booked_time_calendar", "practitioner_id", "starts_at"),
)
"""Part of a practitioner's calendar that is taken.

`blocked` is start less buffer to end plus buffer, and empty only within the
transaction that moves several times at once: at commit a deferred trigger
(`booked_time_blocks`) refuses a live time that blocks nothing. The length,
buffers, title, capacity and place are copied when it is booked, so a service
that changes leaves booked times as they are.
"""

appointment = Table(
    "appointment",
    metadata,
    id_column("id", primary_key=True),
    id_column("practice_id"),
    id_column("client_id"),
    id_column("booked_time_id"),
    text_column("status"),
    instant_column("expires_at", nullable=True),
    instant_column("cancelled_at", nullable=True),
    Column("cancelled_late", Boolean, nullable=False, server_default=text("false")),
    count_column("moves", 0),
    count_column("ics_sequence", 0),
    count_column("sequence_raised", 0),
    instant_column("booked_at", nullable=True),
    text_column("policy_accepted", server_default=text("''")),
    Column("booking_note", LargeBinary),
    Column("cancel_reason", LargeBinary),
    instant_column("requested_at", nullable=True),
    Column("answer", LargeBinary),
    instant_column("created_at"),
    instant_column("updated_at"),
    instant_column("starts_at"),
    instant_column("ends_at"),
    Column("revealed", Boolean, nullable=False, server_default=text("false")),
    id_column("series_id", nullable=True),
    Column("series_slot", Integer),
    instant_column("series_starts_at", nullable=True),
    ForeignKeyConstraint(
        ["booked_time_id", "practice_id", "starts_at", "ends_at"],
        [
            "booked_time.id",
            "booked_time.practice_id",
            "booked_time.starts_at",
            "booked_time.ends_at",
        ],
        name="fk_appointment_booked_time",
        onupdate="CASCADE",
    ),
    CheckConstraint(
        "status IN ('held', 'requested', 'confirmed', 'cancelled', 'declined', 'expired')",
        name="ck_appointment_status",
    ),
    CheckConstraint("status <> 'held' OR expires_at IS NOT NULL", name="ck_appointment_held"),
    CheckConstraint(
        "status <> 'requested' OR expires_at IS NOT NULL AND requested_at IS NOT NULL",
        name="ck_appointment_requested",
    ),
    CheckConstraint(
        "(status = 'cancelled') = (cancelled_at IS NOT NULL)", name="ck_appointment_cancelled"
    ),
    CheckConstraint(
        "status = 'cancelled' OR NOT cancelled_late", name="ck_appointment_cancelled_late"
    ),
    CheckConstraint("moves >= 0 AND ics_sequence >= 0", name="ck_appointment_counts"),
    UniqueConstraint("id", "client_id", "practice_id", name="uq_appointment_owner"),
    ForeignKeyConstraint(
        ["series_id", "client_id", "practice_id"],
        ["series.id", "series.client_id", "series.practice_id"],
        name="fk_appointment_series",
    ),
    CheckConstraint(
        "num_nulls(series_id, series_slot, series_starts_at) IN (0, 3)",
        name="ck_appointment_series",
    ),
    UniqueConstraint(
        "series_id",
        "series_slot",
        name="uq_appointment_slot",
        deferrable=True,
        initially="DEFERRED",
    ),
    Index(
        "uq_appointment_seat",
        "booked_time_id",
        "client_id",
        unique=True,
        postgresql_where=text(LIVE_SQL),
    ),
    Index(
        "uq_appointment_hold", "client_id", unique=True, postgresql_where=text("status = 'held'")
    ),
    Index("ix_appointment_client", "client_id", "practice_id", "starts_at", "ends_at"),
    Index("ix_appointment_held", "expires_at", postgresql_where=text("status = 'held'")),
    Index("ix_appointment_requested", "expires_at", postgresql_where=text("status = 'requested'")),
)
"""One client's seat on a booked time. `booking_note`, `cancel_reason` and `answer` are sealed.

`starts_at` and `ends_at` are the booked time's, so that a client's appointments are found in
their order. PostgreSQL writes them: a trigger (`appointment_when`) when a seat is taken, the
foreign key when its time moves. Nobody else does, and they cannot differ.

`booked_at` is when it was confirmed, empty for what never was. `expires_at` stays
as it was when a hold is over or confirmed.

One of a series names it and its slot there; `series_starts_at` is where the last act on the
whole series put it, which is what the mail about that act told.
`booked_at` is when it was confirmed, empty for what never was, `requested_at` when its client
asked for it. `expires_at` is when a hold ends, or a request; it stays as it was when that is over
or confirmed, so it is empty for what the practice booked, and for nothing else.
"""

appointment_change = Table(
    "appointment_change",
    metadata,
    id_column("id", primary_key=True),
    id_column("appointment_id"),
    text_column("kind"),
    instant_column("at"),
    text_column("actor_kind"),
    id_column("practitioner_id", nullable=True),
    Column("by_program", Boolean, nullable=False),
    Column("revealed", Boolean, nullable=False),
    instant_column("starts_at"),
    instant_column("previous_starts_at", nullable=True),
    Column("without_mail", Boolean, nullable=False, server_default=text("false")),
    ForeignKeyConstraint(
        ["appointment_id"], ["appointment.id"], name="fk_appointment_change_appointment"
    ),
    CheckConstraint(
        "kind IN (" + ", ".join(f"'{kind}'" for kind in ChangeKind) + ")",
        name="ck_appointment_change_kind",
    ),
    Index("ix_appointment_change_appointment", "appointment_id", "at"),
)
"""What became of an appointment, by whom; a row for each time, never changed."""
