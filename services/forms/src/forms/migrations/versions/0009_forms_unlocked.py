"""A form that was submitted can be unlocked; what was submitted stays as it was.

New columns that may be empty or have a default, which the release before does not know.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_INSTANT = sa.DateTime(timezone=True)
_RESPONSE = (
    ("reviewed_at", _INSTANT),
    ("reviewed_by", sa.UUID()),
    ("unlocked_by", sa.UUID()),
    ("unlock_reason", sa.LargeBinary()),
)


def upgrade() -> None:
    op.add_column("form_request", sa.Column("unlocked_at", _INSTANT))
    op.add_column(
        "response",
        sa.Column("revealed", sa.Boolean, nullable=False, server_default=sa.text("false")),
    )
    for name, kind in _RESPONSE:
        op.add_column("response", sa.Column(name, kind))


def downgrade() -> None:
    for name, _kind in reversed(_RESPONSE):
        op.drop_column("response", name)
    op.drop_column("response", "revealed")
    op.drop_column("form_request", "unlocked_at")
