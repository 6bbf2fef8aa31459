"""Practices, practitioners, clients, portal links, devices, throttles and the access log."""

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

DEVICE_OWNER = (
    "(kind = 'client') = (client_id IS NOT NULL)"
    " AND (kind = 'practitioner') = (practitioner_id IS NOT NULL)"
)
NOT_ENDED = sa.text("ended_at IS NULL")


def upgrade() -> None:
    create_chassis_tables(op)
    create_practices()
    create_clients()
    create_links()
    create_devices()
    create_counts()
    create_access_log()


def downgrade() -> None:
    for table in (
        "access_log",
        "access_chain",
        "refusal_count",
        "throttle",
        "link_request",
        "device",
        "link_token",
        "portal_link",
        "client",
        "practitioner",
        "practice",
    ):
        op.drop_table(table)
    drop_chassis_tables(op)


def create_practices() -> None:
    op.create_table(
        "practice",
        uuid("id", primary_key=True),
        *texts("name", "contact_email", "contact_phone", "language", "timezone", "accent"),
        sa.Column("link_days", sa.Integer, nullable=False),
        sa.Column("single_use", sa.Boolean, nullable=False),
        *texts("entry", "second_check"),
        sa.Column("device_idle_minutes", sa.Integer, nullable=False),
        sa.Column("device_absolute_minutes", sa.Integer, nullable=False),
        instant("created_at"),
        check("ck_practice_link_days", "link_days BETWEEN 1 AND 90"),
        check(
            "ck_practice_device_limits",
            "device_idle_minutes BETWEEN 1 AND device_absolute_minutes",
        ),
        check("ck_practice_entry", "entry IN ('one_click', 'button')"),
        check("ck_practice_second_check", "second_check IN ('none', 'date_of_birth')"),
    )
    op.create_table(
        "practitioner",
        uuid("id", primary_key=True),
        uuid("practice_id", sa.ForeignKey("practice.id")),
        *texts("name", "email", "email_key", "password_hash", "role", "language"),
        instant("created_at"),
        check("ck_practitioner_role", "role IN ('owner', 'practitioner', 'assistant')"),
    )
    op.create_index("uq_practitioner_email_key", "practitioner", ["email_key"], unique=True)
    op.create_index("ix_practitioner_practice", "practitioner", ["practice_id"])


def create_clients() -> None:
    op.create_table(
        "client",
        uuid("id", primary_key=True),
        uuid("practice_id", sa.ForeignKey("practice.id")),
        sa.Column("version", sa.Integer, nullable=False),
        *texts("status", "name", "preferred_name", "pronouns", "email", "email_key", "phone"),
        sa.Column("date_of_birth", sa.Date),
        *texts("timezone", "language"),
        sa.Column("tags", postgresql.ARRAY(sa.Text), nullable=False),
        sa.Column("remark", sa.LargeBinary),
        # Sorted by code point: one order on every machine, whatever its locale.
        sa.Column("sort_name", sa.Text(collation="C"), nullable=False),
        *texts("search"),
        instant("created_at"),
        instant("last_visit_at", nullable=True),
        # What links and devices refer to, so that they cannot name another practice.
        sa.UniqueConstraint("id", "practice_id", name="uq_client_practice"),
        check("ck_client_status", "status IN ('active', 'archived')"),
    )
    op.create_index("ix_client_by_name", "client", ["practice_id", "sort_name", "id"])
    op.create_index("ix_client_by_added", "client", ["practice_id", "created_at", "id"])
    op.create_index("ix_client_by_visit", "client", ["practice_id", "last_visit_at", "id"])
    op.create_index("ix_client_email_key", "client", ["email_key"])


