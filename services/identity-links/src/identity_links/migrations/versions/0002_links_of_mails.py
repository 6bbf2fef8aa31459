"""Links that come with other mails: one per delivery."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

CAUSE = "ck_portal_link_cause"


def upgrade() -> None:
    op.add_column("portal_link", sa.Column("delivery_id", sa.UUID, nullable=True))
    op.create_unique_constraint("uq_portal_link_delivery", "portal_link", ["delivery_id"])
    op.drop_constraint(CAUSE, "portal_link", type_="check")
    op.create_check_constraint(
        CAUSE, "portal_link", "cause IN ('shared', 'requested', 'copied', 'qr', 'mailed')"
    )
    op.create_check_constraint(
        "ck_portal_link_delivery", "portal_link", "(cause = 'mailed') = (delivery_id IS NOT NULL)"
    )


def downgrade() -> None:
    op.drop_constraint("ck_portal_link_delivery", "portal_link", type_="check")
    op.drop_constraint(CAUSE, "portal_link", type_="check")
    # Whoever has such a link keeps it: it was mailed, as a shared one is.
    op.execute("UPDATE portal_link SET cause = 'shared' WHERE cause = 'mailed'")
    op.create_check_constraint(
        CAUSE, "portal_link", "cause IN ('shared', 'requested', 'copied', 'qr')"
    )
    op.drop_constraint("uq_portal_link_delivery", "portal_link", type_="unique")
    op.drop_column("portal_link", "delivery_id")
