"""Codes of the second check, by the browser that asked for each."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import RowMapping, delete, select, update
from sqlalchemy.dialects.postgresql import insert

from identity_links.domain.second_check import StoredCode
from identity_links.storage.tables import entry_code
from portal_chassis.database.transactions import Transaction

_STORED = (
    entry_code.c.id,
    entry_code.c.link_id,
    entry_code.c.requested_at,
    entry_code.c.mac,
    entry_code.c.expires_at,
    entry_code.c.tries,
)


def request(
    tx: Transaction, code_id: UUID, *, link_id: UUID, browser_hash: str, now: datetime
) -> None:
    """Store that a browser asks for a code, in place of the one it asked for before."""
    fresh = {"id": code_id, "requested_at": now, "mac": None, "expires_at": None, "tries": 0}
    tx.execute(
        insert(entry_code)
        .values(link_id=link_id, browser_hash=browser_hash, **fresh)
        .on_conflict_do_update(constraint="uq_entry_code_browser", set_=fresh)
    )


def of_browser(tx: Transaction, link_id: UUID, browser_hash: str) -> StoredCode | None:
    """The code that a browser asked for last to enter by a link, or None."""
    query = select(*_STORED).where(
        entry_code.c.link_id == link_id, entry_code.c.browser_hash == browser_hash
    )
    return _stored(tx.execute(query).mappings().first())


def to_mail(tx: Transaction, code_id: UUID) -> StoredCode | None:
    """The code of a mail, locked until the transaction ends; None once it was used or replaced."""
    query = select(*_STORED).where(entry_code.c.id == code_id).with_for_update()
    return _stored(tx.execute(query).mappings().first())


def make(tx: Transaction, code_id: UUID, *, mac: bytes, expires_at: datetime) -> None:
    """Store the keyed hash of a code that is mailed now, in place of the one mailed before."""
    tx.execute(
        update(entry_code).where(entry_code.c.id == code_id).values(mac=mac, expires_at=expires_at)
    )


def count_wrong(tx: Transaction, code_id: UUID) -> None:
    """Count a wrong answer."""
    tx.execute(
        update(entry_code).where(entry_code.c.id == code_id).values(tries=entry_code.c.tries + 1)
    )


def use(tx: Transaction, link_id: UUID, browser_hash: str) -> None:
    """Delete the code by which a browser has entered: it works once."""
    tx.execute(
        delete(entry_code).where(
            entry_code.c.link_id == link_id, entry_code.c.browser_hash == browser_hash
        )
    )


def prune_ended(tx: Transaction, now: datetime, kept: timedelta) -> int:
    """Delete codes that were asked for longer ago than `kept`; how many."""
    return tx.execute(delete(entry_code).where(entry_code.c.requested_at < now - kept)).rowcount


def _stored(row: RowMapping | None) -> StoredCode | None:
    if row is None:
        return None
    mac = row["mac"]
    return StoredCode(**{**row, "mac": None if mac is None else bytes(mac)})
