"""The tables of the forms database.

Ids of practices, practitioners and clients come from identity-links and are
nothing but ids here. Answers stand sealed in `draft` and `response` alone.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    CheckConstraint,
    Column,
    Date,
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
from sqlalchemy.dialects.postgresql import JSONB, UUID

from portal_chassis.database.tables import chassis_tables

metadata = MetaData()
chassis = chassis_tables(metadata)


def _id(name: str, **options: Any) -> Column[Any]:
    return Column(name, UUID(as_uuid=True), **({"nullable": False} | options))


def _instant(name: str, **options: Any) -> Column[Any]:
    return Column(name, DateTime(timezone=True), **({"nullable": False} | options))


template = Table(
    "template",
    metadata,
    _id("id", primary_key=True),
    _id("practice_id"),
    Column("title", Text, nullable=False),
    Column("document", JSONB, nullable=False),
    _instant("created_at"),
    _instant("updated_at"),
    _instant("archived_at", nullable=True),
    Column("revision", Integer, nullable=False),
    Column("library_key", Text),
    CheckConstraint("revision >= 1", name="ck_template_revision"),
    UniqueConstraint("id", "practice_id", name="uq_template_practice"),
    UniqueConstraint("practice_id", "library_key", name="uq_template_library_key"),
    Index("ix_template_practice", "practice_id"),
)
"""A form as the practice works on it; clients only ever see published versions.

`revision` grows by one with each save. `library_key` names the form of the
library that it was copied from; a practice has each of them once.
"""

template_version = Table(
    "template_version",
    metadata,
    _id("id", primary_key=True),
    _id("practice_id"),
    _id("template_id"),
    Column("number", Integer, nullable=False),
    Column("title", Text, nullable=False),
    Column("minutes", Integer, nullable=False),
    Column("document", JSONB, nullable=False),
    _id("published_by"),
    _instant("published_at"),
    ForeignKeyConstraint(
        ["template_id", "practice_id"],
        ["template.id", "template.practice_id"],
        name="fk_template_version_template",
    ),
    CheckConstraint("number >= 1", name="ck_template_version_number"),
    CheckConstraint("minutes >= 1", name="ck_template_version_minutes"),
    UniqueConstraint("template_id", "number", name="uq_template_version_number"),
    UniqueConstraint("id", "practice_id", name="uq_template_version_practice"),
)
"""What publishing froze: the runtime role may neither change nor delete a row."""

form_request = Table(
    "form_request",
    metadata,
    _id("id", primary_key=True),
    _id("practice_id"),
    _id("client_id"),
    _id("template_version_id"),
    _id("sent_by"),
    _instant("sent_at"),
    Column("due_on", Date),
    Column("state", Text, nullable=False, server_default=text("'not_opened'")),
    _instant("opened_at", nullable=True),
    _instant("submitted_at", nullable=True),
    _instant("reviewed_at", nullable=True),
    _instant("withdrawn_at", nullable=True),
    _instant("updated_at"),
    _id("reviewed_by", nullable=True),
    _instant("alert_at", nullable=True),
    ForeignKeyConstraint(
        ["template_version_id", "practice_id"],
        ["template_version.id", "template_version.practice_id"],
        name="fk_form_request_template_version",
    ),
    CheckConstraint(
        "state IN ('not_opened', 'started', 'submitted', 'reviewed', 'withdrawn')",
        name="ck_form_request_state",
    ),
    CheckConstraint(
        "state NOT IN ('started', 'submitted', 'reviewed') OR opened_at IS NOT NULL",
        name="ck_form_request_opened",
    ),
    CheckConstraint(
        "(state IN ('submitted', 'reviewed')) = (submitted_at IS NOT NULL)",
        name="ck_form_request_submitted",
    ),
    CheckConstraint(
        "(state = 'reviewed') = (reviewed_at IS NOT NULL)", name="ck_form_request_reviewed"
    ),
    CheckConstraint(
        "(state = 'withdrawn') = (withdrawn_at IS NOT NULL)", name="ck_form_request_withdrawn"
    ),
    CheckConstraint(
        "reviewed_by IS NULL OR reviewed_at IS NOT NULL", name="ck_form_request_reviewed_by"
    ),
    UniqueConstraint("id", "client_id", "practice_id", name="uq_form_request_owner"),
    Index("ix_form_request_client", "client_id", "practice_id", "state"),
    Index("ix_form_request_template_version", "template_version_id"),
    Index("ix_form_request_sent", "practice_id", "sent_at", "id"),
)
"""One form sent to one client; it keeps the version it was sent in.

`alert_at`: when an answer first asked for attention; it stays when the answer
is changed afterwards.
"""

draft = Table(
    "draft",
    metadata,
    _id("request_id", primary_key=True),
    _id("practice_id"),
    _id("client_id"),
    Column("revision", Integer, nullable=False),
    Column("answers", LargeBinary, nullable=False),
    Column("percent", Integer, nullable=False),
    _instant("saved_at"),
    ForeignKeyConstraint(
        ["request_id", "client_id", "practice_id"],
        ["form_request.id", "form_request.client_id", "form_request.practice_id"],
        name="fk_draft_request",
    ),
    CheckConstraint("revision >= 1", name="ck_draft_revision"),
    CheckConstraint("percent BETWEEN 0 AND 100", name="ck_draft_percent"),
)
"""What the client has answered so far, `answers` sealed.

`revision` grows by one with each save, so a save that is based on an older
one is recognised. `percent` is counted when it is saved.
"""

response = Table(
    "response",
    metadata,
    _id("id", primary_key=True),
    _id("practice_id"),
    _id("client_id"),
    _id("request_id"),
    Column("answers", LargeBinary, nullable=False),
    _instant("submitted_at"),
    _instant("superseded_at", nullable=True),
    Column("revision", Integer, nullable=False),
    ForeignKeyConstraint(
        ["request_id", "client_id", "practice_id"],
        ["form_request.id", "form_request.client_id", "form_request.practice_id"],
        name="fk_response_request",
    ),
    CheckConstraint("revision >= 0", name="ck_response_revision"),
    Index("ix_response_request", "request_id"),
    Index(
        "uq_response_current",
        "request_id",
        unique=True,
        postgresql_where=text("superseded_at IS NULL"),
    ),
)
"""What was submitted, `answers` sealed.

A request has one current response, so submitting twice is one submission; a
form that was unlocked and sent again supersedes the former one and keeps it.
`revision` is the draft's that was sent; 0 where nothing had to be answered.
"""
