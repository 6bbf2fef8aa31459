"""Accounts that are changed and deactivated, whom an assistant works for, and invitations.

Defaults suit the rows that are there, and the release before, which names none of it: every
account is in use, and every assistant works for all of the practice.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_ROLES = "role IN ('owner', 'practitioner', 'assistant')"
_ENDS = "ended_by IN ('accepted', 'withdrawn', 'replaced')"
_ASSISTANTS = "works_for IS NULL OR role = 'assistant'"


def upgrade() -> None:
    op.add_column(
        "practitioner",
        sa.Column("version", sa.Integer, nullable=False, server_default=sa.text("1")),
    )
    op.add_column("practitioner", sa.Column("deactivated_at", sa.DateTime(timezone=True)))
    op.add_column("practitioner", sa.Column("works_for", sa.ARRAY(sa.UUID)))
    op.create_check_constraint("ck_practitioner_works_for", "practitioner", _ASSISTANTS)
    op.create_table(
        "invitation",
        sa.Column("id", sa.UUID, primary_key=True),
        sa.Column("practice_id", sa.UUID, sa.ForeignKey("practice.id"), nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("email", sa.Text, nullable=False),
        sa.Column("email_key", sa.Text, nullable=False),
        sa.Column("role", sa.Text, nullable=False),
        sa.Column("works_for", sa.ARRAY(sa.UUID)),
        sa.Column("language", sa.Text, nullable=False),
        sa.Column("invited_by", sa.UUID, sa.ForeignKey("practitioner.id")),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        sa.Column("ended_by", sa.Text),
        sa.CheckConstraint(_ROLES, name="ck_invitation_role"),
        sa.CheckConstraint(_ENDS, name="ck_invitation_ended_by"),
        sa.CheckConstraint(_ASSISTANTS, name="ck_invitation_works_for"),
        sa.CheckConstraint("(ended_at IS NULL) = (ended_by IS NULL)", name="ck_invitation_ended"),
    )
    op.create_index(
        "uq_invitation_open",
        "invitation",
        ["practice_id", "email_key"],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_index("ix_invitation_expires_at", "invitation", ["expires_at"])
    op.create_table(
        "invitation_token",
        sa.Column("token_hash", sa.String(64), primary_key=True),
        sa.Column(
            "invitation_id",
            sa.UUID,
            sa.ForeignKey("invitation.id", ondelete="CASCADE"),
            nullable=False,
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("ix_invitation_token_invitation", "invitation_token", ["invitation_id"])


def downgrade() -> None:
    op.drop_table("invitation_token")
    op.drop_table("invitation")
    op.drop_constraint("ck_practitioner_works_for", "practitioner", type_="check")
    op.drop_column("practitioner", "works_for")
    op.drop_column("practitioner", "deactivated_at")
    op.drop_column("practitioner", "version")
