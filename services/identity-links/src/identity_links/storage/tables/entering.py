"""How people come in: links, codes, devices, browsers that are known, API tokens."""

from __future__ import annotations

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY

from identity_links.domain.devices import DeviceKind
from identity_links.storage.tables.schema import metadata, one_of
from portal_chassis.columns import count_column, id_column, instant_column, text_column
from portal_contracts.identity_links.rpc.targets import LinkCause, TargetKind

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
    one_of("cause", LinkCause, "portal_link"),
    one_of("target_kind", TargetKind, "portal_link"),
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

# A code that a browser asked for, to enter by a link where that is the second check.
entry_code = Table(
    "entry_code",
    metadata,
    id_column("id", primary_key=True),
    id_column("link_id", ForeignKey("portal_link.id")),
    Column("browser_hash", String(64), nullable=False),
    instant_column("requested_at"),
    # Keyed by the client's data key, so that the few codes there are cannot be tried on a copy.
    Column("mac", LargeBinary, nullable=True),
    instant_column("expires_at", nullable=True),
    Column("tries", Integer, nullable=False),
    UniqueConstraint("link_id", "browser_hash", name="uq_entry_code_browser"),
    Index("ix_entry_code_requested_at", "requested_at"),
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
    one_of("kind", DeviceKind, "device"),
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

# Addresses of the first run, by the hash of the token that each ends with.
setup_address = Table(
    "setup_address",
    metadata,
    Column("token_hash", String(64), primary_key=True),
    instant_column("created_at"),
    instant_column("expires_at"),
    instant_column("used_at", nullable=True),
)

link_request = Table(
    "link_request",
    metadata,
    id_column("id", primary_key=True),
    text_column("email_key"),
    text_column("address"),
    text_column("request_id"),
    instant_column("requested_at"),
    text_column("target_kind", server_default=text("'home'")),
    id_column("target_id", nullable=True),
)
