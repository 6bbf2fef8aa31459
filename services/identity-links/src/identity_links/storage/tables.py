"""The tables of the identity-links database.

A link and a device name their client together with the practice, so neither
can ever belong to a client of another practice. Tokens and cookies are stored
as SHA-256 only.
"""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
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
from sqlalchemy.dialects.postgresql import ARRAY

from identity_links.domain.devices import DeviceKind
from portal_chassis.columns import count_column, id_column, instant_column, text_column
from portal_chassis.tables import chassis_tables, safekeeping_tables
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
safekeeping = safekeeping_tables(metadata)


def _one_of(column: str, values: type[StrEnum], table: str) -> CheckConstraint:
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({listed})", name=f"ck_{table}_{column}")


practice = Table(
    "practice",
    metadata,
    id_column("id", primary_key=True),
    text_column("name"),
    text_column("contact_email"),
    text_column("contact_phone"),
    text_column("language"),
    text_column("timezone"),
    text_column("accent"),
    Column("link_days", Integer, nullable=False),
    Column("single_use", Boolean, nullable=False),
    text_column("entry"),
    text_column("second_check"),
    Column("device_idle_minutes", Integer, nullable=False),
    Column("device_absolute_minutes", Integer, nullable=False),
    instant_column("created_at"),
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
    id_column("id", primary_key=True),
    id_column("practice_id", ForeignKey("practice.id")),
    text_column("name"),
    text_column("email"),
    text_column("email_key"),
    text_column("password_hash"),
    text_column("role"),
    text_column("language"),
    instant_column("created_at"),
    _one_of("role", Role, "practitioner"),
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
    _one_of("status", ClientStatus, "client"),
    Index("ix_client_by_name", "practice_id", "sort_name", "id"),
    Index("ix_client_by_added", "practice_id", "created_at", "id"),
    Index("ix_client_by_visit", "practice_id", "last_visit_at", "id"),
    Index("ix_client_email_key", "email_key"),
    Index(
        "ix_client_waiting_address",
        "practice_id",
        postgresql_where=text("confirmed_email IS NOT NULL"),
    ),
)

portal_link = Table(
    "portal_link",
    metadata,
    id_column("id", primary_key=True),
    id_column("practice_id"),
    id_column("client_id"),
    text_column("cause"),
    text_column("target_kind"),
    id_column("target_id", nullable=True),
    instant_column("created_at"),
    instant_column("expires_at"),
    instant_column("revoked_at", nullable=True),
    instant_column("used_at", nullable=True),
    instant_column("last_used_at", nullable=True),
    count_column("opens"),
    count_column("scans"),
    id_column("delivery_id", nullable=True),
    # The address it was made to be mailed to; none for a link that the practice saw.
    text_column("mailed_to", nullable=True),
    # The practitioner who had it shown.
    id_column("made_by", nullable=True),
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
    CheckConstraint("cause = 'mailed' OR delivery_id IS NULL", name="ck_portal_link_delivery"),
    UniqueConstraint("delivery_id", name="uq_portal_link_delivery"),
    Index("ix_portal_link_client", "client_id", "created_at"),
)

link_token = Table(
    "link_token",
    metadata,
    Column("token_hash", String(64), primary_key=True),
    id_column("link_id", ForeignKey("portal_link.id")),
    instant_column("created_at"),
    Index("ix_link_token_link", "link_id"),
)

device = Table(
    "device",
    metadata,
    id_column("id", primary_key=True),
    Column("device_hash", String(64), nullable=False),
    text_column("kind"),
    id_column("practice_id", ForeignKey("practice.id")),
    id_column("client_id", nullable=True),
    id_column("practitioner_id", ForeignKey("practitioner.id"), nullable=True),
    id_column("link_id", ForeignKey("portal_link.id"), nullable=True),
    Column("browser_hash", String(64), nullable=True),
    text_column("user_agent"),
    text_column("address"),
    instant_column("created_at"),
    instant_column("last_seen_at"),
    Column("idle_seconds", Integer, nullable=False),
    instant_column("ends_at"),
    instant_column("ended_at", nullable=True),
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

# A browser on which a practitioner has signed in, by the hash of its lasting cookie.
known_browser = Table(
    "known_browser",
    metadata,
    Column("browser_hash", String(64), primary_key=True),
    id_column("practitioner_id", ForeignKey("practitioner.id"), primary_key=True),
    instant_column("signed_in_at"),
    Index("ix_known_browser_practitioner", "practitioner_id"),
    Index("ix_known_browser_signed_in_at", "signed_in_at"),
)

api_token = Table(
    "api_token",
    metadata,
    id_column("id", primary_key=True),
    id_column("practitioner_id", ForeignKey("practitioner.id")),
    Column("token_hash", String(64), nullable=False),
    text_column("name"),
    Column("scopes", ARRAY(Text), nullable=False),
    instant_column("created_at"),
    instant_column("expires_at"),
    instant_column("revoked_at", nullable=True),
    instant_column("last_used_at", nullable=True),
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
    id_column("id", primary_key=True),
    text_column("email_key"),
    text_column("address"),
    text_column("request_id"),
    instant_column("requested_at"),
)

throttle = Table(
    "throttle",
    metadata,
    Column("key", String(64), primary_key=True),
    Column("tries", Integer, nullable=False),
    instant_column("free_at"),
    instant_column("forget_at"),
    Index("ix_throttle_forget_at", "forget_at"),
)

refusal_count = Table(
    "refusal_count",
    metadata,
    text_column("address", primary_key=True),
    instant_column("hour", primary_key=True),
    Column("refusals", Integer, nullable=False),
    Index("ix_refusal_count_hour", "hour"),
)

# How often somebody did the same within an hour, where not each time is a row of the log.
act_count = Table(
    "act_count",
    metadata,
    text_column("counted_for", primary_key=True),
    text_column("act", primary_key=True),
    text_column("outcome", primary_key=True),
    instant_column("hour", primary_key=True),
    Column("times", Integer, nullable=False),
    Index("ix_act_count_hour", "hour"),
)

access_chain = Table(
    "access_chain",
    metadata,
    id_column("chain_id", primary_key=True),
    Column("seq", BigInteger, nullable=False),
    Column("head", LargeBinary, nullable=False),
)

access_log = Table(
    "access_log",
    metadata,
    id_column("chain_id", primary_key=True),
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    instant_column("occurred_at"),
    text_column("actor_kind"),
    id_column("actor_id", nullable=True),
    text_column("actor_service", nullable=True),
    text_column("act"),
    text_column("outcome"),
    id_column("client_id", nullable=True),
    id_column("subject_id", nullable=True),
    text_column("reason"),
    text_column("detail"),
    text_column("address"),
    text_column("request_id"),
    id_column("revealed_link", nullable=True),
    Column("row_hash", LargeBinary, nullable=False),
    Index("ix_access_log_client", "client_id", "chain_id", "seq"),
)
