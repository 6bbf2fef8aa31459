"""Deliveries and their attempts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from portal_chassis.tables import create_chassis_tables, drop_chassis_tables

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def _id(name: str, *, primary_key: bool = False) -> sa.Column:
    return sa.Column(name, postgresql.UUID(as_uuid=True), nullable=False, primary_key=primary_key)


def _instant(name: str, *, nullable: bool = True) -> sa.Column:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _text(name: str) -> sa.Column:
    return sa.Column(name, sa.Text, nullable=False, server_default=sa.text("''"))


def upgrade() -> None:
    create_chassis_tables(op)
    op.create_table(
        "delivery",
        _id("id", primary_key=True),
        _id("practice_id"),
        _id("client_id"),
        sa.Column("kind", sa.Text, nullable=False),
        _id("subject_id"),
        _id("cause_id"),
        _text("request_id"),
        sa.Column("state", sa.Text, nullable=False, server_default=sa.text("'waiting'")),
        _text("reason"),
        sa.Column("attempts", sa.Integer, nullable=False, server_default=sa.text("0")),
        _text("sent_to"),
        sa.Column("subject_sealed", sa.LargeBinary),
        sa.Column("text_sealed", sa.LargeBinary),
        _instant("created_at", nullable=False),
        _instant("next_attempt_at"),
        _instant("give_up_at"),
        _instant("sent_at"),
        sa.Column("claimed_by", sa.String(80)),
        _instant("claimed_until"),
        sa.UniqueConstraint("cause_id", "kind", "client_id", name="uq_delivery_cause"),
        sa.CheckConstraint(
            "state IN ('waiting', 'sent', 'retrying', 'failed', 'closed')",
            name="ck_delivery_state",
        ),
        sa.CheckConstraint(
            "(state IN ('waiting', 'retrying')) = (next_attempt_at IS NOT NULL)",
            name="ck_delivery_due_while_open",
        ),
        sa.CheckConstraint("(state = 'sent') = (sent_at IS NOT NULL)", name="ck_delivery_sent_at"),
    )
    op.create_index(
        "ix_delivery_due",
        "delivery",
        ["next_attempt_at"],
        postgresql_where=sa.text("sent_at IS NULL"),
    )
    op.create_index("ix_delivery_practice", "delivery", ["practice_id", "id"])
    op.create_index("ix_delivery_client", "delivery", ["client_id", "id"])
    op.create_table(
        "delivery_attempt",
        _id("id", primary_key=True),
        _id("delivery_id"),
        _instant("began_at", nullable=False),
        sa.Column("outcome", sa.Text, nullable=False),
        _text("reason"),
        _text("status"),
    )
    op.create_index("ix_delivery_attempt_delivery", "delivery_attempt", ["delivery_id"])


def downgrade() -> None:
    op.drop_table("delivery_attempt")
    op.drop_table("delivery")
    drop_chassis_tables(op)
