"""Events that notifications publishes."""

from __future__ import annotations

from typing import ClassVar

from portal_contracts.accesses import AccessData


class AccessRecorded(AccessData, frozen=True, kw_only=True):
    """Somebody did something here or was refused, for the access log: ``delivery.opened``."""

    TYPE: ClassVar[str] = "notifications.access.recorded.v1"
    SUBSCRIBERS: ClassVar[tuple[str, ...]] = ("identity_links.on_access_recorded",)


EVENTS = (AccessRecorded,)
