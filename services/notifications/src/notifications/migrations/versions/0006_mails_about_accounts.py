"""Mails about accounts are about no client, and may be to somebody who has no account yet."""

from __future__ import annotations

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_FORMER = "(recipient = 'practitioner') = (practitioner_id IS NOT NULL)"
_PRESENT = (
    "CASE recipient WHEN 'client' THEN client_id IS NOT NULL AND practitioner_id IS NULL"
    " ELSE practitioner_id IS NOT NULL OR client_id IS NULL END"
)


def upgrade() -> None:
    op.alter_column("delivery", "client_id", nullable=True)
    op.drop_constraint("ck_delivery_practitioner", "delivery", type_="check")
    op.create_check_constraint("ck_delivery_practitioner", "delivery", _PRESENT)


def downgrade() -> None:
    # What the earlier version could not tell whom it is about.
    op.execute(
        "DELETE FROM delivery_attempt WHERE delivery_id IN"
        " (SELECT id FROM delivery WHERE client_id IS NULL)"
    )
    op.execute("DELETE FROM delivery WHERE client_id IS NULL")
    op.drop_constraint("ck_delivery_practitioner", "delivery", type_="check")
    op.create_check_constraint("ck_delivery_practitioner", "delivery", _FORMER)
    op.alter_column("delivery", "client_id", nullable=False)
