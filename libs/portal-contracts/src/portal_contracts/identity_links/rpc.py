"""Calls that identity-links answers."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from portal_contracts.actor import Actor
from portal_contracts.calls import Done, Method, Nothing
from portal_contracts.identity_links.events import LinkCause
from portal_contracts.permissions import Permission

SERVICE = "identity_links"

Sha256 = Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]
"""Hex SHA-256 of a token or a device cookie; the raw value stays with its writer."""

PageSize = Annotated[int, Meta(ge=1, le=200)]


# --- things --------------------------------------------------------------


class TargetKind(StrEnum):
    """What a portal link opens."""

    HOME = "home"
    FORM = "form"
    APPOINTMENT = "appointment"
    SUMMARY = "summary"


class Target(Struct, frozen=True, kw_only=True):
    """What a link opens: home, or one thing by its id."""

    kind: TargetKind = TargetKind.HOME
    id: UUID | None = None


class LinkState(StrEnum):
    """How a link stands now."""

    LIVE = "live"
    EXPIRED = "expired"
    REVOKED = "revoked"
    USED = "used"
    UNKNOWN = "unknown"


class EntryMode(StrEnum):
    """Whether a person's click enters at once, or a button is pressed first."""

    ONE_CLICK = "one_click"
    BUTTON = "button"


class SecondCheck(StrEnum):
    """What a new device is asked for before anything is shown."""

    NONE = "none"
    DATE_OF_BIRTH = "date_of_birth"


class PracticeCard(Struct, frozen=True, kw_only=True):
    """What anyone with a link may see of a practice: name, how to reach it, look.

    `accent` is a hex colour ``#rrggbb``; `timezone` an IANA zone;
    `language` ``en`` or ``de``.
    """

    id: UUID
    name: str
    contact_email: str
    contact_phone: str
    language: str
    timezone: str
    accent: str


class ClientCard(Struct, frozen=True, kw_only=True):
    """What the portal greets a client with. `timezone` is IANA, `language` ``en`` or ``de``."""

    id: UUID
    name: str
    preferred_name: str
    language: str
    timezone: str
    email_masked: str

    @property
    def greeting_name(self) -> str:
        """The preferred name, or else the first word of the name."""
        return self.preferred_name or self.name.split(" ")[0]


# --- entering by link -----------------------------------------------------


class InspectLink(Struct, frozen=True, kw_only=True):
    """`token_hash`: of the token in the address."""

    token_hash: Sha256


class LinkStanding(Struct, frozen=True, kw_only=True):
    """How a link stands. For ``unknown`` all else is None.

    `first_name` is the greeting name, `email_masked` like ``a•••@example.org``.
    """

    state: LinkState
    practice: PracticeCard | None = None
    client_id: UUID | None = None
    first_name: str | None = None
    email_masked: str | None = None
    language: str | None = None
    target: Target = Target()
    entry: EntryMode = EntryMode.ONE_CLICK
    single_use: bool = False


class RedeemLink(Struct, frozen=True, kw_only=True):
    """A person opens her link.

    Attributes:
        token_hash: of the token in the address.
        device_hash: of the cookie that the gateway has made for this device.
        current_device_hash: of the cookie the browser already holds, if any.
        user_agent: the browser's own words, at most 300 characters kept.
        address: the IP address it came from.
        pressed: she pressed the button (a POST), not only followed the link.
        switch: she agreed to leave another client's portal on this device.
        date_of_birth: her answer, where the practice asks new devices for it.
    """

    token_hash: Sha256
    device_hash: Sha256
    current_device_hash: Sha256 | None = None
    user_agent: str = ""
    address: str = ""
    pressed: bool = False
    switch: bool = False
    date_of_birth: date | None = None


class EntryOutcome(StrEnum):
    """What came of redeeming a link."""

    ENTERED = "entered"
    ALREADY_IN = "already_in"
    NEEDS_BUTTON = "needs_button"
    OTHER_CLIENT = "other_client"
    NEEDS_DATE_OF_BIRTH = "needs_date_of_birth"
    WRONG_DATE_OF_BIRTH = "wrong_date_of_birth"
    TOO_MANY_TRIES = "too_many_tries"
    DEAD = "dead"


class Entry(Struct, frozen=True, kw_only=True):
    """What came of redeeming.

    ``entered``: the device is signed in, set its cookie. ``already_in``: the
    current device is hers, keep its cookie. ``other_client``: the current
    device is `other_first_name`'s; ask. ``dead``: see `standing.state`.
    """

    outcome: EntryOutcome
    standing: LinkStanding
    other_first_name: str | None = None


