"""The tables of the forms database.

Ids of practices, practitioners and clients come from identity-links and are
nothing but ids here. Answers stand sealed in `draft` and `response` alone.
"""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Date,
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
from sqlalchemy.dialects.postgresql import JSONB

from portal_chassis.columns import id_column, instant_column, text_column
from portal_chassis.tables import chassis_tables, safekeeping_tables

metadata = MetaData()
chassis = chassis_tables(metadata)
safekeeping = safekeeping_tables(metadata)


template = Table(
    "template",
    metadata,
    id_column("id", primary_key=True),
    id_column("practice_id"),
    text_column("title"),
    Column("document", JSONB, nullable=False),
    instant_column("created_at"),
    instant_column("updated_at"),
    instant_column("archived_at", nullable=True),
    Column("revision", Integer, nullable=False),
    Column("library_key", Text),
    Column("former_document", JSONB),
    CheckConstraint("revision >= 1", name="ck_template_revision"),
    UniqueConstraint("id", "practice_id", name="uq_template_practice"),
    UniqueConstraint("practice_id", "library_key", name="uq_template_library_key"),
    Index("ix_template_practice", "practice_id"),
)
"""A form as the practice works on it; clients only ever see published versions.

`revision` grows by one with each save. `library_key` names the form of the
library that it was copied from; a practice has each of them once.
`former_document` is what it held before its last change.
"""

template_version = Table(
    "template_version",
    metadata,
    id_column("id", primary_key=True),
    id_column("practice_id"),
    id_column("template_id"),
    Column("number", Integer, nullable=False),
    text_column("title"),
    Column("minutes", Integer, nullable=False),
    Column("document", JSONB, nullable=False),
    id_column("published_by"),
    instant_column("published_at"),
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
    id_column("id", primary_key=True),
    id_column("practice_id"),
    id_column("client_id"),
    id_column("template_version_id"),
    id_column("sent_by"),
    instant_column("sent_at"),
    Column("due_on", Date),
    text_column("state", server_default=text("'not_opened'")),
    instant_column("opened_at", nullable=True),
    instant_column("submitted_at", nullable=True),
    instant_column("reviewed_at", nullable=True),
    instant_column("withdrawn_at", nullable=True),
    instant_column("updated_at"),
    id_column("reviewed_by", nullable=True),
    instant_column("alert_at", nullable=True),
    instant_column("alert_reviewed_at", nullable=True),
    Column("submitted_revealed", Boolean, nullable=False, server_default=text("false")),
    id_column("taken_over_by", nullable=True),
    instant_column("unlocked_at", nullable=True),
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
    Index(
        "ix_form_request_alert_open",
        "practice_id",
        "sent_at",
        "id",
        postgresql_where=text(
            "alert_at IS NOT NULL AND alert_reviewed_at IS NULL AND state <> 'reviewed'"
        ),
    ),
)
"""One form sent to one client; it keeps the version it was sent in.

`alert_at`: when an answer first asked for attention; it stays when the answer
is changed afterwards. `taken_over_by`: who looks after it since its sender handed it over.
`alert_reviewed_at`: when somebody reviewed it before the form was sent
back. `unlocked_at`: since when what was sent back may be corrected,
while it is started.
"""

draft = Table(
    "draft",
    metadata,
    id_column("request_id", primary_key=True),
    id_column("practice_id"),
    id_column("client_id"),
    Column("revision", Integer, nullable=False),
    Column("answers", LargeBinary, nullable=False),
    Column("percent", Integer, nullable=False),
    instant_column("saved_at"),
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
    id_column("id", primary_key=True),
    id_column("practice_id"),
    id_column("client_id"),
    id_column("request_id"),
    Column("answers", LargeBinary, nullable=False),
    instant_column("submitted_at"),
    instant_column("superseded_at", nullable=True),
    Column("revision", Integer, nullable=False),
    Column("revealed", Boolean, nullable=False, server_default=text("false")),
    instant_column("reviewed_at", nullable=True),
    id_column("reviewed_by", nullable=True),
    id_column("unlocked_by", nullable=True),
    Column("unlock_reason", LargeBinary),
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

A request has one current response, so submitting twice is one submission.
Unlocking supersedes it and keeps it as it was, with who reviewed it, who unlocked it and
why, `unlock_reason` sealed; until then that it was reviewed stands in the request.
`revision` is the draft's that was sent; 0 where nothing had to be answered.
"""
