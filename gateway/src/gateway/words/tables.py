"""Every table of codes by the name that templates call it, and what people and days are called.

`gateway.words.filters` looks codes up here; the tables of a subject stand in its own module.
"""

from __future__ import annotations

from gateway.words.booking import SCHEDULE_TABLES
from gateway.words.builder import BUILDER_TABLES
from gateway.words.busy_calendars import BUSY_CALENDAR_TABLES
from gateway.words.calendar import CALENDAR_TABLES
from gateway.words.errors import ERROR_FALLBACK, ERRORS
from gateway.words.extraction import _
from gateway.words.forms import REQUEST_STAGES, REQUEST_STATES
from gateway.words.logs import LINK_STATES, LOG_TABLES
from gateway.words.mail_server import MAIL_SERVER_TABLES
from gateway.words.practice import PRACTICE_MEMBERS, SOMETHING_ELSE
from gateway.words.scopes import SCOPE_FALLBACK, SCOPES
from gateway.words.series import SERIES_TABLES
from gateway.words.team import TEAM_TABLES

APPOINTMENT_STATES: dict[str, str] = {
    "held": _("Being booked"),
    "declined": _("Declined"),
    "expired": _("Not answered in time"),
    "requested": _("Waits for an answer"),
    "withdrawn": _("Withdrawn"),
    "confirmed": _("Confirmed"),
    "cancelled": _("Cancelled"),
    "cancelled_late": _("Cancelled late"),
    "attended": _("Attended"),
    "no_show": _("Not attended"),
}

CLIENT_STATES: dict[str, str] = {
    "active": _("Active"),
    "archived": _("Archived"),
}

ALIKE: dict[str, str] = {
    "email": _("same e-mail address"),
    "phone": _("same phone number"),
    "name_and_birth": _("same name and date of birth"),
}

ROLES: dict[str, str] = {
    "owner": _("Owner"),
    "practitioner": _("Practitioner"),
    "assistant": _("Assistant"),
}

ACTOR_KINDS: dict[str, str] = {
    "client": _("Client"),
    "practitioner": _("Practitioner"),
    "service": _("The portal itself"),
    "nobody": _("Someone who was not signed in"),
}

NEAR_DAYS: dict[int, str] = {
    -1: _("Yesterday, %(day)s"),
    0: _("Today, %(day)s"),
    1: _("Tomorrow, %(day)s"),
}
"""Days from today to how a day in words begins."""

NEAR_MOMENTS: dict[int, str] = {
    -1: _("Yesterday, %(time)s"),
    0: _("Today, %(time)s"),
    1: _("Tomorrow, %(time)s"),
}
"""Days from today to a moment in short."""

DEVICE = _("%(browser)s on %(platform)s")
"""How a device is called: *Firefox on Android*."""

UNKNOWN_DEVICE = _("Unknown device")

ZONE_TIME = _("%(city)s time")
"""How a time is marked with its zone."""

PRESENT_ZONE = _("As it is now")
"""How a choice of zones calls the group of one that it does not offer otherwise."""

SEAS: dict[str, str] = {
    "Arctic": _("Arctic"),
    "Atlantic": _("Atlantic"),
    "Indian": _("Indian Ocean"),
    "Pacific": _("Pacific"),
}
"""Regions of zones that are no continents."""

BEHIND: dict[str, str] = {
    "form": _("This is a form in your client portal"),
    "appointment": _("This is about an appointment in your client portal"),
    "summary": _("This is about a session in your client portal"),
}
"""What a page is about that somebody asked for who is not signed in."""

CASELOAD_KINDS: dict[str, str] = {
    "own": _("Main practitioner"),
    "shared": _("Shared"),
}
"""How a practitioner comes to see a client."""

TABLES: dict[str, tuple[dict[str, str], str]] = {
    "scope": (SCOPES, SCOPE_FALLBACK),
    **SCHEDULE_TABLES,
    **CALENDAR_TABLES,
    **SERIES_TABLES,
    **LOG_TABLES,
    **MAIL_SERVER_TABLES,
    **BUSY_CALENDAR_TABLES,
    **TEAM_TABLES,
    "error": (ERRORS, ERROR_FALLBACK),
    "appointment_state": (APPOINTMENT_STATES, LINK_STATES["unknown"]),
    "client_state": (CLIENT_STATES, LINK_STATES["unknown"]),
    **BUILDER_TABLES,
    "request_state": (REQUEST_STATES, LINK_STATES["unknown"]),
    "request_stage": (REQUEST_STAGES, LINK_STATES["unknown"]),
    "alike": (ALIKE, LINK_STATES["unknown"]),
    "caseload_kind": (CASELOAD_KINDS, CASELOAD_KINDS["shared"]),
    "role": (ROLES, ACTOR_KINDS["practitioner"]),
    "practice_member": (PRACTICE_MEMBERS, SOMETHING_ELSE),
    "behind": (BEHIND, _("Welcome to your client portal")),
    "actor_kind": (ACTOR_KINDS, ACTOR_KINDS["service"]),
}
"""Name of a table to its words and to what an unknown code is called."""
