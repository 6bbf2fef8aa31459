"""Which role may do what: the one table that every service decides by."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from portal_contracts.actor import Actor, ActorKind, Role
from portal_contracts.errors import Forbidden


class Permission(StrEnum):
    """One act in the console. A client's own acts need ownership, not one of these."""

    CLIENTS_READ = "clients.read"
    CLIENTS_WRITE = "clients.write"
    REMARK_READ = "remark.read"
    REMARK_WRITE = "remark.write"
    LINKS_READ = "links.read"
    LINKS_MAIL = "links.mail"
    LINKS_REVEAL = "links.reveal"
    LINKS_REVOKE = "links.revoke"
    ACCESS_LOG_READ = "access_log.read"
    DELIVERIES_READ = "deliveries.read"
    DELIVERIES_RESEND = "deliveries.resend"
    APPOINTMENTS_READ = "appointments.read"
    APPOINTMENTS_WRITE = "appointments.write"
    AVAILABILITY_WRITE = "availability.write"
    SERVICES_WRITE = "services.write"
    SESSIONS_READ = "sessions.read"
    SESSIONS_WRITE = "sessions.write"
    SUMMARIES_READ = "summaries.read"
    SUMMARIES_WRITE = "summaries.write"
    NOTES_READ = "notes.read"
    NOTES_WRITE = "notes.write"
    FORMS_READ = "forms.read"
    FORMS_SEND = "forms.send"
    TEMPLATES_WRITE = "templates.write"
    ANSWERS_READ = "answers.read"
    ANSWERS_REVIEW = "answers.review"
    PRACTICE_WRITE = "practice.write"
    CASELOAD_WRITE = "caseload.write"
    TEAM_READ = "team.read"
    TEAM_WRITE = "team.write"


_ASSISTANT = frozenset(
    {
        Permission.CLIENTS_READ,
        Permission.CLIENTS_WRITE,
        Permission.LINKS_READ,
        Permission.LINKS_MAIL,
        Permission.LINKS_REVOKE,
        Permission.DELIVERIES_READ,
        Permission.DELIVERIES_RESEND,
        Permission.APPOINTMENTS_READ,
        Permission.APPOINTMENTS_WRITE,
        Permission.AVAILABILITY_WRITE,
        Permission.SESSIONS_READ,
        Permission.FORMS_READ,
        Permission.FORMS_SEND,
    }
)
_PRACTITIONER = _ASSISTANT | {
    Permission.LINKS_REVEAL,
    Permission.REMARK_READ,
    Permission.REMARK_WRITE,
    Permission.ACCESS_LOG_READ,
    Permission.SERVICES_WRITE,
    Permission.SESSIONS_WRITE,
    Permission.SUMMARIES_READ,
    Permission.SUMMARIES_WRITE,
    Permission.NOTES_READ,
    Permission.NOTES_WRITE,
    Permission.TEMPLATES_WRITE,
    Permission.ANSWERS_READ,
    Permission.ANSWERS_REVIEW,
    Permission.CASELOAD_WRITE,
}

ROLE_PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.OWNER: frozenset(Permission),
    Role.PRACTITIONER: frozenset(_PRACTITIONER),
    Role.ASSISTANT: _ASSISTANT,
}

CLINICAL: Final[frozenset[Permission]] = frozenset(
    {
        Permission.REMARK_READ,
        Permission.REMARK_WRITE,
        Permission.LINKS_REVEAL,
        Permission.SUMMARIES_READ,
        Permission.SUMMARIES_WRITE,
        Permission.NOTES_READ,
        Permission.NOTES_WRITE,
        Permission.ANSWERS_READ,
        Permission.ANSWERS_REVIEW,
    }
)
"""What is said between a client and the own practitioners, and whatever leads to it.

An owner sees the contacts and the calendar of the whole practice, and this of the own caseload.
"""

