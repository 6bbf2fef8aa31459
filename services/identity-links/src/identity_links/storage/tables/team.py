"""How people come into a practice's team: invitations."""

from __future__ import annotations

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    String,
    Table,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY

from identity_links.domain.invitations import InvitationEnd
from identity_links.storage.tables.schema import metadata, one_of
from portal_chassis.columns import id_column, instant_column, text_column
from portal_contracts.actor import Role

invitation = Table(
    "invitation",
    metadata,
    id_column("id", primary_key=True),
    id_column("practice_id", ForeignKey("practice.id")),
    text_column("name"),
    text_column("email"),
    text_column("email_key"),
    text_column("role"),
    Column("works_for", ARRAY(Uuid), nullable=True),
    text_column("language"),
    id_column("invited_by", ForeignKey("practitioner.id"), nullable=True),
    instant_column("created_at"),
    instant_column("expires_at"),
    instant_column("ended_at", nullable=True),
    text_column("ended_by", nullable=True),
    one_of("role", Role, "invitation"),
    one_of("ended_by", InvitationEnd, "invitation"),
    CheckConstraint("works_for IS NULL OR role = 'assistant'", name="ck_invitation_works_for"),
    CheckConstraint("(ended_at IS NULL) = (ended_by IS NULL)", name="ck_invitation_ended"),
    Index(
        "uq_invitation_open",
        "practice_id",
        "email_key",
        unique=True,
        postgresql_where=text("ended_at IS NULL"),
    ),
    Index("ix_invitation_expires_at", "expires_at"),
)

# The SHA-256 of each token that was mailed for an invitation: one for each attempt to send it.
invitation_token = Table(
    "invitation_token",
    metadata,
    Column("token_hash", String(64), primary_key=True),
    id_column("invitation_id", ForeignKey("invitation.id", ondelete="CASCADE")),
    instant_column("created_at"),
    Index("ix_invitation_token_invitation", "invitation_id"),
)
