"""The tables of the notifications database.

Practices and clients are ids of identity-links here. What a mail says is kept
only sealed, with its link masked; the address it went to stands in the row,
because the mail log answers "where did it go?".
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    UniqueConstraint,
    text,
)

from portal_chassis.columns import count_column, id_column, instant_column, text_column
from portal_chassis.tables import chassis_tables, lease_columns, safekeeping_tables

metadata = MetaData()
chassis = chassis_tables(metadata)
safekeeping = safekeeping_tables(metadata)


delivery = Table(
    "delivery",
    metadata,
    id_column("id", primary_key=True),
    id_column("practice_id"),
    id_column("client_id", nullable=True),
    text_column("kind"),
    id_column("subject_id"),
    id_column("cause_id"),
    text_column("request_id", server_default=text("''")),
    text_column("state", server_default=text("'waiting'")),
    text_column("reason", server_default=text("''")),
    count_column("attempts"),
    text_column("sent_to", server_default=text("''")),
    Column("subject_sealed", LargeBinary),
    Column("text_sealed", LargeBinary),
    instant_column("created_at"),
    instant_column("next_attempt_at", nullable=True),
    instant_column("give_up_at", nullable=True),
    instant_column("sent_at", nullable=True),
    *lease_columns(),
    text_column("recipient", server_default=text("'client'")),
    id_column("practitioner_id", nullable=True),
    Column("planned_sequence", Integer),
    instant_column("planned_starts_at", nullable=True),
    instant_column("told_starts_at", nullable=True),
    text_column("traceparent", server_default=text("''")),
    UniqueConstraint("cause_id", "kind", "recipient", name="uq_delivery_cause"),
    CheckConstraint("recipient IN ('client', 'practitioner')", name="ck_delivery_recipient"),
    # A mail about a client is to the client or to a practitioner. One about nobody's data is
    # to a practitioner, or to somebody who is to become one and has no account yet.
    CheckConstraint(
        "CASE recipient WHEN 'client' THEN client_id IS NOT NULL AND practitioner_id IS NULL"
        " ELSE practitioner_id IS NOT NULL OR client_id IS NULL END",
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
    Index(
        "ix_delivery_not_sent",
        "practice_id",
        "state",
        "id",
        postgresql_where=text("state IN ('waiting', 'retrying', 'failed')"),
    ),
    Index("ix_delivery_client", "client_id", "id"),
    Index("ix_delivery_subject", "subject_id", "id"),
)
"""One mail to one recipient for one cause: an event, a reminder, a request to resend.

`client_id` is whom it is about; null for a mail about an account, which is no part of the mail
log and keeps no copy. `planned_sequence` is the invitation's
sequence or the summary's version that the event told, `planned_starts_at`
what a reminder was planned for; both are null where the mail was sent again
by hand. `told_starts_at` is the time of an appointment that the mail told its
recipient: written just before it is handed in, taken back when surely no
server took it.
"""

mail_server = Table(
    "mail_server",
    metadata,
    id_column("practice_id", primary_key=True),
    Column("version", Integer, nullable=False),
    text_column("host"),
    Column("port", Integer, nullable=False),
    text_column("security"),
    text_column("user_name"),
    Column("password_sealed", LargeBinary),
    text_column("sender_address"),
    text_column("sender_name"),
    instant_column("changed_at"),
    CheckConstraint("security IN ('none', 'starttls', 'tls')", name="ck_mail_server_security"),
)
"""The mail server that a practice has set; its password is sealed with the practice's data key."""

mail_test = Table(
    "mail_test",
    metadata,
    id_column("id", primary_key=True),
    id_column("practice_id"),
    id_column("practitioner_id"),
    text_column("to_address"),
    text_column("request_id"),
    instant_column("asked_at"),
    instant_column("ended_at", nullable=True),
    text_column("reason", server_default=text("''")),
    text_column("status", server_default=text("''")),
    *lease_columns(),
    Index("ix_mail_test_practice", "practice_id", "asked_at"),
    Index("ix_mail_test_open", "asked_at", postgresql_where=text("ended_at IS NULL")),
)
"""Test mails: `to_address` until it was sent; `reason` is empty where it was accepted."""

live_appointment = Table(
    "live_appointment",
    metadata,
    id_column("id", primary_key=True),
    id_column("practice_id"),
    id_column("client_id"),
    id_column("practitioner_id"),
    instant_column("starts_at"),
    Column("seq", BigInteger, nullable=False),
    Column("cancelled", Boolean, nullable=False),
    instant_column("changed_at"),
    instant_column("reminded_for", nullable=True),
    Column("ics_sequence", Integer),
    Index("ix_live_appointment_starts_at", "starts_at"),
)
"""Appointments as scheduling's events told them, for planning reminders.

`ics_sequence` counts the changes of its invitation, so that a late event changes nothing, of the
appointment or of its series; a cancelled one stays for the same reason until it is past. A row of
a release that did not keep it has `seq` alone, the event's number within its appointment.
"""

delivery_attempt = Table(
    "delivery_attempt",
    metadata,
    id_column("id", primary_key=True),
    id_column("delivery_id"),
    instant_column("began_at"),
    text_column("outcome"),
    text_column("reason", server_default=text("''")),
    text_column("status", server_default=text("''")),
    Index("ix_delivery_attempt_delivery", "delivery_id"),
)
"""What came of each attempt; `status` is the mail server's code without its words."""
