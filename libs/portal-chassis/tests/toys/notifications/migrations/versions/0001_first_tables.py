"""What the toy writes down."""

import sqlalchemy as sa
from alembic import op

from portal_chassis.tables import (
    create_chassis_tables,
    create_safekeeping_tables,
    drop_chassis_tables,
    drop_safekeeping_tables,
    lease_columns,
)

revision = "0001"
down_revision = None


def upgrade():
    create_chassis_tables(op)
    create_safekeeping_tables(op)
    op.create_table(
        "thing",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("word", sa.Text, nullable=False, unique=True),
        sa.Column("due_at", sa.DateTime(timezone=True)),
        sa.Column("done_at", sa.DateTime(timezone=True)),
        *lease_columns(),
    )
    op.create_table(
        "log",
        sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
        sa.Column("event_id", sa.Uuid),
        sa.Column("word", sa.Text, nullable=False),
    )


def downgrade():
    op.drop_table("log")
    op.drop_table("thing")
    drop_safekeeping_tables(op)
    drop_chassis_tables(op)
