"""A seat knows when it is: the start and end of its time, kept in step by the foreign key."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name in ("starts_at", "ends_at"):
        op.add_column("appointment", sa.Column(name, sa.DateTime(timezone=True), nullable=True))
    op.execute(
        "UPDATE appointment a SET starts_at = t.starts_at, ends_at = t.ends_at"
        " FROM booked_time t WHERE t.id = a.booked_time_id"
    )
    for name in ("starts_at", "ends_at"):
        op.alter_column("appointment", name, nullable=False)
    # A default that no column can state. What was inserted by the former version has it too.
    op.execute(
        """
        CREATE FUNCTION appointment_is_when_its_time_is() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            SELECT starts_at, ends_at INTO NEW.starts_at, NEW.ends_at
              FROM booked_time WHERE id = NEW.booked_time_id;
            RETURN NEW;
        END
        $$
        """
    )
    op.execute(
        "CREATE TRIGGER appointment_when BEFORE INSERT ON appointment"
        " FOR EACH ROW EXECUTE FUNCTION appointment_is_when_its_time_is()"
    )
    op.drop_constraint("fk_appointment_booked_time", "appointment")
    op.drop_constraint("uq_booked_time_practice", "booked_time")
    op.create_unique_constraint(
        "uq_booked_time_span", "booked_time", ["id", "practice_id", "starts_at", "ends_at"]
    )
    op.create_foreign_key(
        "fk_appointment_booked_time",
        "appointment",
        "booked_time",
        ["booked_time_id", "practice_id", "starts_at", "ends_at"],
        ["id", "practice_id", "starts_at", "ends_at"],
        onupdate="CASCADE",
    )
    op.drop_index("ix_appointment_client", "appointment")
    op.create_index(
        "ix_appointment_client",
        "appointment",
        ["client_id", "practice_id", "starts_at", "ends_at"],
    )
    op.drop_index("ix_session_summary_client", "session_summary")
    op.create_index(
        "ix_session_summary_client", "session_summary", ["client_id", "practice_id", "shared_at"]
    )


def downgrade() -> None:
    op.drop_index("ix_session_summary_client", "session_summary")
    op.create_index("ix_session_summary_client", "session_summary", ["client_id", "practice_id"])
    op.drop_index("ix_appointment_client", "appointment")
    op.create_index("ix_appointment_client", "appointment", ["client_id", "practice_id"])
    op.drop_constraint("fk_appointment_booked_time", "appointment")
    op.drop_constraint("uq_booked_time_span", "booked_time")
    op.create_unique_constraint("uq_booked_time_practice", "booked_time", ["id", "practice_id"])
    op.create_foreign_key(
        "fk_appointment_booked_time",
        "appointment",
        "booked_time",
        ["booked_time_id", "practice_id"],
        ["id", "practice_id"],
    )
    op.execute("DROP TRIGGER appointment_when ON appointment")
    op.execute("DROP FUNCTION appointment_is_when_its_time_is")
    for name in ("ends_at", "starts_at"):
        op.drop_column("appointment", name)
