"""Whose client somebody is, and whom else the practice shows her to."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Final
from uuid import UUID

from msgspec import Meta, Struct

from portal_contracts.actor import Role
from portal_contracts.calls import Done, Method, Nothing
from portal_contracts.identity_links.rpc.accounts import TypedCode
from portal_contracts.identity_links.rpc.devices import Password
from portal_contracts.identity_links.rpc.targets import SERVICE, ClientVisibility
from portal_contracts.instants import Instant


class CaseloadKind(StrEnum):
    """How a client came into a caseload: as one of the practitioner's own, or shared by another.

    A client is of one practitioner's own at most, the main practitioner.
    """

    OWN = "own"
    SHARED = "shared"


class ListVisibleClients(Struct, frozen=True, kw_only=True):
    """Whom the practitioner who asks sees; `caseload_of`: and who of them is in this caseload."""

    caseload_of: UUID | None = None


class VisibleClients(Struct, frozen=True, kw_only=True):
    """The ids of the clients of whom the actor sees all that the role allows, in no order.

    None: of all of the practice. Of the others an owner sees contacts and calendar, see
    `sees_every_client`, and everybody else nothing.

    `caseload`: those of the caseload that was asked about whose contacts the actor sees.
    """

    client_ids: list[UUID] | None
    caseload: list[UUID] = []


class GetCaseload(Struct, frozen=True, kw_only=True):
    """Who sees a client."""

    client_id: UUID


class SeenBy(Struct, frozen=True, kw_only=True):
    """A practitioner in whose caseload a client is.

    Attributes:
        practitioner_id: who it is.
        name: as colleagues read it.
        role: the role of that practitioner.
        kind: own, of the main practitioner; shared, of everyone else.
        since: from when on.
        added_by: the name of whoever did it; "" where nobody in particular did.
    """

    practitioner_id: UUID
    name: str
    role: Role
    kind: CaseloadKind
    since: Instant
    added_by: str


class ClientCaseload(Struct, frozen=True, kw_only=True):
    """Who sees a client, the main practitioner first.

    `everyone`: the practice shows its clients to everyone anyway. `may_change`: whoever asks may
    share, withdraw and hand over.
    """

    client_id: UUID
    items: list[SeenBy]
    everyone: bool
    may_change: bool


class ShareClient(Struct, frozen=True, kw_only=True):
    """Show a client to a colleague too; done also when the colleague sees the client already."""

    client_id: UUID
    practitioner_id: UUID


class WithdrawClient(Struct, frozen=True, kw_only=True):
    """Show a client to a colleague no more; the main practitioner's ends by handing over."""

    client_id: UUID
    practitioner_id: UUID


class HandOverClient(Struct, frozen=True, kw_only=True):
    """Make a colleague the main practitioner.

    `keep_shared`: the former one goes on seeing the client.
    """

    client_id: UUID
    practitioner_id: UUID
    keep_shared: bool = False


class CaseloadChanged(Struct, frozen=True, kw_only=True):
    """Whose sight of which client changed, or stayed as it was."""

    client_id: UUID
    practitioner_id: UUID


MOST_PAIRS: Final = 500


class CaseloadPair(Struct, frozen=True, kw_only=True):
    """A client and a practitioner who meet, or met."""

    client_id: UUID
    practitioner_id: UUID


Pairs = Annotated[list[CaseloadPair], Meta(max_length=MOST_PAIRS)]


class FillCaseloads(Struct, frozen=True, kw_only=True):
    """Put clients into the caseloads of those who meet them; whoever is there stays as it is.

    The first practitioner of a client who is nobody's own becomes the main one. What is none of
    the practice's is left out.
    """

    pairs: Pairs


class SightOf(Struct, frozen=True, kw_only=True):
    """How many clients a practitioner would see in a practice that shows everybody the own ones.

    `contacts`: by name, contact and calendar; `clinical`: with what is said between the two.
    """

    practitioner_id: UUID
    name: str
    role: Role
    contacts: int
    clinical: int


class Visibility(Struct, frozen=True, kw_only=True):
    """Whose clients the practice shows, and what showing own ones means, or would.

    Attributes:
        visibility: as it is set.
        clients: so many the practice has, archived ones too.
        unassigned: so many of them are in nobody's caseload.
        sights: each practitioner, in order of the names.
    """

    visibility: ClientVisibility
    clients: int
    unassigned: int
    sights: list[SightOf]


class SetVisibility(Struct, frozen=True, kw_only=True):
    """Choose whose clients the practice shows; it holds from the next request on.

    Showing everyone opens what is a colleague's: `password` or `code` prove that it is the owner.
    """

    visibility: ClientVisibility
    password: Password | None = None
    code: TypedCode | None = None


LIST_VISIBLE_CLIENTS = Method(
    SERVICE,
    "list_visible_clients",
    ListVisibleClients,
    VisibleClients,
    "Which clients of the practice the practitioner who asks sees.",
    callers=("scheduling", "forms", "notifications"),
)
GET_CASELOAD = Method(SERVICE, "get_caseload", GetCaseload, ClientCaseload, "Who sees a client.")
SHARE_CLIENT = Method(
    SERVICE,
    "share_client",
    ShareClient,
    CaseloadChanged,
    "Show a client to a colleague too.",
    mutates=True,
)
WITHDRAW_CLIENT = Method(
    SERVICE,
    "withdraw_client",
    WithdrawClient,
    CaseloadChanged,
    "Show a client to a colleague no more, from the next request on; Conflict main_practitioner.",
    mutates=True,
)
HAND_OVER_CLIENT = Method(
    SERVICE,
    "hand_over_client",
    HandOverClient,
    CaseloadChanged,
    "Make a colleague a client's main practitioner.",
    mutates=True,
)
FILL_CASELOADS = Method(
    SERVICE,
    "fill_caseloads",
    FillCaseloads,
    Done,
    "Put clients into the caseloads of those who meet them.",
    mutates=True,
)
READ_VISIBILITY = Method(
    SERVICE,
    "read_visibility",
    Nothing,
    Visibility,
    "Whose clients the practice shows, and how many each would see of the own ones.",
)
SET_VISIBILITY = Method(
    SERVICE,
    "set_visibility",
    SetVisibility,
    Done,
    "Choose whose clients the practice shows. That everyone is shown asks for a proof, and is told "
    "to all who work there.",
    personal=True,
)

METHODS = (
    LIST_VISIBLE_CLIENTS,
    GET_CASELOAD,
    SHARE_CLIENT,
    WITHDRAW_CLIENT,
    HAND_OVER_CLIENT,
    FILL_CASELOADS,
    READ_VISIBILITY,
    SET_VISIBILITY,
)
