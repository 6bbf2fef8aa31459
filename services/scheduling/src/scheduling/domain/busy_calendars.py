"""Calendars that practitioners keep elsewhere: what may be said of one, and when it is read."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, Protocol
from urllib.parse import urlsplit
from uuid import UUID

from portal_contracts.errors import Invalid
from portal_contracts.scheduling.rpc.busy_calendars import (
    LONGEST_CALENDAR_ADDRESS,
    LONGEST_CALENDAR_NAME,
    BusyFailure,
)
from portal_contracts.text import line
from scheduling.domain.wall_time import Span

READ_EVERY: Final = timedelta(minutes=10)
SELDOM: Final = timedelta(hours=1)
"""Between two tries of a calendar that has failed for longer than `TOLD_AFTER`."""
TOLD_AFTER: Final = timedelta(days=1)
WHOLE_EVERY: Final = timedelta(hours=20)
"""After this it is read as a whole, though nothing has changed: time has gone on."""

_BEHIND: Final = timedelta(days=2)
_AHEAD: Final = timedelta(days=2 * 366)
_MASK: Final = "••••"
_PLAIN: Final = re.compile(r"[!-~]+")
_WEBCAL: Final = ("webcal://", "webcals://")


class Places(Protocol):
    """Knows where a calendar may be kept."""

    def is_address(self, host: str) -> bool:
        """Whether `host` is an address, and no name."""

    def is_this_machine(self, host: str) -> bool:
        """Whether `host` names the machine that the portal runs on."""

    def allows(self, address: str) -> bool:
        """Whether it may be kept at this address."""


@dataclass(frozen=True)
class GivenCalendar:
    """What was entered, once it was checked."""

    name: str
    host: str
    address: str = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class BusyCalendar:
    """A calendar that a practitioner keeps elsewhere, as it is stored; its address is sealed.

    Attributes:
        host: where it is kept, which is all of its address that is shown.
        tried_at: when it was asked last.
        read_at: when it last answered; `whole_at`: when it was last read as a whole, with
            days and times without a zone lying in `timezone`.
        failure: why it could not be read, since `failing_since`; None: it could.
        told_at: when its practitioner was told of that.
        etag: by which its server knows what it told (RFC 9110), as `last_modified`.
        unread: how many of its entries could not be understood.
    """

    id: UUID
    practice_id: UUID
    practitioner_id: UUID
    name: str = field(repr=False)
    host: str = field(repr=False)
    address_sealed: bytes = field(repr=False)
    added_at: datetime
    tried_at: datetime | None
    read_at: datetime | None
    whole_at: datetime | None
    timezone: str
    failure: BusyFailure | None
    failing_since: datetime | None
    told_at: datetime | None
    etag: str = field(repr=False)
    last_modified: str = field(repr=False)
    unread: int

    @property
    def shown_address(self) -> str:
        """What is shown of its address: where it is kept, and that there is more."""
        return f"https://{self.host}/{_MASK}"

    def is_known(self, timezone: str, now: datetime) -> bool:
        """Whether an answer that nothing has changed would do."""
        return (
            self.whole_at is not None
            and self.timezone == timezone
            and now - self.whole_at < WHOLE_EVERY
        )

    def is_to_be_told(self, now: datetime) -> bool:
        """Whether it has failed for so long that its practitioner has to be told, and was not."""
        return (
            self.failing_since is not None
            and self.told_at is None
            and now - self.failing_since >= TOLD_AFTER
        )


def looked_at(now: datetime) -> Span:
    """The stretch for which busy time is kept: two years ahead, however far a calendar reaches."""
    return Span(now - _BEHIND, now + _AHEAD)


def next_try(failing_since: datetime | None, now: datetime) -> datetime:
    """When a calendar that was just tried is due again."""
    seldom = failing_since is not None and now - failing_since >= TOLD_AFTER
    return now + (SELDOM if seldom else READ_EVERY)


def check_calendar(name: str, address: str, places: Places) -> GivenCalendar:
    """Clean and check what was entered. Where a name leads is found out when it is read.

    Raises:
        Invalid: ``busy_calendar_fields``, with a code for each wrong field.
    """
    errors: dict[str, str] = {}
    plain = _as_https(address.strip())
    host = _host(errors, plain, places)
    called = line(name) or host
    if len(called) > LONGEST_CALENDAR_NAME:
        errors["name"] = "calendar_name_too_long"
    if errors:
        raise Invalid("busy_calendar_fields", "Some fields are not right.", fields=errors)
    return GivenCalendar(called, host, plain)


def _as_https(address: str) -> str:
    """Calendars' own schemes say no more than that a calendar is there."""
    for scheme in _WEBCAL:
        if address[: len(scheme)].lower() == scheme:
            return f"https://{address[len(scheme) :]}"
    return address


def _host(errors: dict[str, str], address: str, places: Places) -> str:
    try:
        parts = urlsplit(address)
        host, _port = (parts.hostname or "").rstrip("."), parts.port
    except ValueError:
        errors["address"] = "address_invalid"
        return ""
    wrong = None
    if not address:
        wrong = "address_missing"
    elif len(address) > LONGEST_CALENDAR_ADDRESS:
        wrong = "calendar_address_too_long"
    elif parts.scheme != "https":
        wrong = "address_not_https" if parts.scheme else "address_invalid"
    elif not host or "@" in parts.netloc or not _PLAIN.fullmatch(address):
        wrong = "address_invalid"
    elif _is_inside(host, places):
        wrong = "address_forbidden"
    if wrong is not None:
        errors["address"] = wrong
    return host


def _is_inside(host: str, places: Places) -> bool:
    """Whether the host tells by itself that it is not in the public internet."""
    if places.is_address(host):
        return not places.allows(host)
    return places.is_this_machine(host) and not places.allows("127.0.0.1")
