"""Practices and their practitioners."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Uuid, bindparam, func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from identity_links.domain.people import Account, Client, CountedPractice, Practice, Practitioner
from identity_links.domain.practice_fields import PractitionerFields
from identity_links.storage.profiles import (
    CLIENT,
    PRACTICE,
    PRACTITIONER,
    client_of,
    columns_of,
    practice_of,
    practitioner_of,
)
from identity_links.storage.tables import client, practice, practitioner
from portal_chassis.database.prepared import run
from portal_chassis.database.transactions import Transaction
from portal_contracts.identity_links.rpc.practice import PracticeFields

# Put together once: that takes longer than running them.
_CLIENT_TO_MAIL = (
    select(*CLIENT, *PRACTICE, *PRACTITIONER)
    .join_from(client, practice, practice.c.id == client.c.practice_id)
    .outerjoin(
        practitioner,
        (practitioner.c.id == bindparam("also_to", type_=Uuid()))
        & (practitioner.c.practice_id == client.c.practice_id),
    )
    .where(client.c.id == bindparam("client_id", type_=Uuid()))
    .with_for_update(read=True, of=client)
)
_PRACTITIONER_TO_MAIL = (
    select(*PRACTITIONER, *PRACTICE)
    .join_from(practitioner, practice, practice.c.id == practitioner.c.practice_id)
    .where(practitioner.c.id == bindparam("practitioner_id", type_=Uuid()))
)


def insert_practice(
    tx: Transaction, practice_id: UUID, fields: PracticeFields, now: datetime
) -> None:
    """Store a new practice."""
    tx.execute(insert(practice).values(id=practice_id, created_at=now, **columns_of(fields)))


def update_practice(
    tx: Transaction, practice_id: UUID, fields: PracticeFields, *, version: int
) -> None:
    """Store all fields of a practice, and which version that is."""
    changed = update(practice).where(practice.c.id == practice_id)
    tx.execute(changed.values(version=version, **columns_of(fields)))


def find(tx: Transaction, practice_id: UUID, *, lock: bool = False) -> Practice | None:
    """A practice, or None; `lock` keeps others from changing it meanwhile."""
    query = select(*PRACTICE).where(practice.c.id == practice_id)
    found = tx.execute(query.with_for_update(key_share=True) if lock else query)
    row = found.mappings().first()
    return None if row is None else practice_of(row)


def practice_fields(tx: Transaction, practice_id: UUID) -> PracticeFields | None:
    """A practice's fields, or None."""
    found = find(tx, practice_id)
    return None if found is None else found.fields


def all_practices(tx: Transaction) -> list[CountedPractice]:
    """Every practice, oldest first, with its numbers of practitioners and clients."""
    practitioners = (
        select(func.count())
        .where(practitioner.c.practice_id == practice.c.id)
        .scalar_subquery()
        .label("practitioners")
    )
    clients = (
        select(func.count())
        .where(client.c.practice_id == practice.c.id)
        .scalar_subquery()
        .label("clients")
    )
    query = select(*PRACTICE, practitioners, clients).order_by(practice.c.id)
    return [
        CountedPractice(practice_of(row), row["practitioners"], row["clients"])
        for row in tx.execute(query).mappings()
    ]


def count_clients(tx: Transaction, practice_id: UUID) -> int:
    """How many clients a practice has, archived ones too."""
    query = select(func.count()).select_from(client).where(client.c.practice_id == practice_id)
    return int(tx.execute(query).scalar_one())


def insert_practitioner(
    tx: Transaction,
    practitioner_id: UUID,
    practice_id: UUID,
    fields: PractitionerFields,
    *,
    email_key: str,
    password_hash: str,
    now: datetime,
) -> bool:
    """Store a new practitioner; False when the e-mail address is taken."""
    inserted = tx.execute(
        upsert(practitioner)
        .values(
            id=practitioner_id,
            practice_id=practice_id,
            name=fields.name,
            email=fields.email,
            email_key=email_key,
            password_hash=password_hash,
            role=fields.role,
            language=fields.language,
            works_for=None if fields.works_for is None else list(fields.works_for),
            created_at=now,
        )
        .on_conflict_do_nothing(index_elements=[practitioner.c.email_key])
        .returning(practitioner.c.id)
    ).first()
    return inserted is not None