def create_links() -> None:
    op.create_table(
        "portal_link",
        uuid("id", primary_key=True),
        uuid("practice_id"),
        uuid("client_id"),
        *texts("cause", "target_kind"),
        uuid("target_id", nullable=True),
        instant("created_at"),
        instant("expires_at"),
        instant("revoked_at", nullable=True),
        instant("used_at", nullable=True),
        instant("last_used_at", nullable=True),
        sa.Column("opens", sa.Integer, nullable=False, server_default=sa.text("0")),
        sa.Column("scans", sa.Integer, nullable=False, server_default=sa.text("0")),
        client_of_practice("fk_portal_link_client"),
        check("ck_portal_link_cause", "cause IN ('shared', 'requested', 'copied', 'qr')"),
        check(
            "ck_portal_link_target_kind",
            "target_kind IN ('home', 'form', 'appointment', 'summary')",
        ),
        check("ck_portal_link_target_id", "(target_kind = 'home') = (target_id IS NULL)"),
    )
    op.create_index("ix_portal_link_client", "portal_link", ["client_id", "created_at"])
    op.create_table(
        "link_token",
        sa.Column("token_hash", sa.String(64), primary_key=True),
        uuid("link_id", sa.ForeignKey("portal_link.id")),
        instant("created_at"),
    )
    op.create_index("ix_link_token_link", "link_token", ["link_id"])
    op.create_table(
        "link_request",
        uuid("id", primary_key=True),
        *texts("email_key", "address", "request_id"),
        instant("requested_at"),
    )


def create_devices() -> None:
    op.create_table(
        "device",
        uuid("id", primary_key=True),
        sa.Column("device_hash", sa.String(64), nullable=False),
        *texts("kind"),
        uuid("practice_id", sa.ForeignKey("practice.id")),
        uuid("client_id", nullable=True),
        uuid("practitioner_id", sa.ForeignKey("practitioner.id"), nullable=True),
        uuid("link_id", sa.ForeignKey("portal_link.id"), nullable=True),
        *texts("user_agent", "address"),
        instant("created_at"),
        instant("last_seen_at"),
        sa.Column("idle_seconds", sa.Integer, nullable=False),
        instant("ends_at"),
        instant("ended_at", nullable=True),
        client_of_practice("fk_device_client"),
        check("ck_device_kind", "kind IN ('client', 'practitioner')"),
        check("ck_device_owner", DEVICE_OWNER),
    )
    op.create_index("uq_device_hash", "device", ["device_hash"], unique=True)
    op.create_index("ix_device_client", "device", ["client_id"], postgresql_where=NOT_ENDED)
    op.create_index(
        "ix_device_practitioner", "device", ["practitioner_id"], postgresql_where=NOT_ENDED
    )
    op.create_index("ix_device_ends_at", "device", ["ends_at"])


def create_counts() -> None:
    op.create_table(
        "throttle",
        sa.Column("key", sa.String(64), primary_key=True),
        sa.Column("tries", sa.Integer, nullable=False),
        instant("free_at"),
        instant("forget_at"),
    )
    op.create_index("ix_throttle_forget_at", "throttle", ["forget_at"])
    op.create_table(
        "refusal_count",
        sa.Column("address", sa.Text, primary_key=True),
        instant("hour", primary_key=True),
        sa.Column("refusals", sa.Integer, nullable=False),
    )
    op.create_index("ix_refusal_count_hour", "refusal_count", ["hour"])


def create_access_log() -> None:
    op.create_table(
        "access_chain",
        uuid("chain_id", primary_key=True),
        sa.Column("seq", sa.BigInteger, nullable=False),
        sa.Column("head", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "access_log",
        uuid("chain_id", primary_key=True),
        sa.Column("seq", sa.BigInteger, primary_key=True, autoincrement=False),
        instant("occurred_at"),
        *texts("actor_kind"),
        uuid("actor_id", nullable=True),
        sa.Column("actor_service", sa.Text),
        *texts("act", "outcome"),
        uuid("client_id", nullable=True),
        uuid("subject_id", nullable=True),
        *texts("reason", "detail", "address", "request_id"),
        sa.Column("row_hash", sa.LargeBinary, nullable=False),
    )
    op.create_index("ix_access_log_client", "access_log", ["client_id", "chain_id", "seq"])


def uuid(name: str, *arguments: Any, **options: Any) -> sa.Column[Any]:
    return sa.Column(name, sa.UUID, *arguments, **({"nullable": False} | options))


def instant(name: str, **options: Any) -> sa.Column[Any]:
    return sa.Column(name, sa.DateTime(timezone=True), **({"nullable": False} | options))


def texts(*names: str) -> list[sa.Column[Any]]:
    return [sa.Column(name, sa.Text, nullable=False) for name in names]


def check(name: str, condition: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(condition, name=name)


def client_of_practice(name: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["client_id", "practice_id"], ["client.id", "client.practice_id"], name=name
    )
