"""A link belongs to the address it was mailed to, or to whoever had it shown.

New addresses may wait to be confirmed, and acts on a device say which shown link let it in.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_DELIVERY = "ck_portal_link_delivery"


def upgrade() -> None:
    for name, kind in (
        ("confirmed_email", sa.Text),
        ("email_changed_by", sa.UUID),
        ("email_changed_at", sa.DateTime(timezone=True)),
    ):
        op.add_column("client", sa.Column(name, kind, nullable=True))
    op.create_check_constraint(
        "ck_client_waiting_address",
        "client",
        "(confirmed_email IS NULL) = (email_changed_at IS NULL)",
    )
    op.create_index(
        "ix_client_waiting_address",
        "client",
        ["practice_id"],
        postgresql_where=sa.text("confirmed_email IS NOT NULL"),
    )
    op.add_column("portal_link", sa.Column("mailed_to", sa.Text, nullable=True))
    op.add_column("portal_link", sa.Column("made_by", sa.UUID, nullable=True))
    # Which address a link of before was mailed to is not known: today's is the best there is.
    op.execute(
        "UPDATE portal_link SET mailed_to = client.email FROM client"
        " WHERE client.id = portal_link.client_id AND cause NOT IN ('copied', 'qr')"
    )
    op.execute(
        "UPDATE portal_link SET made_by = access_log.actor_id FROM access_log"
        " WHERE access_log.subject_id = portal_link.id AND access_log.act = 'link.created'"
        " AND access_log.outcome = 'done' AND cause IN ('copied', 'qr')"
    )
    # A link that is revoked with its address leaves its delivery to the next one.
    op.drop_constraint(_DELIVERY, "portal_link", type_="check")
    op.create_check_constraint(_DELIVERY, "portal_link", "cause = 'mailed' OR delivery_id IS NULL")
    op.add_column("access_log", sa.Column("revealed_link", sa.UUID, nullable=True))
    # The former name stays beside it: the release before knows no other.
    op.execute(
        "UPDATE api_token SET scopes = array_append(scopes, 'links.mail')"
        " WHERE 'links.share' = ANY (scopes)"
    )


def downgrade() -> None:
    op.execute(
        "UPDATE api_token SET scopes = array_append(scopes, 'links.share')"
        " WHERE 'links.mail' = ANY (scopes) AND NOT 'links.share' = ANY (scopes)"
    )
    op.execute(
        "UPDATE api_token"
        " SET scopes = array_remove(array_remove(scopes, 'links.mail'), 'links.reveal')"
        " WHERE scopes && ARRAY['links.mail', 'links.share']"
    )
    op.drop_column("access_log", "revealed_link")
    op.drop_constraint(_DELIVERY, "portal_link", type_="check")
    # Whoever has such a link keeps it in the list: it was mailed, as a shared one is.
    op.execute(
        "UPDATE portal_link SET cause = 'shared' WHERE cause = 'mailed' AND delivery_id IS NULL"
    )
    op.create_check_constraint(
        _DELIVERY, "portal_link", "(cause = 'mailed') = (delivery_id IS NOT NULL)"
    )
    op.drop_column("portal_link", "made_by")
    op.drop_column("portal_link", "mailed_to")
    op.drop_index("ix_client_waiting_address", "client")
    op.drop_constraint("ck_client_waiting_address", "client", type_="check")
    for name in ("email_changed_at", "email_changed_by", "confirmed_email"):
        op.drop_column("client", name)
