"""Columns of practices and clients inside wider queries, and what is made of them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row

from identity_links.domain.people import Client, Practice
from identity_links.domain.practice_fields import PracticeFields
from identity_links.storage.tables import client, practice
from portal_contracts.identity_links.rpc.clients import ClientStatus
from portal_contracts.identity_links.rpc.targets import EntryMode, SecondCheck

PRACTICE = tuple(column.label(f"practice_{column.name}") for column in practice.c)

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
    )
)


def practice_of(row: Row[Any]) -> Practice:
    """The practice in a row with the columns `PRACTICE`."""
    return Practice(
        id=row.practice_id,
        fields=PracticeFields(
            name=row.practice_name,
            contact_email=row.practice_contact_email,
            contact_phone=row.practice_contact_phone,
            language=row.practice_language,
            timezone=row.practice_timezone,
            accent=row.practice_accent,
            link_days=row.practice_link_days,
            single_use=row.practice_single_use,
            entry=EntryMode(row.practice_entry),
            second_check=SecondCheck(row.practice_second_check),
            device_idle_minutes=row.practice_device_idle_minutes,
            device_absolute_minutes=row.practice_device_absolute_minutes,
        ),
    )


def client_of(row: Row[Any]) -> Client:
    """The client in a row with the columns `CLIENT`."""
    return Client(
        id=row.client_id,
        name=row.client_name,
        preferred_name=row.client_preferred_name,
        email=row.client_email,
        language=row.client_language,
        timezone=row.client_timezone,
        date_of_birth=row.client_date_of_birth,
        active=row.client_status == ClientStatus.ACTIVE,
    )
