"""The tables that the chassis keeps in every service's database.

Migrations of former releases import this module, so it stays under this name.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Index,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    text,
)

from portal_chassis.columns import count_column, id_column, instant_column, text_column


@dataclass(frozen=True)
class ChassisTables:
    """The chassis' tables as they stand in one service's metadata.

    `data_key` holds wrapped keys, of clients, practitioners and practices, and is left out of the
    ordinary dump; the column of their ids is called as in the first release, `client_id`.
    """

    outbox: Table
    inbox: Table
    idempotency: Table
    aggregate_version: Table
    data_key: Table


@dataclass(frozen=True)
class SafekeepingTables:
    """What a service's database remembers of its keys.

    `master_key` holds a value sealed by each master key that was proven to be the right one;
    `erased_client` the ids whose data keys were deleted for good.
    """

    master_key: Table
    erased_client: Table


SAFEKEEPING_APPEND_ONLY = ("erased_client", "master_key")
"""Tables whose rows no running service may change or delete."""


def lease_columns() -> tuple[Column[Any], Column[Any]]:
    """`claimed_by` and `claimed_until`, for a table whose rows are worked on by lease."""
    return Column("claimed_by", String(80)), instant_column("claimed_until", nullable=True)


def chassis_tables(metadata: MetaData) -> ChassisTables:
    """Add the chassis' tables to `metadata`."""
    return ChassisTables(
        outbox=_outbox(metadata),
        inbox=_inbox(metadata),
        idempotency=Table(
            "idempotency",
            metadata,
            Column("scope", Text, primary_key=True),
            Column("arguments_hash", String(64), nullable=False),
            Column("reply", LargeBinary),
            instant_column("created_at"),
            Index("ix_idempotency_created_at", "created_at"),
        ),
        aggregate_version=Table(
            "aggregate_version",
            metadata,
            id_column("id", primary_key=True),
            Column("seq", BigInteger, nullable=False),
        ),
        data_key=Table(
            "data_key",
            metadata,
            id_column("client_id", key="owner_id", primary_key=True),
            Column("wrapped", LargeBinary, nullable=False),
            instant_column("created_at", server_default=text("now()")),
        ),
    )


def _outbox(metadata: MetaData) -> Table:
    return Table(
        "outbox",
        metadata,
        id_column("id", primary_key=True),
        text_column("type"),
        Column("body", LargeBinary, nullable=False),
        instant_column("occurred_at"),
        count_column("attempts"),
        instant_column("next_attempt_at"),
        Column("last_error", Text),
        instant_column("sent_at", nullable=True),
        *lease_columns(),
        Index(
            "ix_outbox_unsent",
            "next_attempt_at",
            postgresql_where=text("sent_at IS NULL"),
        ),
        Index("ix_outbox_sent_at", "sent_at"),
    )


def _inbox(metadata: MetaData) -> Table:
    return Table(
        "inbox",
        metadata,
        id_column("id", primary_key=True),
        text_column("consumer"),
        id_column("event_id"),
        text_column("type"),
        id_column("aggregate_id"),
        Column("aggregate_seq", BigInteger, nullable=False),
        Column("body", LargeBinary, nullable=False),
        instant_column("received_at"),
        instant_column("handled_at", nullable=True),
        count_column("attempts"),
        Column("last_error", Text),
        instant_column("next_attempt_at", nullable=True),
        Column("dead", Boolean, nullable=False, server_default=text("false")),
        *lease_columns(),
        Index("uq_inbox_consumer_event", "consumer", "event_id", unique=True),
        Index("ix_inbox_aggregate", "consumer", "aggregate_id", "aggregate_seq"),
        Index(
            "ix_inbox_due",
            "next_attempt_at",
            postgresql_where=text("handled_at IS NULL AND NOT dead"),
        ),
        Index("ix_inbox_dead", "received_at", postgresql_where=text("dead")),
        Index("ix_inbox_handled_at", "handled_at"),
    )


def create_chassis_tables(op: Any) -> None:
    """Create the chassis' tables, for a service's first migration; `op` is `alembic.op`."""
    metadata = MetaData()
    chassis_tables(metadata)
    metadata.create_all(op.get_bind())


def drop_chassis_tables(op: Any) -> None:
    """Drop the chassis' tables: the downgrade of `create_chassis_tables`."""
    metadata = MetaData()
    chassis_tables(metadata)
    metadata.drop_all(op.get_bind())


def safekeeping_tables(metadata: MetaData) -> SafekeepingTables:
    """Add the tables about keys to `metadata`."""
    return SafekeepingTables(
        master_key=Table(
            "master_key",
            metadata,
            Column("id", LargeBinary, primary_key=True),
            Column("sealed", LargeBinary, nullable=False),
            instant_column("created_at", server_default=text("now()")),
        ),
        erased_client=Table(
            "erased_client",
            metadata,
            id_column("client_id", primary_key=True),
            instant_column("erased_at"),
        ),
    )


def create_safekeeping_tables(op: Any) -> None:
    """Create the tables about keys, for a migration; `op` is `alembic.op`."""
    metadata = MetaData()
    safekeeping_tables(metadata)
    metadata.create_all(op.get_bind())


def drop_safekeeping_tables(op: Any) -> None:
    """Drop them: the downgrade of `create_safekeeping_tables`."""
    metadata = MetaData()
    safekeeping_tables(metadata)
    metadata.drop_all(op.get_bind())
