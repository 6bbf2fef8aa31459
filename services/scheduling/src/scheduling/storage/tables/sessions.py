"""Sessions and what is written about them."""

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

from portal_chassis.columns import count_column, id_column, instant_column, text_column
from scheduling.storage.tables.schema import metadata

session = Table(
    "session",
    metadata,
    id_column("id", primary_key=True),
    id_column("practice_id"),
    id_column("practitioner_id"),
    id_column("client_id"),
    id_column("appointment_id", nullable=True),
    text_column("title"),
    instant_column("started_at"),
    instant_column("ended_at"),
    text_column("timezone"),
    Column("started_wall", DateTime(timezone=False), nullable=False),
    text_column("status"),
    instant_column("created_at"),
    instant_column("updated_at"),
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
    Index(
        "ix_session_recorded",
        "practitioner_id",
        "started_at",
        postgresql_where=text("appointment_id IS NULL"),
    ),
)
"""What is said about a session beyond its appointment; one without had none."""

session_summary = Table(
    "session_summary",
    metadata,
    id_column("id", primary_key=True),
    id_column("practice_id"),
    id_column("client_id"),
    id_column("session_id"),
    Column("version", Integer, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("body", LargeBinary, nullable=False),
    id_column("written_by"),
    instant_column("created_at"),
    instant_column("saved_at"),
    instant_column("shared_at", nullable=True),
    instant_column("unshared_at", nullable=True),
    instant_column("read_at", nullable=True),
    Column("read_revealed", Boolean, nullable=False, server_default=text("false")),
    Column("set_aside", Boolean, nullable=False, server_default=text("false")),
    ForeignKeyConstraint(
        ["session_id", "client_id", "practice_id"],
        ["session.id", "session.client_id", "session.practice_id"],
        name="fk_session_summary_session",
    ),
    CheckConstraint("version >= 1", name="ck_session_summary_version"),
    CheckConstraint("revision >= 1", name="ck_session_summary_revision"),
    CheckConstraint(
        "unshared_at IS NULL OR shared_at IS NOT NULL", name="ck_session_summary_unshared"
    ),
    CheckConstraint("read_at IS NULL OR shared_at IS NOT NULL", name="ck_session_summary_read"),
    CheckConstraint("shared_at IS NULL OR NOT set_aside", name="ck_session_summary_set_aside"),
    UniqueConstraint("session_id", "version", name="uq_session_summary_version"),
    Index(
        "uq_session_summary_shared",
        "session_id",
        unique=True,
        postgresql_where=text("shared_at IS NOT NULL AND unshared_at IS NULL"),
    ),
    Index("ix_session_summary_client", "client_id", "practice_id", "shared_at"),
)
"""One version of a summary, its `body` sealed. Shared: `shared_at` and no `unshared_at`.

`revision` counts the saves of the session's summary up to this version's last one. The
newest is the last that was not `set_aside`, which is a text that another one was chosen over.
"""

session_note = Table(
    "session_note",
    metadata,
    id_column("session_id", primary_key=True),
    id_column("practice_id"),
    id_column("client_id"),
    Column("revision", Integer, nullable=False),
    Column("body", LargeBinary, nullable=False),
    id_column("written_by"),
    instant_column("saved_at"),
    count_column("version", 1),
    ForeignKeyConstraint(
        ["session_id", "client_id", "practice_id"],
        ["session.id", "session.client_id", "session.practice_id"],
        name="fk_session_note_session",
    ),
    CheckConstraint("revision >= 1", name="ck_session_note_revision"),
    CheckConstraint("version >= 1", name="ck_session_note_version"),
)
"""The private note of a session, its `body` sealed; `revision` counts its saves.

Its author is who wrote it, `written_by`, and nobody else saves it.
"""

session_note_version = Table(
    "session_note_version",
    metadata,
    id_column("id", primary_key=True),
    id_column("practice_id"),
    id_column("client_id"),
    id_column("session_id"),
    Column("version", Integer, nullable=False),
    Column("body", LargeBinary, nullable=False),
    id_column("written_by"),
    instant_column("saved_at"),
    Column("set_aside", Boolean, nullable=False, server_default=text("false")),
    ForeignKeyConstraint(
        ["session_id", "client_id", "practice_id"],
        ["session.id", "session.client_id", "session.practice_id"],
        name="fk_session_note_version_session",
    ),
    CheckConstraint("version >= 1", name="ck_session_note_version_version"),
    UniqueConstraint("session_id", "version", name="uq_session_note_version"),
)
"""The other versions of a note, sealed: earlier ones, and those that were `set_aside`."""
