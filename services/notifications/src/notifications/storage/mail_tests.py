"""Test mails of practices."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, func, insert, select

from notifications.storage.tables import mail_test
from portal_chassis.database.lease import claim, mark
from portal_chassis.database.transactions import Transaction

_OPEN = mail_test.c.ended_at.is_(None)


@dataclass(frozen=True, kw_only=True)
class MailTest:
    """A test mail: who asked for it, where it goes, and what came of it.

    `to_address` is empty once it was sent; `reason` is empty where it was accepted.
    """

    id: UUID
    practice_id: UUID
    practitioner_id: UUID
    to_address: str = field(repr=False)
    request_id: str
    asked_at: datetime
    ended_at: datetime | None = None
    reason: str = ""
    status: str = ""


def add(tx: Transaction, test: MailTest) -> None:
    """Store one that is to be sent."""
    tx.execute(
        insert(mail_test).values(
            id=test.id,
            practice_id=test.practice_id,
            practitioner_id=test.practitioner_id,
            to_address=test.to_address,
            request_id=test.request_id,
            asked_at=test.asked_at,
        )
    )


def count_since(tx: Transaction, practice_id: UUID, since: datetime) -> int:
    """How many a practice has asked for after an instant."""
    query = select(func.count()).where(
        mail_test.c.practice_id == practice_id, mail_test.c.asked_at > since
    )
    return int(tx.execute(query).scalar_one())


def newest(tx: Transaction, practice_id: UUID) -> MailTest | None:
    """The one that a practice asked for last, or None."""
    query = select(mail_test).where(mail_test.c.practice_id == practice_id)
    row = tx.execute(query.order_by(mail_test.c.asked_at.desc()).limit(1)).mappings().first()
    return None if row is None else MailTest(**{name: row[name] for name in _NAMES})


def claim_one(tx: Transaction, *, holder: str, seconds: float, now: datetime) -> MailTest | None:
    """Claim the one that waits longest, or None."""
    rows = claim(
        tx,
        mail_test,
        due=_OPEN,
        order_by=mail_test.c.asked_at,
        limit=1,
        holder=holder,
        seconds=seconds,
        now=now,
    )
    return MailTest(**{name: rows[0][name] for name in _NAMES}) if rows else None


def end(
    tx: Transaction, test_id: UUID, *, holder: str, reason: str, status: str, now: datetime
) -> None:
    """Write down what came of a claimed one, and forget where it went."""
    mark(
        tx,
        mail_test,
        test_id,
        holder=holder,
        ended_at=now,
        reason=reason,
        status=status,
        to_address="",
    )


def forget(tx: Transaction, *, asked_before: datetime) -> int:
    """Delete those of before an instant; how many."""
    return tx.execute(delete(mail_test).where(mail_test.c.asked_at < asked_before)).rowcount


_NAMES = tuple(MailTest.__dataclass_fields__)
