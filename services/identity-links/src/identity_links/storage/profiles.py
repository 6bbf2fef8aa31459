"""Columns of practices and people inside wider queries, and what is made of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from typing import Any
from uuid import UUID

import msgspec
from msgspec.structs import asdict
from sqlalchemy import RowMapping, exists

from identity_links.domain.people import Client, Practice, Practitioner
from identity_links.storage.tables import client, practice, practitioner
from portal_contracts.actor import Role
from portal_contracts.identity_links.rpc.clients import ClientStatus
from portal_contracts.identity_links.rpc.practice import PracticeFields

_PRACTICE = {name: f"practice_{name}" for name in PracticeFields.__struct_fields__}
_PRACTITIONER = {field.name: f"practitioner_{field.name}" for field in fields(Practitioner)}

PRACTICE = (
    practice.c.id.label("practice_id"),
    practice.c.version.label("practice_version"),
    practice.c.logo.label("practice_logo"),
    *(practice.c[name].label(label) for name, label in _PRACTICE.items()),
)

PRACTITIONER = tuple(practitioner.c[name].label(label) for name, label in _PRACTITIONER.items())

_colleague = practitioner.alias("colleague")
HAS_COLLEAGUES = (
    exists()
    .where(
        _colleague.c.practice_id == practitioner.c.practice_id,
        _colleague.c.id != practitioner.c.id,
        _colleague.c.role != Role.ASSISTANT,
    )
    .label("has_colleagues")
)
"""Whether the practice of the practitioner in a row has, or had, another one."""

CLIENT = tuple(
    client.c[name].label(f"client_{name}")
    for name in (
        "id",
        "name",
        "preferred_name",
        "email",
        "language",
        "timezone",
        "date_of_birth",
        "status",
        "confirmed_email",
    )
)


def practice_of(row: RowMapping) -> Practice:
    """The practice in a row with the columns `PRACTICE`."""
    said = {name: row[label] for name, label in _PRACTICE.items()}
    return Practice(
        id=row["practice_id"],
        fields=msgspec.convert(said, PracticeFields),
        version=row["practice_version"],
        logo=row["practice_logo"],
    )


def columns_of(given: PracticeFields) -> dict[str, Any]:
    """A practice's fields as its columns hold them."""
    contacts = msgspec.to_builtins(given.crisis_contacts)
    return asdict(given) | {"crisis_contacts": contacts}


def practitioner_of(row: RowMapping) -> Practitioner:
    """The practitioner in a row with the columns `PRACTITIONER`."""
    said = {name: row[label] for name, label in _PRACTITIONER.items()}
    said["role"] = Role(said["role"])
    said["works_for"] = ids_or_none(said["works_for"])
    return Practitioner(**said)


def ids_or_none(stored: Sequence[UUID] | None) -> tuple[UUID, ...] | None:
    """An array of ids as it is stored, or None."""
    return None if stored is None else tuple(stored)


def client_of(row: RowMapping) -> Client:
    """The client in a row with the columns `CLIENT`."""
    return Client(
        id=row["client_id"],
        name=row["client_name"],
        preferred_name=row["client_preferred_name"],
        email=row["client_email"],
        language=row["client_language"],
        timezone=row["client_timezone"],
        date_of_birth=row["client_date_of_birth"],
        active=row["client_status"] == ClientStatus.ACTIVE,
        address_confirmed=row["client_confirmed_email"] is None,
    )
