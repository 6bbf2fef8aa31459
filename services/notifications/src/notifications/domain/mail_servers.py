"""What may be said of a practice's mail server. All errors at once, each by a code."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Protocol
from uuid import UUID

from msgspec.structs import replace

from notifications.domain.addresses import AddressInvalid, mailbox
from portal_contracts.errors import Invalid
from portal_contracts.notifications.mail_server import (
    LONGEST_HOST,
    LONGEST_MAIL_PASSWORD,
    LONGEST_MAIL_USER,
    LONGEST_SENDER_NAME,
    MailSecurity,
    MailServerFields,
)
from portal_contracts.text import line

_LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)", re.IGNORECASE)
_IPV6 = re.compile(r"[0-9a-f:.]+", re.IGNORECASE)
_MOST_PORTS: Final = 65_535


class Places(Protocol):
    """Knows addresses, and where a practice's mail server may be."""

    def is_address(self, host: str) -> bool:
        """Whether `host` is an address, and no name."""

    def is_this_machine(self, host: str) -> bool:
        """Whether `host` names the machine that the portal runs on."""

    def allows(self, address: str) -> bool:
        """Whether a mail server may be at this address."""


@dataclass(frozen=True, kw_only=True)
class OwnMailServer:
    """A practice's mail server as it is stored; its password is sealed.

    Attributes:
        practice_id: whose.
        version: grows with each change.
        fields: all but the password.
        password_sealed: None for a server that is signed in to by nobody.
        changed_at: aware UTC.
    """

    practice_id: UUID
    version: int
    fields: MailServerFields
    password_sealed: bytes | None = field(repr=False)
    changed_at: datetime


def check_mail_server(
    given: MailServerFields,
    password: str | None,
    present: OwnMailServer | None,
    places: Places,
) -> MailServerFields:
    """Clean and check what is to be stored.

    Args:
        given: all but the password.
        password: a new one; None keeps the one that is stored.
        present: what is stored.
        places: where it may be, as far as its host is an address; a name is judged when it is
            connected to.

    Raises:
        Invalid: ``mail_server_fields``, with a code for every wrong field.
    """
    errors: dict[str, str] = {}
    fields = replace(
        given,
        host=_host(errors, given.host, places),
        user=line(given.user),
        sender_address=_sender_address(errors, given.sender_address),
        sender_name=line(given.sender_name),
    )
    if not 1 <= fields.port <= _MOST_PORTS:
        errors["port"] = "port_out_of_range"
    if len(fields.sender_name) > LONGEST_SENDER_NAME:
        errors["sender_name"] = "sender_name_too_long"
    if len(fields.user) > LONGEST_MAIL_USER:
        errors["user"] = "mail_user_too_long"
    _check_protection(errors, fields, places)
    if fields.user:
        _check_password(errors, fields, password, present)
    if errors:
        raise Invalid("mail_server_fields", "Some fields are not right.", fields=errors)
    return fields


def may_keep_password(fields: MailServerFields, present: OwnMailServer | None) -> bool:
    """Whether the stored password may go to the server that `fields` name.

    Only to the one that it was given for: whoever can change the host must not be able to send
    the password to a server of their own.
    """
    if present is None or present.password_sealed is None:
        return False
    same = ("host", "port", "security", "user")
    return all(getattr(fields, one) == getattr(present.fields, one) for one in same)


def _check_protection(errors: dict[str, str], fields: MailServerFields, places: Places) -> None:
    if fields.security is not MailSecurity.NONE:
        return
    if "host" not in errors and not places.is_this_machine(fields.host):
        errors["security"] = "security_too_weak"
    if fields.user:
        errors["user"] = "user_needs_security"


def _check_password(
    errors: dict[str, str],
    fields: MailServerFields,
    password: str | None,
    present: OwnMailServer | None,
) -> None:
    if not password and not may_keep_password(fields, present):
        errors["password"] = "mail_password_needed"  # noqa: S105 - a code
    elif len(password or "") > LONGEST_MAIL_PASSWORD:
        errors["password"] = "mail_password_too_long"  # noqa: S105 - a code


def _host(errors: dict[str, str], value: str, places: Places) -> str:
    host = line(value).lower().removeprefix("[").removesuffix("]").rstrip(".")
    if not host:
        errors["host"] = "host_missing"
    elif len(host) > LONGEST_HOST:
        errors["host"] = "host_too_long"
    elif not _is_host(host, places):
        errors["host"] = "host_invalid"
    elif places.is_address(host) and not places.allows(host):
        errors["host"] = "host_forbidden"
    return host


def _is_host(host: str, places: Places) -> bool:
    if ":" in host:
        return _IPV6.fullmatch(host) is not None and places.is_address(host)
    try:
        ascii_host = host.encode("idna").decode()
    except UnicodeError:
        return False
    labels = ascii_host.split(".")
    if not all(_LABEL.fullmatch(label) for label in labels):
        return False
    # What ends in a number is an address or nothing (WHATWG URL, "ends in a number").
    return not labels[-1].isdigit() or places.is_address(host)


def _sender_address(errors: dict[str, str], value: str) -> str:
    if not line(value):
        errors["sender_address"] = "sender_address_missing"
        return ""
    try:
        return mailbox("", value).address
    except AddressInvalid:
        errors["sender_address"] = "sender_address_invalid"
        return line(value)
