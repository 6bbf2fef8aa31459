"""Mail servers that practices have set."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import RowMapping, func, select
from sqlalchemy.dialects.postgresql import insert as upsert

from notifications.domain.mail_servers import OwnMailServer
from notifications.storage.tables import mail_server
from portal_chassis.database.transactions import Transaction
from portal_contracts.notifications.mail_server import MailSecurity, MailServerFields


def find(tx: Transaction, practice_id: UUID) -> OwnMailServer | None:
    """A practice's mail server, or None."""
    query = select(mail_server).where(mail_server.c.practice_id == practice_id)
    row = tx.execute(query).mappings().first()
    return None if row is None else _server(row)


def lock(tx: Transaction, practice_id: UUID) -> None:
    """Let others who change the same practice's wait until the transaction ends."""
    name = func.hashtextextended(f"mail server {practice_id}", 0)
    tx.execute(select(func.pg_advisory_xact_lock(name)))


def write(tx: Transaction, server: OwnMailServer) -> None:
    """Store a practice's mail server, whether it has one or not."""
    fields = server.fields
    values = {
        "version": server.version,
        "host": fields.host,
        "port": fields.port,
        "security": fields.security,
        "user_name": fields.user,
        "password_sealed": server.password_sealed,
        "sender_address": fields.sender_address,
        "sender_name": fields.sender_name,
        "changed_at": server.changed_at,
    }
    tx.execute(
        upsert(mail_server)
        .values(practice_id=server.practice_id, **values)
        .on_conflict_do_update(index_elements=[mail_server.c.practice_id], set_=values)
    )


def all_servers(tx: Transaction) -> list[OwnMailServer]:
    """Every practice's, by practice."""
    query = select(mail_server).order_by(mail_server.c.practice_id)
    return [_server(row) for row in tx.execute(query).mappings()]


def _server(found: RowMapping) -> OwnMailServer:
    return OwnMailServer(
        practice_id=found["practice_id"],
        version=found["version"],
        fields=MailServerFields(
            host=found["host"],
            port=found["port"],
            security=MailSecurity(found["security"]),
            user=found["user_name"],
            sender_address=found["sender_address"],
            sender_name=found["sender_name"],
        ),
        password_sealed=found["password_sealed"],
        changed_at=found["changed_at"],
    )
