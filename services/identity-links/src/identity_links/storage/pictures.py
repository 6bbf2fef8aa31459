"""Pictures by name: kept while a practice or a practitioner shows them."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, exists, select, update
from sqlalchemy.dialects.postgresql import insert

from identity_links.storage.tables import picture, practice, practitioner
from portal_chassis.database.transactions import Transaction


def keep(tx: Transaction, name: str, content: bytes, now: datetime) -> None:
    """Store a picture, unless it is there."""
    row = {"name": name, "content": content, "created_at": now}
    tx.execute(insert(picture).values(**row).on_conflict_do_nothing())


def find(tx: Transaction, name: str) -> bytes | None:
    """A picture, or None."""
    found = tx.execute(select(picture.c.content).where(picture.c.name == name))
    content = found.scalar_one_or_none()
    return None if content is None else bytes(content)


def show_logo(tx: Transaction, practice_id: UUID, name: str, *, version: int) -> None:
    """Show another logo, which is a change of the practice."""
    changed = update(practice).where(practice.c.id == practice_id)
    tx.execute(changed.values(logo=name, version=version))


def show_portrait(tx: Transaction, practitioner_id: UUID, name: str) -> None:
    """Show another portrait."""
    tx.execute(
        update(practitioner).where(practitioner.c.id == practitioner_id).values(picture=name)
    )


def drop_unless_shown(tx: Transaction, name: str) -> None:
    """Forget a picture that nobody shows any more."""
    tx.execute(
        delete(picture).where(
            picture.c.name == name,
            ~exists().where(practice.c.logo == name),
            ~exists().where(practitioner.c.picture == name),
        )
    )
