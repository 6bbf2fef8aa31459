"""Who may do what to whom, and the log of who did."""

from __future__ import annotations

from datetime import date
from typing import Final
from uuid import UUID

from msgspec import Struct

from portal_contracts.accesses import Thing
from portal_contracts.actor import Actor, Role
from portal_contracts.calls import GATEWAY, Done, Method, Nothing, PageSize
from portal_contracts.identity_links.rpc.targets import SERVICE
from portal_contracts.instants import Instant
from portal_contracts.permissions import Permission


class May(Struct, frozen=True, kw_only=True):
    """May this practitioner do this to this client?"""

    actor: Actor
    client_id: UUID
    permission: Permission


class Authority(Struct, frozen=True, kw_only=True):
    """It is allowed. Otherwise the call is refused: ``NotFound`` or ``Forbidden``.

    `active`: the client is not archived. To an archived one nothing new is
    sent, and nothing is booked for the client; what there is can still be changed.

    `clinical`: the client is shown to the actor with what is said between the two, not by
    contacts and calendar alone. `emergency`: that is so because an owner opened it in an
    emergency.
    """

    practice_id: UUID
    client_id: UUID
    active: bool = True
    clinical: bool = True
    emergency: bool = False


class RecordRefusal(Struct, frozen=True, kw_only=True):
    """The gateway refused a request before it reached a service: write it down.

    `route` is the route's pattern (never the raw path), `reason` a code.
    """

    route: str
    method: str
    reason: str
    address: str = ""


FOLDED_MINUTES: Final = 10
"""Looks at the same thing, and saves of it, within so many minutes are one row."""


class ListAccess(Struct, frozen=True, kw_only=True):
    """The access log of the practice, or of one client; newest first.

    Who looks at the same thing or saves it again from the same address, within
    `FOLDED_MINUTES` each time, has one row there: that of the last time. `others`: without
    what the client did as the client, on devices that no link let in which the practice saw.
    """

    client_id: UUID | None = None
    others: bool = False
    cursor: str | None = None
    limit: PageSize = 50


class AccessRow(Struct, frozen=True, kw_only=True):
    """One row: who did what on whom, when, from where. `act` is a code like ``link.shared``.

    `token_id` is of the API token by which a practitioner's program did it, `token_name` what
    its practitioner calls it: empty for a client, and for one that is long gone. `revealed`: a
    client's device did it that a link let in which the practice saw; `revealed_by` is the name of
    whoever made that link, or "". `thing`: what was opened or changed, as it was called then;
    None where the act says it, and in rows of earlier releases.
    """

    seq: int
    occurred_at: Instant
    actor_kind: str
    actor_name: str
    act: str
    outcome: str
    client_id: UUID | None
    client_name: str
    address: str
    revealed: bool = False
    revealed_by: str = ""
    token_id: UUID | None = None
    token_name: str = ""
    thing: Thing | None = None


class AccessPage(Struct, frozen=True, kw_only=True):
    """A page of the access log."""

    items: list[AccessRow]
    next_cursor: str | None


class ListOwnVisits(Struct, frozen=True, kw_only=True):
    """What the client who asks did in the own portal, a day each; the latest first."""

    cursor: str | None = None
    limit: PageSize = 50


class Visit(Struct, frozen=True, kw_only=True):
    """A day on which the client was in the portal, in the client's time zone.

    `acts`: so much was done that day, by the log.
    """

    on: date
    first_at: Instant
    last_at: Instant
    acts: int


class Visits(Struct, frozen=True, kw_only=True):
    """A page of days."""

    items: list[Visit]
    next_cursor: str | None


class PractitionerCard(Struct, frozen=True, kw_only=True):
    """A practitioner as clients and colleagues see one.

    `active` is false for one who works there no more: the name stays on what they wrote, and
    nothing new is booked with them. `picture` is the name of a picture, or empty.
    """

    id: UUID
    name: str
    role: Role
    active: bool = True
    picture: str = ""


class Practitioners(Struct, frozen=True, kw_only=True):
    """The practitioners of the actor's practice, in order of their names."""

    items: list[PractitionerCard]


MAY = Method(
    SERVICE,
    "may",
    May,
    Authority,
    "Whether a practitioner may do something to a client.",
    callers=("scheduling", "forms", "notifications"),
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
    "The access log: a practice's for its practitioners, the client's own for a client.",
)
LIST_OWN_VISITS = Method(
    SERVICE,
    "list_own_visits",
    ListOwnVisits,
    Visits,
    "When a client was in the own portal, a day each.",
)
LIST_PRACTITIONERS = Method(
    SERVICE,
    "list_practitioners",
    Nothing,
    Practitioners,
    "Who works in the actor's practice, for clients and practitioners alike.",
    callers=(GATEWAY, "scheduling"),
)

METHODS = (
    MAY,
    RECORD_REFUSAL,
    LIST_ACCESS,
    LIST_OWN_VISITS,
    LIST_PRACTITIONERS,
)
