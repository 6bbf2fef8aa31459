"""Words for what an API token may do: each permission, in groups as they are chosen from."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, NamedTuple

from gateway.words.extraction import _
from portal_contracts.permissions import Permission

SCOPE_FALLBACK = _("Something this page has no words for")

SCOPES: dict[str, str] = {
    Permission.CLIENTS_READ: _("See clients and their details"),
    Permission.CLIENTS_WRITE: _("Add, change and archive clients"),
    Permission.REMARK_READ: _("Read the private remark on a client"),
    Permission.REMARK_WRITE: _("Change the private remark on a client"),
    Permission.LINKS_READ: _("See portal links and signed-in devices"),
    Permission.LINKS_MAIL: _("Mail portal links"),
    Permission.LINKS_REVEAL: _(
        "Show portal links and confirm e-mail addresses, together with all that a portal shows"
    ),
    Permission.LINKS_REVOKE: _("Revoke portal links and sign devices out"),
    Permission.APPOINTMENTS_READ: _("See appointments"),
    Permission.APPOINTMENTS_WRITE: _("Book, move and cancel appointments"),
    Permission.AVAILABILITY_WRITE: _("Change working hours"),
    Permission.SERVICES_WRITE: _("Add, change and archive services"),
    Permission.SESSIONS_READ: _("See past sessions"),
    Permission.SESSIONS_WRITE: _("Record sessions and how they went"),
    Permission.SUMMARIES_READ: _("Read summaries"),
    Permission.SUMMARIES_WRITE: _("Write and share summaries"),
    Permission.NOTES_READ: _("Read private notes"),
    Permission.NOTES_WRITE: _("Write private notes"),
    Permission.FORMS_READ: _("See which forms were sent"),
    Permission.FORMS_SEND: _("Send and withdraw forms"),
    Permission.TEMPLATES_WRITE: _("Change form templates"),
    Permission.ANSWERS_READ: _("Read answers and scores"),
    Permission.ANSWERS_REVIEW: _("Mark answers as reviewed"),
    Permission.DELIVERIES_READ: _("See which e-mails were sent"),
    Permission.DELIVERIES_RESEND: _("Send e-mails again"),
    Permission.ACCESS_LOG_READ: _("Read the access log"),
    Permission.CASELOAD_WRITE: _("Share clients with colleagues and hand them over"),
    Permission.PRACTICE_WRITE: _("Change the settings of the practice"),
    Permission.TEAM_READ: _("See who is in the team and who is invited"),
    Permission.TEAM_WRITE: _("Invite into the team, change accounts and deactivate them"),
}

# What no operation of the API needs is not offered.
_GROUPS: Final[tuple[tuple[str, tuple[Permission, ...]], ...]] = (
    (
        _("Clients"),
        (
            Permission.CLIENTS_READ,
            Permission.CLIENTS_WRITE,
            Permission.REMARK_READ,
            Permission.REMARK_WRITE,
            Permission.CASELOAD_WRITE,
        ),
    ),
    (
        _("Portal links"),
        (
            Permission.LINKS_READ,
            Permission.LINKS_MAIL,
            Permission.LINKS_REVEAL,
            Permission.LINKS_REVOKE,
        ),
    ),
    (
        _("Calendar"),
        (
            Permission.APPOINTMENTS_READ,
            Permission.APPOINTMENTS_WRITE,
            Permission.AVAILABILITY_WRITE,
            Permission.SERVICES_WRITE,
        ),
    ),
    (
        _("Sessions"),
        (
            Permission.SESSIONS_READ,
            Permission.SESSIONS_WRITE,
            Permission.SUMMARIES_READ,
            Permission.SUMMARIES_WRITE,
            Permission.NOTES_READ,
            Permission.NOTES_WRITE,
        ),
    ),
    (
        _("Forms"),
        (
            Permission.FORMS_READ,
            Permission.FORMS_SEND,
            Permission.TEMPLATES_WRITE,
            Permission.ANSWERS_READ,
            Permission.ANSWERS_REVIEW,
        ),
    ),
    (
        _("Practice"),
        (
            Permission.DELIVERIES_READ,
            Permission.DELIVERIES_RESEND,
            Permission.ACCESS_LOG_READ,
            Permission.TEAM_READ,
            Permission.TEAM_WRITE,
            Permission.PRACTICE_WRITE,
        ),
    ),
)


class ScopeGroup(NamedTuple):
    """Scopes that belong together; its title is a text to translate."""

    title: str
    scopes: list[Permission]


def scope_groups(granted: Iterable[Permission]) -> list[ScopeGroup]:
    """What can be chosen from, out of what a role grants; a group of nothing is left out."""
    mine = set(granted)
    groups = [ScopeGroup(title, [one for one in them if one in mine]) for title, them in _GROUPS]
    return [group for group in groups if group.scopes]