def practitioners(tx: Transaction, *, practice_id: UUID | None = None) -> list[Practitioner]:
    """Practitioners of one practice or of all, oldest first."""
    if practice_id is not None:
        found = run(tx, _OF_PRACTICE, {"practice_id": practice_id}).mappings()
        return [practitioner_of(row) for row in found]
    query = select(*PRACTITIONER).order_by(practitioner.c.id)
    return [practitioner_of(row) for row in tx.execute(query).mappings()]


_OF_PRACTICE = (
    select(*PRACTITIONER)
    .order_by(practitioner.c.id)
    .where(practitioner.c.practice_id == bindparam("practice_id", type_=Uuid()))
)


def practitioner_with_practice(
    tx: Transaction, practitioner_id: UUID
) -> tuple[Practitioner, Practice] | None:
    """A practitioner and the practice, or None."""
    found = run(tx, _PRACTITIONER_TO_MAIL, {"practitioner_id": practitioner_id})
    row = found.mappings().first()
    return None if row is None else (practitioner_of(row), practice_of(row))


class ToMail(NamedTuple):
    """Whom a mail is to, the practice, and the practitioner of it who is written to next."""

    client: Client
    practice: Practice
    also_to: Practitioner | None


def client_to_mail(tx: Transaction, client_id: UUID, also_to: UUID | None) -> ToMail | None:
    """A client with the practice, and a practitioner of it; None: there is no such client.

    Nobody archives the client until the transaction ends.
    """
    named = {"client_id": client_id, "also_to": also_to}
    row = run(tx, _CLIENT_TO_MAIL, named).mappings().first()
    if row is None:
        return None
    found = None if row["practitioner_id"] is None else practitioner_of(row)
    return ToMail(client_of(row), practice_of(row), found)


def practitioner_by_email(tx: Transaction, email_key: str) -> Account | None:
    """A practitioner with the password hash, or None."""
    query = select(*PRACTITIONER, practitioner.c.password_hash)
    row = tx.execute(query.where(practitioner.c.email_key == email_key)).mappings().first()
    return None if row is None else Account(practitioner_of(row), row["password_hash"])


def account(tx: Transaction, practitioner_id: UUID) -> Account | None:
    """A practitioner with the password hash, or None."""
    query = select(*PRACTITIONER, practitioner.c.password_hash)
    row = tx.execute(query.where(practitioner.c.id == practitioner_id)).mappings().first()
    return None if row is None else Account(practitioner_of(row), row["password_hash"])


def practitioner_by_id(tx: Transaction, practitioner_id: UUID) -> Practitioner | None:
    """A practitioner, locked until the transaction ends, or None."""
    query = select(*PRACTITIONER).where(practitioner.c.id == practitioner_id)
    row = tx.execute(query.with_for_update(key_share=True)).mappings().first()
    return None if row is None else practitioner_of(row)


def name_of_practitioner(tx: Transaction, practitioner_id: UUID, practice_id: UUID) -> str:
    """What a practitioner of this practice is called, or "" where there is no such one."""
    query = select(practitioner.c.name).where(
        practitioner.c.id == practitioner_id, practitioner.c.practice_id == practice_id
    )
    return tx.execute(query).scalar_one_or_none() or ""


def set_password_hash(tx: Transaction, practitioner_id: UUID, password_hash: str) -> None:
    """Replace a password."""
    tx.execute(
        update(practitioner)
        .where(practitioner.c.id == practitioner_id)
        .values(password_hash=password_hash)
    )


def set_name_and_language(tx: Transaction, practitioner_id: UUID, name: str, language: str) -> None:
    """Replace a name and a language."""
    tx.execute(
        update(practitioner)
        .where(practitioner.c.id == practitioner_id)
        .values(name=name, language=language)
    )


def mark_signed_in(tx: Transaction, practitioner_id: UUID, now: datetime) -> bool:
    """Write down that a practitioner signs in; whether it is the first time ever."""
    first = tx.execute(
        update(practitioner)
        .where(practitioner.c.id == practitioner_id, practitioner.c.first_signed_in_at.is_(None))
        .values(first_signed_in_at=now)
    )
    return bool(first.rowcount)


def _in_practice(practice_id: UUID | None) -> ColumnElement[bool]:
    everywhere: ColumnElement[bool] = practitioner.c.id.is_not(None)
    return everywhere if practice_id is None else practitioner.c.practice_id == practice_id
