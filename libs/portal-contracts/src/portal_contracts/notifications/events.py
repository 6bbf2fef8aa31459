"""Events that notifications publishes."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from portal_contracts.envelope import EventData


class AccessRecorded(EventData, frozen=True, kw_only=True):
    """Someone opened or changed something here, or was refused; for the access log.

    Attributes:
        act: a code like ``delivery.opened``.
        outcome: ``done`` or ``denied``.
        client_id: whom it concerns, if anyone.
        subject_id: the thing itself, if any.
        address: the IP address it came from, if known.
    """

    TYPE: ClassVar[str] = "notifications.access.recorded.v1"
    SUBSCRIBERS: ClassVar[tuple[str, ...]] = ("identity_links.on_access_recorded",)

    act: str
    outcome: str
    client_id: UUID | None = None
    subject_id: UUID | None = None
    address: str = ""


EVENTS = (AccessRecorded,)
