"""Clients who may be the same person: hinted at, never merged."""

from __future__ import annotations

from enum import StrEnum
from typing import Final
from uuid import UUID

from msgspec import Struct

from portal_contracts.calls import Method
from portal_contracts.identity_links.rpc.clients import ClientFields, ClientStatus
from portal_contracts.identity_links.rpc.targets import SERVICE


class Alike(StrEnum):
    """In what two clients are the same."""

    EMAIL = "email"
    PHONE = "phone"
    NAME_AND_BIRTH = "name_and_birth"


class CheckDuplicates(Struct, frozen=True, kw_only=True):
    """Who there is already like a client who is not added yet."""

    fields: ClientFields


class ListDuplicates(Struct, frozen=True, kw_only=True):
    """Who may be the same person as a client."""

    client_id: UUID


class PossibleDuplicate(Struct, frozen=True, kw_only=True):
    """A client who may be the same person, and why it seems so."""

    id: UUID
    name: str
    email: str
    status: ClientStatus
    alike: list[Alike]


MOST_DUPLICATES: Final = 5


class PossibleDuplicates(Struct, frozen=True, kw_only=True):
    """At most five, those who share most first."""

    items: list[PossibleDuplicate]


CHECK_DUPLICATES = Method(
    SERVICE,
    "check_duplicates",
    CheckDuplicates,
    PossibleDuplicates,
    "Clients with the address, the phone or the name and birth date of one who is not added yet.",
)
LIST_DUPLICATES = Method(
    SERVICE,
    "list_duplicates",
    ListDuplicates,
    PossibleDuplicates,
    "Clients with a client's address, phone, or name and birth date.",
)

METHODS = (CHECK_DUPLICATES, LIST_DUPLICATES)
