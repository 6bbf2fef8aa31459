"""A form in work is looked at: what publishing would change, and what becomes of answers to it."""

from __future__ import annotations

from enum import StrEnum
from uuid import UUID

from msgspec import Struct

from portal_contracts.calls import Method
from portal_contracts.forms.rpc.questions import SERVICE, Answers, FormDocument, Score


class Happened(StrEnum):
    """What became of a part since the newest version."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    MOVED = "moved"


class FormPart(StrEnum):
    """What a change is of."""

    FORM = "form"
    SECTION = "section"
    QUESTION = "question"
    SCORING = "scoring"
    ALERTS = "alerts"


class TemplateChange(Struct, frozen=True, kw_only=True):
    """One difference to the newest version.

    `id` and `text` are of the section or question, and as they were where it is gone; empty for
    what is of the whole form. `members`: which of its members are others.
    """

    part: FormPart
    happened: Happened
    id: str = ""
    text: str = ""
    members: list[str] = []


class ReviewTemplate(Struct, frozen=True, kw_only=True):
    """What publishing a template would change, and for whom."""

    template_id: UUID


class TemplateReview(Struct, frozen=True, kw_only=True):
    """What publishing would do.

    `number` is the version it would be; `problems` keep it from that, by place. `open_requests`
    wait for a client in a version before, and stay in it; `sent` counts all that were ever sent.
    """

    template_id: UUID
    revision: int
    number: int
    problems: dict[str, str]
    changes: list[TemplateChange]
    open_requests: int
    sent: int


class TryTemplate(Struct, frozen=True, kw_only=True):
    """Answers to a template by whoever works on it; `typed` is that of `SaveSection`."""

    template_id: UUID
    typed: dict[str, str] = {}


class TriedTemplate(Struct, frozen=True, kw_only=True):
    """What would become of these answers. Nothing of it is kept.

    `refused` and `problems` name by question id what is no answer, and what is still wrong;
    `alerts` the questions and scores that would ask for attention. `hidden` are ids of the
    questions that are not asked, `scores` those that lack no answer.
    """

    document: FormDocument
    answers: Answers
    refused: dict[str, str]
    problems: dict[str, str]
    scores: list[Score]
    alerts: list[str]
    hidden: list[str]


REVIEW_TEMPLATE = Method(
    SERVICE,
    "review_template",
    ReviewTemplate,
    TemplateReview,
    "What publishing a template would change, and what keeps it from being published.",
)
TRY_TEMPLATE = Method(
    SERVICE,
    "try_template",
    TryTemplate,
    TriedTemplate,
    "Try a template with answers that are kept nowhere; Invalid document_invalid.",
)

METHODS = (REVIEW_TEMPLATE, TRY_TEMPLATE)