class RenewLink(Struct, frozen=True, kw_only=True):
    """Ask for a new link by a known one that is expired, revoked or used."""

    token_hash: Sha256
    address: str = ""


class RequestLink(Struct, frozen=True, kw_only=True):
    """Ask for a new link by an e-mail address that may or may not be known."""

    email: Annotated[str, Meta(max_length=320)]
    address: str = ""


class LinkRequested(Struct, frozen=True, kw_only=True):
    """The same for every address, known or not: when asking again makes sense."""

    retry_after_seconds: int


# --- devices ----------------------------------------------------------------


class ResolveDevice(Struct, frozen=True, kw_only=True):
    """`device_hash`: of the cookie; `address`: the IP address it came from now."""

    device_hash: Sha256
    address: str = ""


class ClientDevice(Struct, frozen=True, kw_only=True):
    """A client's device that is signed in, and who she is.

    `idle_ends_at`: when it ends unless used before; `ends_at`: when it ends anyway.
    """

    actor: Actor
    device_id: UUID
    client: ClientCard
    practice: PracticeCard
    idle_ends_at: datetime
    ends_at: datetime


class ConsoleDevice(Struct, frozen=True, kw_only=True):
    """A practitioner's device that is signed in, and who she is."""

    actor: Actor
    device_id: UUID
    name: str
    email: str
    language: str
    practice: PracticeCard
    idle_ends_at: datetime
    ends_at: datetime


class SignIn(Struct, frozen=True, kw_only=True):
    """A practitioner signs in with e-mail and password."""

    email: Annotated[str, Meta(max_length=320)]
    password: Annotated[str, Meta(max_length=1024)]
    device_hash: Sha256
    user_agent: str = ""
    address: str = ""


class EndDevice(Struct, frozen=True, kw_only=True):
    """Sign out: the device of this cookie hash ends on the server."""

    device_hash: Sha256


class Device(Struct, frozen=True, kw_only=True):
    """One device in a list. `label` is made from the user agent: ``Firefox on Android``."""

    id: UUID
    label: str
    created_at: datetime
    last_seen_at: datetime
    address: str


class Devices(Struct, frozen=True, kw_only=True):
    """Devices that are signed in, latest first."""

    items: list[Device]


class ListClientDevices(Struct, frozen=True, kw_only=True):
    """The devices of one client, for the console."""

    client_id: UUID


class RevokeDevice(Struct, frozen=True, kw_only=True):
    """End one device: a client's (by a practitioner), or the actor's own."""

    device_id: UUID


# --- clients ----------------------------------------------------------------


class ClientStatus(StrEnum):
    """Active clients use the portal; archived ones do not enter."""

    ACTIVE = "active"
    ARCHIVED = "archived"


class ClientSort(StrEnum):
    """Orders of the client list."""

    NAME = "name"
    ADDED = "added"
    LAST_VISIT = "last_visit"


class ListClients(Struct, frozen=True, kw_only=True):
    """`search` matches the start of any word of name, preferred name or e-mail."""

    search: Annotated[str, Meta(max_length=200)] = ""
    status: ClientStatus | None = ClientStatus.ACTIVE
    sort: ClientSort = ClientSort.NAME
    cursor: str | None = None
    limit: PageSize = 50


class ClientRow(Struct, frozen=True, kw_only=True):
    """One line of the client list. `last_visit_at`: last use of the portal."""

    id: UUID
    name: str
    preferred_name: str
    email: str
    status: ClientStatus
    tags: list[str]
    last_visit_at: datetime | None


class ClientPage(Struct, frozen=True, kw_only=True):
    """A page of clients; `next_cursor` is None on the last one; `total` counts all that match."""

    items: list[ClientRow]
    next_cursor: str | None
    total: int


class ClientFields(Struct, frozen=True, kw_only=True):
    """What can be said of a client; checked whole, every error at once."""

    name: str
    email: str
    preferred_name: str = ""
    pronouns: str = ""
    phone: str = ""
    date_of_birth: date | None = None
    timezone: str = ""
    language: str = ""
    tags: list[str] = []
    remark: str | None = None


class AddClient(Struct, frozen=True, kw_only=True):
    """Add a client. Empty `timezone` and `language` take the practice's."""

    fields: ClientFields


class EditClient(Struct, frozen=True, kw_only=True):
    """Change a client. `version` is the one that was read; a `remark` of None stays as it is."""

    client_id: UUID
    version: int
    fields: ClientFields


class GetClient(Struct, frozen=True, kw_only=True):
    """One client by id."""

    client_id: UUID


class ClientDetails(Struct, frozen=True, kw_only=True):
    """All of one client. `remark` is None for a role that may not read it."""

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
    created_at: datetime
    last_visit_at: datetime | None


