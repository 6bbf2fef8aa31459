"""Calls that notifications answers."""

from __future__ import annotations

from enum import StrEnum
from typing import Final
from uuid import UUID

from msgspec import Struct

from portal_contracts.calls import Method, PageSize
from portal_contracts.instants import Instant
from portal_contracts.notifications import mail_server
from portal_contracts.notifications.mail_server import SERVICE


class DeliveryState(StrEnum):
    """How a delivery stands. ``closed``: not sent, for a reason that is kept."""

    WAITING = "waiting"
    SENT = "sent"
    RETRYING = "retrying"
    FAILED = "failed"
    CLOSED = "closed"


OPEN_STATES: Final = frozenset({DeliveryState.WAITING, DeliveryState.RETRYING})
"""Of a mail that is still on its way: nobody has it yet."""

SOON_REASONS: Final = frozenset({"undo_time", "in_line"})
"""Of an open mail that nothing holds up: it goes out by itself within moments."""


class Recipient(StrEnum):
    """Whom a mail is to."""

    CLIENT = "client"
    PRACTITIONER = "practitioner"


class ListDeliveries(Struct, frozen=True, kw_only=True):
    """The mail log of the practice, or of one client; newest first.

    `only_open`: only what is still on its way, waiting or being tried again, and then the
    one first that waits longest. `practitioner_id`: about clients in this caseload only.
    `not_sent_again`: only those after which no such mail about the same thing was made.
    """

    client_id: UUID | None = None
    practitioner_id: UUID | None = None
    state: DeliveryState | None = None
    only_open: bool = False
    not_sent_again: bool = False
    cursor: str | None = None
    limit: PageSize = 50


class Delivery(Struct, frozen=True, kw_only=True):
    """One mail in the log.

    `kind` is the template's code (``portal_link``, ``form_sent``,
    ``appointment_confirmed``); `client_id` whom it is about, which is also
    whom it is to unless `to` says ``practitioner``; `reason` a code, of every mail
    that failed, waits or was closed (``mail_server_unreachable``, ``link_revoked``),
    empty only once it was sent; one that waits does so since `created_at`.
    `sent_to` the address it went to, empty before that; `subject_id` the
    thing it is about (the link).
    """

    id: UUID
    client_id: UUID
    to: Recipient
    kind: str
    subject_id: UUID
    state: DeliveryState
    attempts: int
    reason: str
    sent_to: str
    created_at: Instant
    sent_at: Instant | None
    next_attempt_at: Instant | None


class DeliveryPage(Struct, frozen=True, kw_only=True):
    """A page of the mail log."""

    items: list[Delivery]
    next_cursor: str | None


class OpenDelivery(Struct, frozen=True, kw_only=True):
    """See the mail itself, its link masked. Written to the access log."""

    delivery_id: UUID


class DeliveredMail(Struct, frozen=True, kw_only=True):
    """The mail as it was sent, with the link masked.

    `subject` and `text` are empty while nothing was sent, and once the copy
    is past its retention.
    """

    delivery: Delivery
    subject: str
    text: str


class ResendDelivery(Struct, frozen=True, kw_only=True):
    """Send it again, as a new delivery with a new token."""

    delivery_id: UUID


class Resent(Struct, frozen=True, kw_only=True):
    """The new delivery."""

    delivery_id: UUID


LIST_DELIVERIES = Method(
    SERVICE,
    "list_deliveries",
    ListDeliveries,
    DeliveryPage,
    "The mail log, newest first.",
)
OPEN_DELIVERY = Method(
    SERVICE,
    "open_delivery",
    OpenDelivery,
    DeliveredMail,
    "One mail as it was sent, its link masked; logged as an access.",
)
RESEND_DELIVERY = Method(
    SERVICE,
    "resend_delivery",
    ResendDelivery,
    Resent,
    "Send a mail again.",
    mutates=True,
)

METHODS = (LIST_DELIVERIES, OPEN_DELIVERY, RESEND_DELIVERY, *mail_server.METHODS)