PORTAL_CALLS: Final[Mapping[Permission, tuple[str, ...]]] = {
    Permission.CLIENTS_READ: ("identity_links.resolve_device",),
    Permission.LINKS_READ: ("identity_links.list_own_devices",),
    Permission.LINKS_REVOKE: ("identity_links.revoke_device",),
    Permission.ACCESS_LOG_READ: ("identity_links.list_access", "identity_links.list_own_visits"),
    Permission.APPOINTMENTS_READ: (
        "identity_links.list_practitioners",
        "scheduling.portal_schedule",
        "scheduling.list_offered",
        "scheduling.list_free_times",
        "scheduling.nearest_times",
        "scheduling.find_usual_time",
        "scheduling.browse_times",
        "scheduling.list_own_appointments",
        "scheduling.get_own_appointment",
        "scheduling.get_hold",
        "scheduling.open_meeting",
        "notifications.read_mail_sender",
    ),
    Permission.APPOINTMENTS_WRITE: (
        "scheduling.hold_time",
        "scheduling.release_hold",
        "scheduling.confirm_hold",
        "scheduling.move_own_appointment",
        "scheduling.undo_own_move",
        "scheduling.cancel_own_appointment",
    ),
    Permission.SESSIONS_READ: ("scheduling.list_own_sessions",),
    Permission.SUMMARIES_READ: ("scheduling.portal_schedule", "scheduling.read_summary"),
    Permission.FORMS_READ: ("forms.portal_forms", "forms.forms_to_do"),
    Permission.ANSWERS_READ: (
        "forms.open_form",
        "forms.draft_key",
        "forms.save_answers",
        "forms.save_section",
        "forms.submit_form",
        "scheduling.get_own_appointment",
    ),
}
"""The calls of a client's portal, by what a practitioner needs to see or do the same."""

PORTAL_SHOWS: Final[frozenset[Permission]] = frozenset(PORTAL_CALLS)
"""What whoever enters a client's portal sees and does, as permissions of the console."""

REVEALING: Final[frozenset[Permission]] = PORTAL_SHOWS | {Permission.LINKS_REVEAL}
"""What is needed to see a portal link: it opens all that the portal shows."""


def has_permission(actor: Actor, permission: Permission) -> bool:
    """Whether `actor` is a practitioner whose role, and whose token if she sent one, grants it."""
    return (
        actor.kind is ActorKind.PRACTITIONER
        and actor.role is not None
        and permission in ROLE_PERMISSIONS[actor.role]
        and (actor.scopes is None or permission in actor.scopes)
    )


def require_permission(actor: Actor, permission: Permission) -> None:
    """Refuse an actor without `permission`.

    Raises:
        Forbidden: ``not_allowed``.
    """
    if not has_permission(actor, permission):
        raise Forbidden("not_allowed", f"This needs the permission {permission}.")


def sees_every_client(actor: Actor, permission: Permission) -> bool:
    """Whether no client of the practice is hidden from `actor` as far as `permission` goes.

    Whoever is not shown all of them asks identity-links which ones: it alone keeps the caseloads.
    """
    if actor.role is Role.ASSISTANT:
        return actor.works_for is None
    if not actor.caseload_only:
        return True
    return actor.role is Role.OWNER and permission not in CLINICAL


def may_reveal(actor: Actor) -> bool:
    """Whether `actor` may see a portal link: nobody gets by it what is not theirs anyway."""
    return all(has_permission(actor, one) for one in REVEALING)


def require_reveal(actor: Actor) -> None:
    """Refuse an actor who may not see a portal link.

    Raises:
        Forbidden: ``reveal_not_allowed``; `fields` and the sentence name each permission that
            is missing.
    """
    missing = [one for one in Permission if one in REVEALING and not has_permission(actor, one)]
    if missing:
        raise Forbidden(
            "reveal_not_allowed",
            f"To see a portal link needs also {', '.join(missing)}.",
            fields={str(one): "missing" for one in missing},
        )


def require_kind(actor: Actor, *kinds: ActorKind) -> None:
    """Refuse an actor of any other kind.

    Raises:
        Forbidden: ``not_allowed``.
    """
    if actor.kind not in kinds:
        raise Forbidden("not_allowed", "This is not for this kind of actor.")
