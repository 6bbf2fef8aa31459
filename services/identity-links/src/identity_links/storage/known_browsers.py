"""Browsers on which a practitioner has signed in before: a stranger's tries do not slow them.

A browser is known by the hash of a lasting cookie, for each practitioner by itself, and
lets nobody in: the password is asked for as ever.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from identity_links.domain.devices import BROWSER_KNOWN_DAYS
from identity_links.storage.tables import device, known_browser, practitioner
from portal_chassis.database.transactions import Transaction

_KNOWN = timedelta(days=BROWSER_KNOWN_DAYS)


def knows(tx: Transaction, browser_hash: str | None, email_key: str, now: datetime) -> bool:
    """Whether the practitioner with this address has signed in on the browser before."""
    query = (
        select(known_browser.c.practitioner_id)
        .join(practitioner, practitioner.c.id == known_browser.c.practitioner_id)
        .where(
            known_browser.c.browser_hash == browser_hash,
            known_browser.c.signed_in_at > now - _KNOWN,
            practitioner.c.email_key == email_key,
        )
    )
    return tx.execute(query).first() is not None


def knows_practitioner(
    tx: Transaction, browser_hash: str | None, practitioner_id: UUID, now: datetime
) -> bool:
    """Whether the practitioner has signed in on the browser before."""
    query = select(known_browser.c.practitioner_id).where(
        known_browser.c.browser_hash == browser_hash,
        known_browser.c.practitioner_id == practitioner_id,
        known_browser.c.signed_in_at > now - _KNOWN,
    )
    return tx.execute(query).first() is not None


def remember(tx: Transaction, browser_hash: str, practitioner_id: UUID, now: datetime) -> None:
    """Write down that the practitioner signed in on the browser now."""
    tx.execute(
        insert(known_browser)
        .values(browser_hash=browser_hash, practitioner_id=practitioner_id, signed_in_at=now)
        .on_conflict_do_update(
            index_elements=[known_browser.c.browser_hash, known_browser.c.practitioner_id],
            set_={"signed_in_at": now},
        )
    )


def forget_of_device(tx: Transaction, device_id: UUID) -> None:
    """The browser that a practitioner's device is on is known to the practitioner no more."""
    of_device = (
        select(device.c.id)
        .where(
            device.c.id == device_id,
            device.c.browser_hash == known_browser.c.browser_hash,
            device.c.practitioner_id == known_browser.c.practitioner_id,
        )
        .exists()
    )
    tx.execute(delete(known_browser).where(of_device))


def forget_of_practitioner(
    tx: Transaction, practitioner_id: UUID, *, but: str | None = None
) -> None:
    """No browser is known to the practitioner any more, but the one with this hash."""
    query = delete(known_browser).where(known_browser.c.practitioner_id == practitioner_id)
    tx.execute(query if but is None else query.where(known_browser.c.browser_hash != but))


def prune_forgotten(tx: Transaction, now: datetime) -> int:
    """Delete browsers on which nobody has signed in for too long; how many."""
    return tx.execute(
        delete(known_browser).where(known_browser.c.signed_in_at <= now - _KNOWN)
    ).rowcount
