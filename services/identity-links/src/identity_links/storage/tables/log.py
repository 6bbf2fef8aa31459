"""The access log, and counts: of tries, of refusals, of acts."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY

from identity_links.storage.tables.schema import metadata
from portal_chassis.columns import id_column, instant_column, text_column

throttle = Table(
    "throttle",
    metadata,
    Column("key", String(64), primary_key=True),
    Column("tries", Integer, nullable=False),
    instant_column("free_at"),
    instant_column("forget_at"),
    Column(
        "parts",
        ARRAY(Integer),
        nullable=False,
        server_default=text("'{0,0,0,0,0,0,0,0,0,0,0,0,0}'"),
    ),
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
    id_column("actor_token_id", nullable=True),
    text_column("act"),
    text_column("outcome"),
    id_column("client_id", nullable=True),
    id_column("subject_id", nullable=True),
    text_column("reason"),
    text_column("detail"),
    text_column("address"),
    text_column("request_id"),
    id_column("revealed_link", nullable=True),
    text_column("thing_kind", nullable=True),
    text_column("thing_title", nullable=True),
    instant_column("thing_at", nullable=True),
    Column("row_hash", LargeBinary, nullable=False),
    Index("ix_access_log_client", "client_id", "chain_id", "seq"),
    Index("ix_access_log_alike", "chain_id", "act", "occurred_at"),
)
