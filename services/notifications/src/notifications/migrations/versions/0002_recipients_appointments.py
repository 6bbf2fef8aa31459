"""Mails to practitioners, what a mail told of an appointment, and the live appointments."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def _id(name: str, *, nullable: bool = False) -> sa.Column:
    return sa.Column(name, postgresql.UUID(as_uuid=True), nullable=nullable)


def _instant(name: str, *, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def upgrade() -> None:
    op.add_column(
        "delivery",
        sa.Column("recipient", sa.Text, nullable=False, server_default=sa.text("'client'")),
    )
    op.add_column("delivery", _id("practitioner_id", nullable=True))
    op.add_column("delivery", sa.Column("planned_sequence", sa.Integer, nullable=True))
    op.add_column("delivery", _instant("planned_starts_at", nullable=True))
    op.add_column("delivery", _instant("told_starts_at", nullable=True))
    op.create_check_constraint(
        "ck_delivery_recipient", "delivery", "recipient IN ('client', 'practitioner')"
    )
    op.create_check_constraint(
        "ck_delivery_practitioner",
        "delivery",
        "(recipient = 'practitioner') = (practitioner_id IS NOT NULL)",
    )
    op.drop_constraint("uq_delivery_cause", "delivery", type_="unique")
    op.create_unique_constraint("uq_delivery_cause", "delivery", ["cause_id", "kind", "recipient"])
    op.create_index("ix_delivery_subject", "delivery", ["subject_id", "id"])
    op.create_table(
        "live_appointment",
        sa.Column("id", postgresql.UUID(as_uuid=True), nullable=False, primary_key=True),
        _id("practice_id"),
        _id("client_id"),
        _id("practitioner_id"),
        _instant("starts_at"),
        sa.Column("seq", sa.BigInteger, nullable=False),
        sa.Column("cancelled", sa.Boolean, nullable=False),
        _instant("changed_at"),
        _instant("reminded_for", nullable=True),
    )
    op.create_index("ix_live_appointment_starts_at", "live_appointment", ["starts_at"])


def downgrade() -> None:
    op.drop_table("live_appointment")
    op.drop_index("ix_delivery_subject", "delivery")
    # What the earlier version could neither send nor tell apart.
    op.execute(
        "DELETE FROM delivery_attempt WHERE delivery_id IN"
        " (SELECT id FROM delivery WHERE kind <> 'portal_link')"
    )
    op.execute("DELETE FROM delivery WHERE kind <> 'portal_link'")
    op.drop_constraint("uq_delivery_cause", "delivery", type_="unique")
    op.create_unique_constraint("uq_delivery_cause", "delivery", ["cause_id", "kind", "client_id"])
    op.drop_constraint("ck_delivery_practitioner", "delivery", type_="check")
    op.drop_constraint("ck_delivery_recipient", "delivery", type_="check")
    for column in (
        "told_starts_at",
        "planned_starts_at",
        "planned_sequence",
        "practitioner_id",
        "recipient",
    ):
        op.drop_column("delivery", column)
