"""Templates and their frozen versions, requests to clients, drafts and responses."""

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


def _id(name: str) -> sa.Column[Any]:
    return sa.Column(name, postgresql.UUID(as_uuid=True), nullable=False)


def _instant(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _text(name: str, default: str | None = None) -> sa.Column[Any]:
    server_default = None if default is None else sa.text(f"'{default}'")
    return sa.Column(name, sa.Text, nullable=False, server_default=server_default)


def _number(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.Integer, nullable=False)


def upgrade() -> None:
    create_chassis_tables(op)
    _create_template()
    _create_form_request()
    _create_answers()


def downgrade() -> None:
    for table in ("response", "draft", "form_request", "template_version", "template"):
        op.drop_table(table)
    drop_chassis_tables(op)


def _create_template() -> None:
    op.create_table(
        "template",
        _id("id"),
        _id("practice_id"),
        _text("title"),
        sa.Column("document", postgresql.JSONB, nullable=False),
        _instant("created_at"),
        _instant("updated_at"),
        _instant("archived_at", nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("id", "practice_id", name="uq_template_practice"),
    )
    op.create_index("ix_template_practice", "template", ["practice_id"])
    op.create_table(
        "template_version",
        _id("id"),
        _id("practice_id"),
        _id("template_id"),
        _number("number"),
        _text("title"),
        _number("minutes"),
        sa.Column("document", postgresql.JSONB, nullable=False),
        _id("published_by"),
        _instant("published_at"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("template_id", "number", name="uq_template_version_number"),
        sa.UniqueConstraint("id", "practice_id", name="uq_template_version_practice"),
        sa.ForeignKeyConstraint(
            ["template_id", "practice_id"],
            ["template.id", "template.practice_id"],
            name="fk_template_version_template",
        ),
        sa.CheckConstraint("number >= 1", name="ck_template_version_number"),
        sa.CheckConstraint("minutes >= 1", name="ck_template_version_minutes"),
    )


def _create_form_request() -> None:
    op.create_table(
        "form_request",
        _id("id"),
        _id("practice_id"),
        _id("client_id"),
        _id("template_version_id"),
        _id("sent_by"),
        _instant("sent_at"),
        sa.Column("due_on", sa.Date),
        _text("state", "not_opened"),
        _instant("opened_at", nullable=True),
        _instant("submitted_at", nullable=True),
        _instant("reviewed_at", nullable=True),
        _instant("withdrawn_at", nullable=True),
        _instant("updated_at"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("id", "client_id", "practice_id", name="uq_form_request_owner"),
        sa.ForeignKeyConstraint(
            ["template_version_id", "practice_id"],
            ["template_version.id", "template_version.practice_id"],
            name="fk_form_request_template_version",
        ),
        sa.CheckConstraint(
            "state IN ('not_opened', 'started', 'submitted', 'reviewed', 'withdrawn')",
            name="ck_form_request_state",
        ),
        sa.CheckConstraint(
            "state NOT IN ('started', 'submitted', 'reviewed') OR opened_at IS NOT NULL",
            name="ck_form_request_opened",
        ),
        sa.CheckConstraint(
            "(state IN ('submitted', 'reviewed')) = (submitted_at IS NOT NULL)",
            name="ck_form_request_submitted",
        ),
        sa.CheckConstraint(
            "(state = 'reviewed') = (reviewed_at IS NOT NULL)", name="ck_form_request_reviewed"
        ),
        sa.CheckConstraint(
            "(state = 'withdrawn') = (withdrawn_at IS NOT NULL)", name="ck_form_request_withdrawn"
        ),
    )
    op.create_index("ix_form_request_client", "form_request", ["client_id", "practice_id"])
    op.create_index("ix_form_request_template_version", "form_request", ["template_version_id"])


def _create_answers() -> None:
    op.create_table(
        "draft",
        _id("request_id"),
        _id("practice_id"),
        _id("client_id"),
        _number("revision"),
        sa.Column("answers", sa.LargeBinary, nullable=False),
        _number("percent"),
        _instant("saved_at"),
        sa.PrimaryKeyConstraint("request_id"),
        sa.ForeignKeyConstraint(
            ["request_id", "client_id", "practice_id"],
            ["form_request.id", "form_request.client_id", "form_request.practice_id"],
            name="fk_draft_request",
        ),
        sa.CheckConstraint("revision >= 1", name="ck_draft_revision"),
        sa.CheckConstraint("percent BETWEEN 0 AND 100", name="ck_draft_percent"),
    )
    op.create_table(
        "response",
        _id("id"),
        _id("practice_id"),
        _id("client_id"),
        _id("request_id"),
        sa.Column("answers", sa.LargeBinary, nullable=False),
        _instant("submitted_at"),
        _instant("superseded_at", nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.ForeignKeyConstraint(
            ["request_id", "client_id", "practice_id"],
            ["form_request.id", "form_request.client_id", "form_request.practice_id"],
            name="fk_response_request",
        ),
    )
    op.create_index("ix_response_request", "response", ["request_id"])
    op.create_index(
        "uq_response_current",
        "response",
        ["request_id"],
        unique=True,
        postgresql_where=sa.text("superseded_at IS NULL"),
    )