class ClientChanged(Struct, frozen=True, kw_only=True):
    """Which client, and her version after the change."""

    client_id: UUID
    version: int


class SetClientStatus(Struct, frozen=True, kw_only=True):
    """Archive a client (her links and devices end at once) or make her active again."""

    client_id: UUID
    status: ClientStatus


class NameClients(Struct, frozen=True, kw_only=True):
    """Names for ids, for lists that other services keep by id."""

    client_ids: Annotated[list[UUID], Meta(max_length=200)]


class ClientNames(Struct, frozen=True, kw_only=True):
    """Id (as text) to name; ids of other practices are absent."""

    names: dict[str, str]


# --- portal links -------------------------------------------------------------


class ShareLink(Struct, frozen=True, kw_only=True):
    """Mail the client a portal link."""

    client_id: UUID
    target: Target = Target()


class CreateLink(Struct, frozen=True, kw_only=True):
    """Make a link to copy or to show as a QR code; the gateway has made the token."""

    client_id: UUID
    cause: LinkCause
    token_hash: Sha256
    target: Target = Target()


class LinkCreated(Struct, frozen=True, kw_only=True):
    """The link, and when it expires (aware UTC)."""

    link_id: UUID
    expires_at: datetime


class ListLinks(Struct, frozen=True, kw_only=True):
    """All links of one client, newest first."""

    client_id: UUID


class Link(Struct, frozen=True, kw_only=True):
    """One link in the console: why it is there, how it stands, how it was used.

    `opens` counts entries by a person, `scans` requests that only looked
    (mail scanners, previews).
    """

    id: UUID
    cause: LinkCause
    target: Target
    state: LinkState
    created_at: datetime
    expires_at: datetime
    last_used_at: datetime | None
    opens: int
    scans: int


class Links(Struct, frozen=True, kw_only=True):
    """The links of one client."""

    items: list[Link]


class RevokeLink(Struct, frozen=True, kw_only=True):
    """Revoke one link: all its tokens stop working; devices already in stay."""

    link_id: UUID


class RevokeAllLinks(Struct, frozen=True, kw_only=True):
    """Revoke every live link of a client and end her devices."""

    client_id: UUID


class PrepareLink(Struct, frozen=True, kw_only=True):
    """notifications is about to mail a link: register this attempt's token, tell the facts.

    Idempotent by `token_hash`. A link that is no longer live takes no token.
    """

    link_id: UUID
    token_hash: Sha256


class LinkFacts(Struct, frozen=True, kw_only=True):
    """What a link's mail is written from, read at sending time.

    `state` other than ``live``, or an archived client: do not send.
    """

    state: LinkState
    client_active: bool
    client_id: UUID
    client_name: str
    greeting_name: str
    email: str
    language: str
    timezone: str
    practice: PracticeCard
    cause: LinkCause
    target: Target
    expires_at: datetime


# --- authority and the access log ------------------------------------------------


class May(Struct, frozen=True, kw_only=True):
    """May this practitioner do this to this client?"""

    actor: Actor
    client_id: UUID
    permission: Permission


class Authority(Struct, frozen=True, kw_only=True):
    """She may. Otherwise the call is refused: ``NotFound`` or ``Forbidden``."""

    practice_id: UUID
    client_id: UUID


class RecordRefusal(Struct, frozen=True, kw_only=True):
    """The gateway refused a request before it reached a service: write it down.

    `route` is the route's pattern (never the raw path), `reason` a code.
    """

    route: str
    method: str
    reason: str
    address: str = ""


class ListAccess(Struct, frozen=True, kw_only=True):
    """The access log of the practice, or of one client; newest first."""

    client_id: UUID | None = None
    cursor: str | None = None
    limit: PageSize = 50


class AccessRow(Struct, frozen=True, kw_only=True):
    """One row: who did what on whom, when, from where. `act` is a code like ``link.shared``."""

    seq: int
    occurred_at: datetime
    actor_kind: str
    actor_name: str
    act: str
    outcome: str
    client_id: UUID | None
    client_name: str
    address: str


class AccessPage(Struct, frozen=True, kw_only=True):
    """A page of the access log."""

    items: list[AccessRow]
    next_cursor: str | None


# --- the methods -------------------------------------------------------------------

