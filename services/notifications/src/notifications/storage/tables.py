"""The tables of the notifications database.

Practices and clients are ids of identity-links here. What a mail says is kept
only sealed, with its link masked; the address it went to stands in the row,
because the mail log answers "where did it go?".
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import UUID

from portal_chassis.database.tables import chassis_tables, lease_columns

metadata = MetaData()
chassis = chassis_tables(metadata)


def _id(name: str, **options: Any) -> Column[Any]:
    return Column(name, UUID(as_uuid=True), **({"nullable": False} | options))


def _instant(name: str, **options: Any) -> Column[Any]:
    return Column(name, DateTime(timezone=True), **options)


delivery = Table(
    "delivery",
    metadata,
    _id("id", primary_key=True),
    _id("practice_id"),
    _id("client_id"),
    Column("kind", Text, nullable=False),
    _id("subject_id"),
    _id("cause_id"),
    Column("request_id", Text, nullable=False, server_default=text("''")),
    Column("state", Text, nullable=False, server_default=text("'waiting'")),
    Column("reason", Text, nullable=False, server_default=text("''")),
    Column("attempts", Integer, nullable=False, server_default=text("0")),
    Column("sent_to", Text, nullable=False, server_default=text("''")),
    Column("subject_sealed", LargeBinary),
    Column("text_sealed", LargeBinary),
    _instant("created_at", nullable=False),
    _instant("next_attempt_at"),
    _instant("give_up_at"),
    _instant("sent_at"),
    *lease_columns(),
    Column("recipient", Text, nullable=False, server_default=text("'client'")),
    _id("practitioner_id", nullable=True),
    Column("planned_sequence", Integer),
    _instant("planned_starts_at"),
    _instant("told_starts_at"),
    Column("traceparent", Text, nullable=False, server_default=text("''")),
    UniqueConstraint("cause_id", "kind", "recipient", name="uq_delivery_cause"),
    CheckConstraint("recipient IN ('client', 'practitioner')", name="ck_delivery_recipient"),
    CheckConstraint(
        "(recipient = 'practitioner') = (practitioner_id IS NOT NULL)",
        name="ck_delivery_practitioner",
    ),
    CheckConstraint(
        "state IN ('waiting', 'sent', 'retrying', 'failed', 'closed')", name="ck_delivery_state"
    ),
    CheckConstraint(
        "(state IN ('waiting', 'retrying')) = (next_attempt_at IS NOT NULL)",
        name="ck_delivery_due_while_open",
    ),
    CheckConstraint("(state = 'sent') = (sent_at IS NOT NULL)", name="ck_delivery_sent_at"),
    Index("ix_delivery_due", "next_attempt_at", postgresql_where=text("sent_at IS NULL")),
    Index("ix_delivery_practice", "practice_id", "id"),
    Index("ix_delivery_client", "client_id", "id"),
    Index("ix_delivery_subject", "subject_id", "id"),
)
"""One mail to one recipient for one cause: an event, a reminder, a request to resend.

`client_id` is whom it is about. `planned_sequence` is the invitation's
sequence or the summary's version that the event told, `planned_starts_at`
what a reminder was planned for; both are null where the mail was sent again
by hand. `told_starts_at` is the time of an appointment that the mail told its
recipient: written just before it is handed in, taken back when surely no
server took it.
"""

live_appointment = Table(
    "live_appointment",
    metadata,
    _id("id", primary_key=True),
    _id("practice_id"),
    _id("client_id"),
    _id("practitioner_id"),
    _instant("starts_at", nullable=False),
    Column("seq", BigInteger, nullable=False),
    Column("cancelled", Boolean, nullable=False),
    _instant("changed_at", nullable=False),
    _instant("reminded_for"),
    Index("ix_live_appointment_starts_at", "starts_at"),
)
"""Appointments as scheduling's events told them, for planning reminders.

`seq` is the event's number within its appointment, so that a late event
changes nothing; a cancelled one stays for the same reason until it is past.
"""

delivery_attempt = Table(
    "delivery_attempt",
    metadata,
    _id("id", primary_key=True),
    _id("delivery_id"),
    _instant("began_at", nullable=False),
    Column("outcome", Text, nullable=False),
    Column("reason", Text, nullable=False, server_default=text("''")),
    Column("status", Text, nullable=False, server_default=text("''")),
    Index("ix_delivery_attempt_delivery", "delivery_id"),
)
"""What came of each attempt; `status` is the mail server's code without its words."""
