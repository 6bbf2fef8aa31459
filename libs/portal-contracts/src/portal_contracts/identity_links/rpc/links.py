"""Portal links: share, copy, list, revoke, and prepare for a mail."""

from __future__ import annotations

from uuid import UUID

from msgspec import Struct

from portal_contracts.calls import Done, Method
from portal_contracts.identity_links.rpc.cards import PracticeCard
from portal_contracts.identity_links.rpc.targets import (
    SERVICE,
    LinkCause,
    LinkState,
    Sha256,
    Target,
)
from portal_contracts.instants import Instant


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
    expires_at: Instant


class ListLinks(Struct, frozen=True, kw_only=True):
    """All links of one client, newest first."""

    client_id: UUID


class Link(Struct, frozen=True, kw_only=True):
    """One link in the console: why it is there, how it stands, how it was used.

    `opens` counts entries by a person, `scans` requests that only looked
    (mail scanners, previews). How its mail fares stands in the mail log: the mail of id
    `delivery_id` for a link that came with something else, the newest one whose `subject_id`
    is the link for a link that was mailed by itself.
    """

    id: UUID
    cause: LinkCause
    target: Target
    state: LinkState
    created_at: Instant
    expires_at: Instant
    last_used_at: Instant | None
    opens: int
    scans: int
    delivery_id: UUID | None = None


class Links(Struct, frozen=True, kw_only=True):
    """The links of one client.

    `locked_until`: until then no new device gets in, after too many wrong answers to the
    second check; None while it is not so.
    """

    items: list[Link]
    locked_until: Instant | None = None


class RevokeLink(Struct, frozen=True, kw_only=True):
    """Revoke one link: all its tokens stop working; devices already in stay."""

    link_id: UUID


class RevokeAllLinks(Struct, frozen=True, kw_only=True):
    """Revoke every live link of a client and end the client's devices."""

    client_id: UUID


class PrepareLink(Struct, frozen=True, kw_only=True):
    """notifications is about to mail a link: register this attempt's token, tell the facts.

    Idempotent by `token_hash`. A link that is no longer live takes no token.
    """

    link_id: UUID
    token_hash: Sha256


class PrepareMailLink(Struct, frozen=True, kw_only=True):
    """notifications is about to mail something else to a client, with a link to it.

    Makes the link the first time it is asked for this delivery, and registers
    this attempt's token. Idempotent by `delivery_id` and `token_hash`. A
    link that is no longer live takes no token. An archived client gets none.
    `also_to`: a practitioner of the client's practice who is written to next, about the same.
    """

    delivery_id: UUID
    client_id: UUID
    target: Target
    token_hash: Sha256
    also_to: UUID | None = None


class ReadPractitionerFacts(Struct, frozen=True, kw_only=True):
    """notifications is about to write to a practitioner."""

    practitioner_id: UUID


class PractitionerFacts(Struct, frozen=True, kw_only=True):
    """What a mail to a practitioner is written from, read at sending time."""

    practitioner_id: UUID
    name: str
    email: str
    language: str
    timezone: str
    practice: PracticeCard


class LinkFacts(Struct, frozen=True, kw_only=True):
    """What a link's mail is written from, read at sending time.

    `state` other than ``live``, or an archived client: do not send. `address_confirmed`
    false: nothing goes to this client until the new address is confirmed, and `email` is
    empty; ask again then. `address_changed`: the link was revoked with its address.
    `practitioner`: whom `also_to` names; None where there is no such one in the practice.
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
    expires_at: Instant
    address_confirmed: bool = True
    address_changed: bool = False
    practitioner: PractitionerFacts | None = None


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
    "Revoke all links of a client and end the client's devices.",
    mutates=True,
)
PREPARE_LINK = Method(
    SERVICE,
    "prepare_link",
    PrepareLink,
    LinkFacts,
    "Register the token of one sending attempt and tell the facts of the mail.",
    callers=("notifications",),
)

PREPARE_MAIL_LINK = Method(
    SERVICE,
    "prepare_mail_link",
    PrepareMailLink,
    LinkFacts,
    "Make a delivery's link, register the token of one sending attempt, tell the facts.",
    callers=("notifications",),
)
READ_PRACTITIONER_FACTS = Method(
    SERVICE,
    "read_practitioner_facts",
    ReadPractitionerFacts,
    PractitionerFacts,
    "What a mail to a practitioner is written from; for services only.",
    callers=("notifications",),
)

METHODS = (
    SHARE_LINK,
    CREATE_LINK,
    LIST_LINKS,
    REVOKE_LINK,
    REVOKE_ALL_LINKS,
    PREPARE_LINK,
    PREPARE_MAIL_LINK,
    READ_PRACTITIONER_FACTS,
)
