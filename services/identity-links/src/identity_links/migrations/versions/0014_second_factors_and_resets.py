"""Second factors, recovery codes, sign-ins under way, password resets."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_TABLES = ("password_reset", "reset_request", "sign_in_step", "recovery_code", "second_factor")


def _id(name: str, *, primary_key: bool = False) -> sa.Column:
    column = postgresql.UUID(as_uuid=True)
    return sa.Column(name, column, nullable=False, primary_key=primary_key)


def _practitioner(*, primary_key: bool = False) -> sa.Column:
    return sa.Column(
        "practitioner_id",
        postgresql.UUID(as_uuid=True),
        sa.ForeignKey("practitioner.id"),
        nullable=False,
        primary_key=primary_key,
    )


def _instant(name: str, *, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def upgrade() -> None:
    op.add_column("practice", sa.Column("second_factor_from", sa.Date, nullable=True))
    op.add_column("practitioner", _instant("second_factor_at", nullable=True))
    op.add_column("practitioner", _instant("first_signed_in_at", nullable=True))
    op.execute(
        "UPDATE practitioner SET first_signed_in_at = known.since FROM"
        " (SELECT practitioner_id, min(signed_in_at) AS since FROM known_browser GROUP BY 1) known"
        " WHERE known.practitioner_id = practitioner.id"
    )
    op.create_table(
        "second_factor",
        _practitioner(primary_key=True),
        sa.Column("key_sealed", sa.LargeBinary, nullable=False),
        _instant("made_at"),
        sa.Column("last_step", sa.BigInteger, nullable=True),
    )
    op.create_table(
        "recovery_code",
        _practitioner(primary_key=True),
        sa.Column("mac", sa.LargeBinary, primary_key=True),
        _instant("made_at"),
        _instant("used_at", nullable=True),
    )
    op.create_table(
        "sign_in_step",
        sa.Column("step_hash", sa.String(64), primary_key=True),
        _practitioner(),
        _instant("expires_at"),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Index("ix_sign_in_step_practitioner", "practitioner_id"),
        sa.Index("ix_sign_in_step_expires_at", "expires_at"),
    )
    op.create_table(
        "reset_request",
        _id("id", primary_key=True),
        sa.Column("email_key", sa.Text, nullable=False),
        sa.Column("address", sa.Text, nullable=False),
        sa.Column("request_id", sa.Text, nullable=False),
        _instant("requested_at"),
    )
    op.create_table(
        "password_reset",
        _id("id", primary_key=True),
        _practitioner(),
        sa.Column("token_hash", sa.String(64), nullable=True),
        _instant("requested_at"),
        _instant("expires_at"),
        sa.Index("uq_password_reset_practitioner", "practitioner_id", unique=True),
        sa.Index("uq_password_reset_token", "token_hash", unique=True),
        sa.Index("ix_password_reset_expires_at", "expires_at"),
    )


def downgrade() -> None:
    for table in _TABLES:
        op.drop_table(table)
    op.drop_column("practitioner", "first_signed_in_at")
    op.drop_column("practitioner", "second_factor_at")
    op.drop_column("practice", "second_factor_from")
