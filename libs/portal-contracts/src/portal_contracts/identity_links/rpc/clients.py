"""Clients: list, read, add, change, archive."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Final, TypeAlias
from uuid import UUID

from msgspec import Meta, Struct

from portal_contracts.calls import GATEWAY, Method, PageSize
from portal_contracts.changes import Changes, changes_of
from portal_contracts.identity_links.rpc.targets import SERVICE
from portal_contracts.instants import Instant
from portal_contracts.text import ONE_LINE, Line


class ClientStatus(StrEnum):
    """Active clients use the portal; archived ones do not enter."""

    ACTIVE = "active"
    ARCHIVED = "archived"


class ClientSort(StrEnum):
    """Orders of the client list."""

    NAME = "name"
    ADDED = "added"
    LAST_VISIT = "last_visit"


LONGEST_SEARCH: Final = 200


class ListClients(Struct, frozen=True, kw_only=True):
    """`search` matches the starts of words of names, tags and e-mail, in any order, and phones.

    Case, accents and apostrophes make no difference, nor a phone number's country.
    `address_waits`: only those whose new address waits; `practitioner_id`: of this caseload only.
    """

    search: Annotated[str, Meta(max_length=LONGEST_SEARCH, extra=ONE_LINE)] = ""
    status: ClientStatus | None = ClientStatus.ACTIVE
    address_waits: bool = False
    practitioner_id: UUID | None = None
    sort: ClientSort = ClientSort.NAME
    cursor: str | None = None
    limit: PageSize = 50


class ClientRow(Struct, frozen=True, kw_only=True):
    """One line of the client list. `last_visit_at`: last use of the portal.

    `main_practitioner` is the main practitioner's name, empty (and the id None) without one.
    """

    id: UUID
    name: str
    preferred_name: str
    email: str
    status: ClientStatus
    tags: list[str]
    last_visit_at: Instant | None
    main_practitioner_id: UUID | None = None
    main_practitioner: str = ""


class ClientPage(Struct, frozen=True, kw_only=True):
    """A page of clients; `next_cursor` is None on the last one; `total` counts all that match."""

    items: list[ClientRow]
    next_cursor: str | None
    total: int


LONGEST_EMAIL: Final = 254
"""RFC 5321, section 4.5.3.1.3: 256 octets with the angle brackets."""

CLIENT_LINES: Final[Mapping[str, int]] = {
    "name": 200,
    "preferred_name": 100,
    "pronouns": 60,
    "phone": 50,
}
"""The texts of one line that can be said of a client, with the most characters of each."""

LONGEST_REMARK: Final = 10_000
LONGEST_TAG: Final = 40
MOST_TAGS: Final = 20
EARLIEST_BIRTH: Final = date(1900, 1, 1)


class ClientFields(Struct, frozen=True, kw_only=True):
    """What can be said of a client; checked whole, every error at once."""

    name: Line
    email: Line
    preferred_name: Line = ""
    pronouns: Line = ""
    phone: Line = ""
    date_of_birth: date | None = None
    timezone: str = ""
    language: str = ""
    tags: list[Line] = []
    remark: str | None = None


if TYPE_CHECKING:
    ClientChanges: TypeAlias = Changes | ClientFields
else:
    ClientChanges = changes_of(ClientFields, "ClientChanges")


class AddClient(Struct, frozen=True, kw_only=True):
    """Add a client. Empty `timezone` and `language` take the practice's.

    `practitioner_id`: the main practitioner; None: whoever adds, or the practice's only one.
    `seen_duplicates`: of others than these, who may be the same person, Conflict
    ``possible_duplicates`` tells before the client is added; None: add in any case.
    """

    fields: ClientFields
    seen_duplicates: Annotated[list[UUID], Meta(max_length=50)] | None = None
    practitioner_id: UUID | None = None


class EditClient(Struct, frozen=True, kw_only=True):
    """Change a client. `version` is the one that was read.

    What `fields` leaves out stays, and a `remark` of None. Another e-mail address revokes the links
    mailed to the former one; `end_devices`: it signs the client's devices out too.
    """

    client_id: UUID
    version: int
    fields: ClientChanges
    end_devices: bool = True


class GetClient(Struct, frozen=True, kw_only=True):
    """One client by id; without the remark nothing sealed is opened, nor logged as such."""

    client_id: UUID
    with_remark: bool = True


class WaitingAddress(Struct, frozen=True, kw_only=True):
    """That the e-mail address is new and waits to be confirmed: until then nothing is mailed.

    `former_email` was confirmed last; `changed_by` is the name of whoever changed it.
    """

    former_email: str
    changed_by: str
    changed_at: Instant


class ClientDetails(Struct, frozen=True, kw_only=True):
    """All of one client; `clinical` is false where the actor sees contacts and calendar alone.

    `remark` is None then, and for a role that may not read it. `erased_at` is set
    once all that was sealed for the client was erased; `waiting_address` is None for an address
    that is confirmed.
    """

    id: UUID
    version: int
    name: str
    preferred_name: str
    pronouns: str
    email: str
    phone: str
    date_of_birth: date | None
    timezone: str
    language: str
    tags: list[str]
    remark: str | None
    status: ClientStatus
    created_at: Instant
    last_visit_at: Instant | None
    erased_at: Instant | None = None
    waiting_address: WaitingAddress | None = None
    clinical: bool = True
    emergency_until: Instant | None = None


class ClientChanged(Struct, frozen=True, kw_only=True):
    """Which client, and the version after the change."""

    client_id: UUID
    version: int


class ClientAdded(Struct, frozen=True, kw_only=True):
    """The new client, and who of those the actor may see could be the same person: a hint."""

    client_id: UUID
    version: int
    possible_duplicates: list[UUID] = []


class SetClientStatus(Struct, frozen=True, kw_only=True):
    """Archive a client (links and devices end at once) or make the client active again."""

    client_id: UUID
    status: ClientStatus


class SettleAddress(Struct, frozen=True, kw_only=True):
    """Confirm a client's new e-mail address, or put the former one back.

    `version` is the one that was read: nobody confirms an address unseen.
    """

    client_id: UUID
    version: int


MOST_NAMES: Final = 200


class NameClients(Struct, frozen=True, kw_only=True):
    """Names for ids, for lists that other services keep by id."""

    client_ids: Annotated[list[UUID], Meta(max_length=MOST_NAMES)]


class ClientNames(Struct, frozen=True, kw_only=True):
    """Id (as text) to name; ids of other practices are absent."""

    names: dict[str, str]


LIST_CLIENTS = Method(
    SERVICE, "list_clients", ListClients, ClientPage, "Search, filter and page the clients."
)
GET_CLIENT = Method(SERVICE, "get_client", GetClient, ClientDetails, "One client's details.")
NAME_CLIENTS = Method(
    SERVICE,
    "name_clients",
    NameClients,
    ClientNames,
    "Names of clients of the actor's practice.",
    callers=(GATEWAY, "scheduling"),
)
ADD_CLIENT = Method(
    SERVICE,
    "add_client",
    AddClient,
    ClientAdded,
    "Add a client; the answer names clients who may be the same person. "
    "Conflict possible_duplicates, where others than `seen_duplicates` are asked about.",
    mutates=True,
)
EDIT_CLIENT = Method(
    SERVICE,
    "edit_client",
    EditClient,
    ClientChanged,
    "Change a client; Conflict stale_version when someone else was quicker.",
    mutates=True,
)
SET_CLIENT_STATUS = Method(
    SERVICE,
    "set_client_status",
    SetClientStatus,
    ClientChanged,
    "Archive a client, or make the client active again.",
    mutates=True,
)
CONFIRM_ADDRESS = Method(
    SERVICE,
    "confirm_address",
    SettleAddress,
    ClientChanged,
    "Confirm a client's new e-mail address: what waited for it is mailed.",
    mutates=True,
)
RESTORE_ADDRESS = Method(
    SERVICE,
    "restore_address",
    SettleAddress,
    ClientChanged,
    "Put a client's former e-mail address back in place of one that waits.",
    mutates=True,
)

METHODS = (
    LIST_CLIENTS,
    GET_CLIENT,
    NAME_CLIENTS,
    ADD_CLIENT,
    EDIT_CLIENT,
    SET_CLIENT_STATUS,
    CONFIRM_ADDRESS,
    RESTORE_ADDRESS,
)
