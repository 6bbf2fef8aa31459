"""Practices and the people of each."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from identity_links.storage.tables.schema import metadata, one_of
from portal_chassis.columns import count_column, id_column, instant_column, text_column
from portal_contracts.actor import Role
from portal_contracts.identity_links.rpc.clients import ClientStatus
from portal_contracts.identity_links.rpc.targets import ClientVisibility, EntryMode, SecondCheck

practice = Table(
    "practice",
    metadata,
    id_column("id", primary_key=True),
    text_column("name"),
    text_column("contact_email"),
    text_column("contact_phone"),
    text_column("language"),
    text_column("timezone"),
    text_column("postal_address", server_default=text("''")),
    Column("crisis_contacts", JSONB, nullable=False, server_default=text("'[]'")),
    text_column("accent"),
    text_column("country", server_default=text("''")),
    Column("link_days", Integer, nullable=False),
    Column("single_use", Boolean, nullable=False),
    text_column("entry"),
    text_column("second_check"),
    Column("device_idle_minutes", Integer, nullable=False),
    Column("device_absolute_minutes", Integer, nullable=False),
    # From this day on everybody of the practice needs a second factor.
    Column("second_factor_from", Date, nullable=True),
    # A practice of the release before shows everyone, until an owner chooses.
    Column("client_visibility", Text, nullable=False, server_default=text("'everyone'")),
    Column("version", Integer, nullable=False, server_default=text("1")),
    # The name of a picture; empty where there is none.
    text_column("logo", server_default=text("''")),
    instant_column("created_at"),
    CheckConstraint("link_days BETWEEN 1 AND 90", name="ck_practice_link_days"),
    CheckConstraint(
        "device_idle_minutes BETWEEN 1 AND device_absolute_minutes",
        name="ck_practice_device_limits",
    ),
    one_of("entry", EntryMode, "practice"),
    one_of("second_check", SecondCheck, "practice"),
    one_of("client_visibility", ClientVisibility, "practice"),
)

# Logos and portraits as they are shown, by the hash of their bytes.
picture = Table(
    "picture",
    metadata,
    text_column("name", primary_key=True),
    Column("content", LargeBinary, nullable=False),
    instant_column("created_at"),
)

practitioner = Table(
    "practitioner",
    metadata,
    id_column("id", primary_key=True),
    id_column("practice_id", ForeignKey("practice.id")),
    text_column("name"),
    text_column("email"),
    text_column("email_key"),
    text_column("password_hash"),
    text_column("role"),
    text_column("language"),
    instant_column("created_at"),
    # Since when a code is asked for at sign-in.
    instant_column("second_factor_at", nullable=True),
    instant_column("first_signed_in_at", nullable=True),
    UniqueConstraint("id", "practice_id", name="uq_practitioner_practice"),
    # Counts the changes of name, role and status, so that of two owners the second is told.
    count_column("version", 1),
    instant_column("deactivated_at", nullable=True),
    text_column("picture", server_default=text("''")),
    # The practitioners an assistant works for; none written down: all of the practice.
    Column("works_for", ARRAY(Uuid), nullable=True),
    one_of("role", Role, "practitioner"),
    CheckConstraint("works_for IS NULL OR role = 'assistant'", name="ck_practitioner_works_for"),
    Index("uq_practitioner_email_key", "email_key", unique=True),
    Index("ix_practitioner_practice", "practice_id"),
)

client = Table(
    "client",
    metadata,
    id_column("id", primary_key=True),
    id_column("practice_id", ForeignKey("practice.id")),
    Column("version", Integer, nullable=False),
    text_column("status"),
    text_column("name"),
    text_column("preferred_name"),
    text_column("pronouns"),
    text_column("email"),
    text_column("email_key"),
    text_column("phone"),
    Column("date_of_birth", Date),
    text_column("timezone"),
    text_column("language"),
    Column("tags", ARRAY(Text), nullable=False),
    Column("remark", LargeBinary),
    # Sorted by code point: one order on every machine, whatever its locale.
    Column("sort_name", Text(collation="C"), nullable=False),
    text_column("search"),
    # By which rule `sort_name` and `search` were made; those of an older one are made anew.
    Column("folding_rule", SmallInteger, nullable=False, server_default=text("0")),
    instant_column("created_at"),
    instant_column("last_visit_at", nullable=True),
    # While a new address waits to be confirmed: the one before it, and whose change it was.
    text_column("confirmed_email", nullable=True),
    id_column("email_changed_by", nullable=True),
    instant_column("email_changed_at", nullable=True),
    UniqueConstraint("id", "practice_id", name="uq_client_practice"),
    CheckConstraint(
        "(confirmed_email IS NULL) = (email_changed_at IS NULL)", name="ck_client_waiting_address"
    ),
    one_of("status", ClientStatus, "client"),
    Index("ix_client_by_name", "practice_id", "sort_name", "id"),
    Index("ix_client_by_added", "practice_id", "created_at", "id"),
    Index("ix_client_by_visit", "practice_id", "last_visit_at", "id"),
    Index("ix_client_email_key", "email_key"),
    Index("ix_client_folding_rule", "folding_rule"),
    Index(
        "ix_client_waiting_address",
        "practice_id",
        postgresql_where=text("confirmed_email IS NOT NULL"),
    ),
)
