"""Which role may do what: the one table that every service decides by."""

from __future__ import annotations

from enum import StrEnum

from portal_contracts.actor import Actor, ActorKind, Role
from portal_contracts.errors import Forbidden


class Permission(StrEnum):
    """One act in the console. A client's own acts need ownership, not one of these."""

    CLIENTS_READ = "clients.read"
    CLIENTS_WRITE = "clients.write"
    REMARK_READ = "remark.read"
    REMARK_WRITE = "remark.write"
    LINKS_READ = "links.read"
    LINKS_SHARE = "links.share"
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


_ASSISTANT = frozenset(
    {
        Permission.CLIENTS_READ,
        Permission.CLIENTS_WRITE,
        Permission.LINKS_READ,
        Permission.LINKS_SHARE,
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
}

ROLE_PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.OWNER: frozenset(Permission),
    Role.PRACTITIONER: frozenset(_PRACTITIONER),
    Role.ASSISTANT: _ASSISTANT,
}


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


def require_kind(actor: Actor, *kinds: ActorKind) -> None:
    """Refuse an actor of any other kind.

    Raises:
        Forbidden: ``not_allowed``.
    """
    if actor.kind not in kinds:
        raise Forbidden("not_allowed", "This is not for this kind of actor.")
