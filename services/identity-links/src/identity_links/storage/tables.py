"""The tables of the identity-links database.

A link and a device name their client together with her practice, so neither
can ever belong to a client of another practice. Tokens and cookies are stored
as SHA-256 only.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, UUID

from identity_links.domain.devices import DeviceKind
from portal_chassis.database.tables import chassis_tables
from portal_contracts.actor import Role
from portal_contracts.identity_links.rpc.clients import ClientStatus
from portal_contracts.identity_links.rpc.targets import (
    EntryMode,
    LinkCause,
    SecondCheck,
    TargetKind,
)

metadata = MetaData()
chassis = chassis_tables(metadata)


def _id(name: str, *arguments: Any, **options: Any) -> Column[Any]:
    return Column(name, UUID(as_uuid=True), *arguments, **({"nullable": False} | options))


def _instant(name: str, **options: Any) -> Column[Any]:
    return Column(name, DateTime(timezone=True), **({"nullable": False} | options))


def _text(name: str, **options: Any) -> Column[Any]:
    return Column(name, Text, **({"nullable": False} | options))


def _count(name: str) -> Column[Any]:
    return Column(name, Integer, nullable=False, server_default=text("0"))


def _one_of(column: str, values: type[StrEnum], table: str) -> CheckConstraint:
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({listed})", name=f"ck_{table}_{column}")


practice = Table(
    "practice",
    metadata,
    _id("id", primary_key=True),
    _text("name"),
    _text("contact_email"),
    _text("contact_phone"),
    _text("language"),
    _text("timezone"),
    _text("accent"),
    Column("link_days", Integer, nullable=False),
    Column("single_use", Boolean, nullable=False),
    _text("entry"),
    _text("second_check"),
    Column("device_idle_minutes", Integer, nullable=False),
    Column("device_absolute_minutes", Integer, nullable=False),
    _instant("created_at"),
    CheckConstraint("link_days BETWEEN 1 AND 90", name="ck_practice_link_days"),
    CheckConstraint(
        "device_idle_minutes BETWEEN 1 AND device_absolute_minutes",
        name="ck_practice_device_limits",
    ),
    _one_of("entry", EntryMode, "practice"),
    _one_of("second_check", SecondCheck, "practice"),
)

practitioner = Table(
    "practitioner",
    metadata,
    _id("id", primary_key=True),
    _id("practice_id", ForeignKey("practice.id")),
    _text("name"),
    _text("email"),
    _text("email_key"),
    _text("password_hash"),
    _text("role"),
    _text("language"),
    _instant("created_at"),
    _one_of("role", Role, "practitioner"),
    Index("uq_practitioner_email_key", "email_key", unique=True),
    Index("ix_practitioner_practice", "practice_id"),
)

client = Table(
    "client",
    metadata,
    _id("id", primary_key=True),
    _id("practice_id", ForeignKey("practice.id")),
    Column("version", Integer, nullable=False),
    _text("status"),
    _text("name"),
    _text("preferred_name"),
    _text("pronouns"),
    _text("email"),
    _text("email_key"),
    _text("phone"),
    Column("date_of_birth", Date),
    _text("timezone"),
    _text("language"),
    Column("tags", ARRAY(Text), nullable=False),
    Column("remark", LargeBinary),
    # Sorted by code point: one order on every machine, whatever its locale.
    Column("sort_name", Text(collation="C"), nullable=False),
    _text("search"),
    _instant("created_at"),
    _instant("last_visit_at", nullable=True),
    UniqueConstraint("id", "practice_id", name="uq_client_practice"),
    _one_of("status", ClientStatus, "client"),
    Index("ix_client_by_name", "practice_id", "sort_name", "id"),
    Index("ix_client_by_added", "practice_id", "created_at", "id"),
    Index("ix_client_by_visit", "practice_id", "last_visit_at", "id"),
    Index("ix_client_email_key", "email_key"),
)

portal_link = Table(
    "portal_link",
    metadata,
    _id("id", primary_key=True),
    _id("practice_id"),
    _id("client_id"),
    _text("cause"),
    _text("target_kind"),
    _id("target_id", nullable=True),
    _instant("created_at"),
    _instant("expires_at"),
    _instant("revoked_at", nullable=True),
    _instant("used_at", nullable=True),
    _instant("last_used_at", nullable=True),
    _count("opens"),
    _count("scans"),
    _id("delivery_id", nullable=True),
    ForeignKeyConstraint(
        ["client_id", "practice_id"],
        ["client.id", "client.practice_id"],
        name="fk_portal_link_client",
    ),
    _one_of("cause", LinkCause, "portal_link"),
    _one_of("target_kind", TargetKind, "portal_link"),
    CheckConstraint(
        "(target_kind = 'home') = (target_id IS NULL)", name="ck_portal_link_target_id"
    ),
    CheckConstraint(
        "(cause = 'mailed') = (delivery_id IS NOT NULL)", name="ck_portal_link_delivery"
    ),
    UniqueConstraint("delivery_id", name="uq_portal_link_delivery"),
    Index("ix_portal_link_client", "client_id", "created_at"),
)

link_token = Table(
    "link_token",
    metadata,
    Column("token_hash", String(64), primary_key=True),
    _id("link_id", ForeignKey("portal_link.id")),
    _instant("created_at"),
    Index("ix_link_token_link", "link_id"),
)

device = Table(
    "device",
    metadata,
    _id("id", primary_key=True),
    Column("device_hash", String(64), nullable=False),
    _text("kind"),
    _id("practice_id", ForeignKey("practice.id")),
    _id("client_id", nullable=True),
    _id("practitioner_id", ForeignKey("practitioner.id"), nullable=True),
    _id("link_id", ForeignKey("portal_link.id"), nullable=True),
    _text("user_agent"),
    _text("address"),
    _instant("created_at"),
    _instant("last_seen_at"),
    Column("idle_seconds", Integer, nullable=False),
    _instant("ends_at"),
    _instant("ended_at", nullable=True),
    ForeignKeyConstraint(
        ["client_id", "practice_id"], ["client.id", "client.practice_id"], name="fk_device_client"
    ),
    _one_of("kind", DeviceKind, "device"),
    CheckConstraint(
        "(kind = 'client') = (client_id IS NOT NULL)"
        " AND (kind = 'practitioner') = (practitioner_id IS NOT NULL)",
        name="ck_device_owner",
    ),
    Index("uq_device_hash", "device_hash", unique=True),
    Index("ix_device_client", "client_id", postgresql_where=text("ended_at IS NULL")),
    Index("ix_device_practitioner", "practitioner_id", postgresql_where=text("ended_at IS NULL")),
    Index("ix_device_ends_at", "ends_at"),
)

api_token = Table(
    "api_token",
    metadata,
    _id("id", primary_key=True),
    _id("practitioner_id", ForeignKey("practitioner.id")),
    Column("token_hash", String(64), nullable=False),
    _text("name"),
    Column("scopes", ARRAY(Text), nullable=False),
    _instant("created_at"),
    _instant("expires_at"),
    _instant("revoked_at", nullable=True),
    _instant("last_used_at", nullable=True),
    CheckConstraint("cardinality(scopes) > 0", name="ck_api_token_scopes"),
    Index("uq_api_token_hash", "token_hash", unique=True),
    Index(
        "ix_api_token_practitioner", "practitioner_id", postgresql_where=text("revoked_at IS NULL")
    ),
    Index("ix_api_token_expires_at", "expires_at"),
)

link_request = Table(
    "link_request",
    metadata,
    _id("id", primary_key=True),
    _text("email_key"),
    _text("address"),
    _text("request_id"),
    _instant("requested_at"),
)

throttle = Table(
    "throttle",
    metadata,
    Column("key", String(64), primary_key=True),
    Column("tries", Integer, nullable=False),
    _instant("free_at"),
    _instant("forget_at"),
    Index("ix_throttle_forget_at", "forget_at"),
)

refusal_count = Table(
    "refusal_count",
    metadata,
    _text("address", primary_key=True),
    _instant("hour", primary_key=True),
    Column("refusals", Integer, nullable=False),
    Index("ix_refusal_count_hour", "hour"),
)

access_chain = Table(
    "access_chain",
    metadata,
    _id("chain_id", primary_key=True),
    Column("seq", BigInteger, nullable=False),
    Column("head", LargeBinary, nullable=False),
)

access_log = Table(
    "access_log",
    metadata,
    _id("chain_id", primary_key=True),
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    _instant("occurred_at"),
    _text("actor_kind"),
    _id("actor_id", nullable=True),
    _text("actor_service", nullable=True),
    _text("act"),
    _text("outcome"),
    _id("client_id", nullable=True),
    _id("subject_id", nullable=True),
    _text("reason"),
    _text("detail"),
    _text("address"),
    _text("request_id"),
    Column("row_hash", LargeBinary, nullable=False),
    Index("ix_access_log_client", "client_id", "chain_id", "seq"),
)
