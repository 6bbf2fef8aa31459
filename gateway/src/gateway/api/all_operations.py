"""Every operation of the API, and why the other calls to services are none."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from gateway.api import (
    calendar_operations,
    client_operations,
    entering_operations,
    form_operations,
    portal_operations,
    session_operations,
)
from gateway.api.operation import Operation

OPERATIONS: Final[tuple[Operation, ...]] = (
    *entering_operations.OPERATIONS,
    *portal_operations.OPERATIONS,
    *client_operations.OPERATIONS,
    *calendar_operations.OPERATIONS,
    *session_operations.OPERATIONS,
    *form_operations.OPERATIONS,
)
"""In the order in which the document lists them."""

CALLS_INSIDE_OPERATIONS: Final[frozenset[str]] = frozenset(
    {
        "identity_links.redeem_link",
        "identity_links.request_link",
        "identity_links.send_entry_code",
        "identity_links.end_device",
        "identity_links.create_link",
        "forms.forms_to_do",
    }
)
"""Calls made by the functions behind an operation: they add a secret or an address, or ask two."""

_SERVICES = "Services ask it for themselves, and are refused to anybody else."
_BROWSER = "It is about a browser and its cookie; a program has a bearer instead."
_CONSOLE = "A token is made and ended by its practitioner in the console, never by a token."

NOT_OFFERED: Final[Mapping[str, str]] = {
    "identity_links.inspect_link": "It tells a page what to ask; opening a session tells.",
    "identity_links.renew_link": "A page offers it to whoever holds a dead link; "
    "programs ask by the address.",
    "identity_links.resolve_device": _BROWSER,
    "identity_links.resolve_console_device": _BROWSER,
    "identity_links.sign_in": _BROWSER,
    "identity_links.name_clients": "Names for pages that list ids; programs read the clients.",
    "identity_links.prepare_link": _SERVICES,
    "identity_links.prepare_mail_link": _SERVICES,
    "identity_links.prepare_entry_code": _SERVICES,
    "identity_links.read_practitioner_facts": _SERVICES,
    "identity_links.may": _SERVICES,
    "identity_links.record_refusal": "The gateway reports what it refuses.",
    "identity_links.create_api_token": _CONSOLE,
    "identity_links.list_api_tokens": _CONSOLE,
    "identity_links.revoke_api_token": _CONSOLE,
    "identity_links.resolve_bearer": "The gateway asks it of every request with a bearer.",
    "scheduling.read_appointment_facts": _SERVICES,
    "scheduling.read_summary_facts": _SERVICES,
    "forms.read_form_facts": _SERVICES,
    "forms.draft_key": "It seals what a page keeps in its browser.",
    "forms.save_section": "It reads the texts of a page; programs save answers.",
}
"""Why a call is no operation."""
