"""Whose clients: who sees whom, and what an owner opened in an emergency."""

from __future__ import annotations

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    PrimaryKeyConstraint,
    Table,
    text,
)

from identity_links.storage.tables.schema import metadata, one_of
from portal_chassis.columns import id_column, instant_column, text_column
from portal_contracts.identity_links.rpc.caseload import CaseloadKind

caseload = Table(
    "caseload",
    metadata,
    id_column("client_id"),
    id_column("practitioner_id"),
    id_column("practice_id"),
    text_column("kind"),
    instant_column("since"),
    # Who did it; none where the client did by booking, a command, or a migration.
    id_column("added_by", nullable=True),
    PrimaryKeyConstraint("client_id", "practitioner_id", name="pk_caseload"),
    ForeignKeyConstraint(
        ["client_id", "practice_id"], ["client.id", "client.practice_id"], name="fk_caseload_client"
    ),
    ForeignKeyConstraint(
        ["practitioner_id", "practice_id"],
        ["practitioner.id", "practitioner.practice_id"],
        name="fk_caseload_practitioner",
    ),
    one_of("kind", CaseloadKind, "caseload"),
    Index("ix_caseload_practitioner", "practitioner_id", "client_id"),
    Index("uq_caseload_own", "client_id", unique=True, postgresql_where=text("kind = 'own'")),
)

# An owner sees all of one client until then. The reason is sealed with the client's data key.
emergency_access = Table(
    "emergency_access",
    metadata,
    id_column("id", primary_key=True),
    id_column("practice_id"),
    id_column("client_id"),
    id_column("practitioner_id"),
    Column("reason", LargeBinary, nullable=False),
    instant_column("opened_at"),
    instant_column("until"),
    instant_column("closed_at", nullable=True),
    ForeignKeyConstraint(
        ["client_id", "practice_id"],
        ["client.id", "client.practice_id"],
        name="fk_emergency_access_client",
    ),
    ForeignKeyConstraint(
        ["practitioner_id", "practice_id"],
        ["practitioner.id", "practitioner.practice_id"],
        name="fk_emergency_access_practitioner",
    ),
    CheckConstraint("until > opened_at", name="ck_emergency_access_until"),
    Index("ix_emergency_access_practitioner", "practitioner_id", "client_id", "until"),
    Index("ix_emergency_access_practice", "practice_id", "opened_at"),
)