INSPECT_LINK = Method(
    SERVICE,
    "inspect_link",
    InspectLink,
    LinkStanding,
    "Tell how a link stands; changes nothing but the count of scans.",
)
REDEEM_LINK = Method(
    SERVICE,
    "redeem_link",
    RedeemLink,
    Entry,
    "Sign a device in by a link, or say what stands in the way. "
    "Safe to repeat with the same device hash.",
)
RENEW_LINK = Method(
    SERVICE,
    "renew_link",
    RenewLink,
    LinkRequested,
    "Mail a new link to the client of a dead one; rate-limited, one answer for all.",
)
REQUEST_LINK = Method(
    SERVICE,
    "request_link",
    RequestLink,
    LinkRequested,
    "Mail a new link to each client with this address; one answer and timing for all.",
)
RESOLVE_DEVICE = Method(
    SERVICE,
    "resolve_device",
    ResolveDevice,
    ClientDevice,
    "Who is behind a portal cookie; NotFound when it has ended.",
)
RESOLVE_CONSOLE_DEVICE = Method(
    SERVICE,
    "resolve_console_device",
    ResolveDevice,
    ConsoleDevice,
    "Who is behind a console cookie; NotFound when it has ended.",
)
SIGN_IN = Method(
    SERVICE,
    "sign_in",
    SignIn,
    ConsoleDevice,
    "Sign a practitioner in; throttled; Forbidden sign_in_failed for any mismatch.",
    personal=True,
)
END_DEVICE = Method(
    SERVICE,
    "end_device",
    EndDevice,
    Done,
    "Sign a device out; done also when it was not in.",
)
LIST_OWN_DEVICES = Method(
    SERVICE,
    "list_own_devices",
    Nothing,
    Devices,
    "The devices of the actor herself.",
)
LIST_CLIENT_DEVICES = Method(
    SERVICE,
    "list_client_devices",
    ListClientDevices,
    Devices,
    "The devices of one client.",
)
REVOKE_DEVICE = Method(
    SERVICE,
    "revoke_device",
    RevokeDevice,
    Done,
    "End one device.",
    mutates=True,
)
LIST_CLIENTS = Method(
    SERVICE,
    "list_clients",
    ListClients,
    ClientPage,
    "Search, filter and page the clients.",
)
GET_CLIENT = Method(SERVICE, "get_client", GetClient, ClientDetails, "One client's details.")
NAME_CLIENTS = Method(
    SERVICE,
    "name_clients",
    NameClients,
    ClientNames,
    "Names of clients of the actor's practice.",
)
ADD_CLIENT = Method(
    SERVICE,
    "add_client",
    AddClient,
    ClientChanged,
    "Add a client.",
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
    "Archive a client, or make her active again.",
    mutates=True,
)
SHARE_LINK = Method(
    SERVICE,
    "share_link",
    ShareLink,
    LinkCreated,
    "Make a link and have it mailed.",
    mutates=True,
)
CREATE_LINK = Method(
    SERVICE,
    "create_link",
    CreateLink,
    LinkCreated,
    "Make a link to copy or to show as a QR code.",
    mutates=True,
)
LIST_LINKS = Method(SERVICE, "list_links", ListLinks, Links, "The links of one client.")
REVOKE_LINK = Method(SERVICE, "revoke_link", RevokeLink, Done, "Revoke a link.", mutates=True)
REVOKE_ALL_LINKS = Method(
    SERVICE,
    "revoke_all_links",
    RevokeAllLinks,
    Done,
    "Revoke all links of a client and end her devices.",
    mutates=True,
)
PREPARE_LINK = Method(
    SERVICE,
    "prepare_link",
    PrepareLink,
    LinkFacts,
    "Register the token of one sending attempt and tell the facts of the mail.",
)
MAY = Method(
    SERVICE,
    "may",
    May,
    Authority,
    "Whether a practitioner may do something to a client.",
)
RECORD_REFUSAL = Method(
    SERVICE,
    "record_refusal",
    RecordRefusal,
    Done,
    "Write down a refusal by the gateway.",
)
LIST_ACCESS = Method(
    SERVICE,
    "list_access",
    ListAccess,
    AccessPage,
    "The access log: a practice's for its practitioners, her own for a client.",
)

METHODS = (
    INSPECT_LINK,
    REDEEM_LINK,
    RENEW_LINK,
    REQUEST_LINK,
    RESOLVE_DEVICE,
    RESOLVE_CONSOLE_DEVICE,
    SIGN_IN,
    END_DEVICE,
    LIST_OWN_DEVICES,
    LIST_CLIENT_DEVICES,
    REVOKE_DEVICE,
    LIST_CLIENTS,
    GET_CLIENT,
    NAME_CLIENTS,
    ADD_CLIENT,
    EDIT_CLIENT,
    SET_CLIENT_STATUS,
    SHARE_LINK,
    CREATE_LINK,
    LIST_LINKS,
    REVOKE_LINK,
    REVOKE_ALL_LINKS,
    PREPARE_LINK,
    MAY,
    RECORD_REFUSAL,
    LIST_ACCESS,
)
