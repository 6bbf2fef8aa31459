"""A form that a practice has, and the versions it is sent in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from portal_contracts.forms.rpc.questions import FormDocument


@dataclass(frozen=True)
class Template:
    """A template as it is worked on.

    Attributes:
        id: the template's id.
        document: what it holds.
        revision: grows with each save.
        archived_at: since when it is not sent any more; None while it is.
        undoable: its last change can be taken back.
    """

    id: UUID
    document: FormDocument
    revision: int
    archived_at: datetime | None
    undoable: bool = False


@dataclass(frozen=True)
class TemplateVersion:
    """A document as it was published; `number` counts a template's versions from 1."""

    id: UUID
    number: int
    document: FormDocument


@dataclass(frozen=True)
class TemplateOverview:
    """A template, its newest version if it was ever published, and how often it was sent."""

    template: Template
    newest: TemplateVersion | None
    sent: int

    @property
    def changed(self) -> bool:
        """Whether it holds something else than its newest version."""
        # By value, not by what is stored: an older row may lack a field that has a default.
        return self.newest is None or self.template.document != self.newest.document
