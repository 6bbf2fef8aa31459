"""Calls that forms answers."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from msgspec import Struct

from portal_contracts.calls import Method, Nothing
from portal_contracts.instants import Instant

SERVICE = "forms"


class FormToDo(Struct, frozen=True, kw_only=True):
    """A form that waits for the client. `percent` is how far she got."""

    id: UUID
    title: str
    minutes: int
    percent: int
    due_on: date | None
    sent_at: Instant


class PortalForms(Struct, frozen=True, kw_only=True):
    """What the portal's home shows of forms, the most urgent first."""

    to_do: list[FormToDo]
    submitted_total: int


PORTAL_FORMS = Method(
    SERVICE,
    "portal_forms",
    Nothing,
    PortalForms,
    "The forms of the client who asks.",
)

METHODS = (PORTAL_FORMS,)
