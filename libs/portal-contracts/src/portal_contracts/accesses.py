"""What services tell the access log: who opened, changed or was refused what."""

from __future__ import annotations

from enum import StrEnum
from uuid import UUID

from msgspec import Struct

from portal_contracts.envelope import EventData
from portal_contracts.instants import Instant


class ThingKind(StrEnum):
    """What kind of thing somebody opened or changed."""

    FORM = "form"
    SESSION = "session"
    APPOINTMENT = "appointment"
    MAIL = "mail"


class Thing(Struct, frozen=True, kw_only=True):
    """What was opened or changed, as it was called then: of it no word that was written in it.

    `title` is a form's, or a bookable service's; of a mail its kind, a code. `at`: when the
    session or the appointment begins, or the mail was made; None for a form.
    """

    kind: ThingKind
    title: str
    at: Instant | None = None


class AccessData(EventData, frozen=True, kw_only=True):
    """Someone opened or changed something, or was refused; for the access log.

    Attributes:
        act: a code like ``summary.opened``.
        outcome: ``done`` or ``denied``.
        client_id: whom it concerns, if anyone.
        subject_id: the thing itself, if any.
        address: the IP address it came from, if known.
        thing: what it is called, where it was done to one.
    """

    act: str
    outcome: str
    client_id: UUID | None = None
    subject_id: UUID | None = None
    address: str = ""
    thing: Thing | None = None
