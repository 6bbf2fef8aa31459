"""Whose clients: caseloads, what a practice shows, and what is opened in an emergency.

Practices that are there go on showing everyone; the release before knows nothing else, and its
new practices do so too. The caseloads begin with whoever added a client, as far as the access
log tells and the practitioner is no assistant.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_ADDED_BY = """
INSERT INTO caseload (client_id, practitioner_id, practice_id, kind, since, added_by)
SELECT DISTINCT ON (client.id)
    client.id, practitioner.id, client.practice_id, 'own', client.created_at, practitioner.id
FROM client
JOIN access_log ON access_log.chain_id = client.practice_id AND access_log.client_id = client.id
    AND access_log.act = 'client.added' AND access_log.outcome = 'done'
JOIN practitioner ON practitioner.id = access_log.actor_id
    AND practitioner.practice_id = client.practice_id AND practitioner.role <> 'assistant'
ORDER BY client.id, access_log.seq
"""


def upgrade() -> None:
    op.add_column(
        "practice",
        sa.Column("client_visibility", sa.Text, nullable=False, server_default="everyone"),
    )
    op.create_check_constraint(
        "ck_practice_client_visibility", "practice", "client_visibility IN ('everyone', 'own')"
    )
    op.create_unique_constraint("uq_practitioner_practice", "practitioner", ["id", "practice_id"])
    op.create_table(
        "caseload",
        *_of_client_and_practitioner("caseload"),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("added_by", sa.UUID, nullable=True),
        sa.PrimaryKeyConstraint("client_id", "practitioner_id", name="pk_caseload"),
        sa.CheckConstraint("kind IN ('own', 'shared')", name="ck_caseload_kind"),
    )
    op.create_index("ix_caseload_practitioner", "caseload", ["practitioner_id", "client_id"])
    op.create_index(
        "uq_caseload_own",
        "caseload",
        ["client_id"],
        unique=True,
        postgresql_where=sa.text("kind = 'own'"),
    )
    op.create_table(
        "emergency_access",
        sa.Column("id", sa.UUID, primary_key=True),
        *_of_client_and_practitioner("emergency_access"),
        sa.Column("reason", sa.LargeBinary, nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("until > opened_at", name="ck_emergency_access_until"),
    )
    op.create_index(
        "ix_emergency_access_practitioner",
        "emergency_access",
        ["practitioner_id", "client_id", "until"],
    )
    op.create_index(
        "ix_emergency_access_practice", "emergency_access", ["practice_id", "opened_at"]
    )
    op.execute(_ADDED_BY)


def downgrade() -> None:
    op.drop_table("emergency_access")
    op.drop_table("caseload")
    op.drop_constraint("uq_practitioner_practice", "practitioner")
    op.drop_constraint("ck_practice_client_visibility", "practice")
    op.drop_column("practice", "client_visibility")


def _of_client_and_practitioner(table: str) -> list[sa.Column[object] | sa.ForeignKeyConstraint]:
    return [
        sa.Column("client_id", sa.UUID, nullable=False),
        sa.Column("practitioner_id", sa.UUID, nullable=False),
        sa.Column("practice_id", sa.UUID, nullable=False),
        sa.ForeignKeyConstraint(
            ["client_id", "practice_id"],
            ["client.id", "client.practice_id"],
            name=f"fk_{table}_client",
        ),
        sa.ForeignKeyConstraint(
            ["practitioner_id", "practice_id"],
            ["practitioner.id", "practitioner.practice_id"],
            name=f"fk_{table}_practitioner",
        ),
    ]
