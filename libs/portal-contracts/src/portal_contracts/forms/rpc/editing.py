"""A practice makes and changes a form: small acts on the working copy of a template.

Each act names what it means by its id, so that it says the same wherever it stands by then.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Final
from uuid import UUID

from msgspec import Meta, Struct

from portal_contracts.calls import Method
from portal_contracts.forms.rpc.conditions import Identifier
from portal_contracts.forms.rpc.questions import (
    SERVICE,
    AlertRule,
    Answers,
    FormDocument,
    Question,
    QuestionKind,
    Score,
    Scoring,
)
from portal_contracts.text import Line

MOST_ACTS: Final = 20

Place = Annotated[int, Meta(ge=0, le=1_000)]
"""Before how many others a thing stands; beyond the end is the end."""


class ChangeForm(Struct, frozen=True, kw_only=True, tag="change_form"):
    """What holds for the whole form."""

    title: Line
    language: str
    minutes: int
    intro: str = ""
    source: str = ""


class AddSection(Struct, frozen=True, kw_only=True, tag="add_section"):
    """A section without questions; `at` None: at the end."""

    title: Line = ""
    at: Place | None = None


class ChangeSection(Struct, frozen=True, kw_only=True, tag="change_section"):
    """What a section says before its questions."""

    section: Identifier
    title: Line
    text: str = ""


class MoveSection(Struct, frozen=True, kw_only=True, tag="move_section"):
    """Have a section stand elsewhere; `to` counts the others before it."""

    section: Identifier
    to: Place


class RemoveSection(Struct, frozen=True, kw_only=True, tag="remove_section"):
    """Take a section away, with its questions."""

    section: Identifier


class AddQuestion(Struct, frozen=True, kw_only=True, tag="add_question"):
    """A question of this kind without words; `at` None: at the end of the section."""

    section: Identifier
    kind: QuestionKind
    at: Place | None = None


class ChangeQuestion(Struct, frozen=True, kw_only=True, tag="change_question"):
    """A question as it is to be; its id says which."""

    question: Question


class MoveQuestion(Struct, frozen=True, kw_only=True, tag="move_question"):
    """Have a question stand elsewhere; `to` counts the others of that section before it."""

    question: Identifier
    section: Identifier
    to: Place


class CopyQuestion(Struct, frozen=True, kw_only=True, tag="copy_question"):
    """The same question once more, after itself."""

    question: Identifier


class RemoveQuestion(Struct, frozen=True, kw_only=True, tag="remove_question"):
    """Take a question away. What counts or names it stays, and is named as a problem."""

    question: Identifier


class ChangeScoring(Struct, frozen=True, kw_only=True, tag="change_scoring"):
    """How the form is scored; None for not at all."""

    scoring: Scoring | None


class ChangeAlerts(Struct, frozen=True, kw_only=True, tag="change_alerts"):
    """Which answers ask for attention."""

    alerts: list[AlertRule]


Act = (
    ChangeForm
    | AddSection
    | ChangeSection
    | MoveSection
    | RemoveSection
    | AddQuestion
    | ChangeQuestion
    | MoveQuestion
    | CopyQuestion
    | RemoveQuestion
    | ChangeScoring
    | ChangeAlerts
)


class StartTemplate(Struct, frozen=True, kw_only=True):
    """A new form to work on: blank, or from what another template or the library holds by now."""

    title: Line
    language: str = "en"
    template_id: UUID | None = None
    library_key: str = ""


class EditTemplate(Struct, frozen=True, kw_only=True):
    """Acts on a template, one after the other, all or none.

    `revision` is the one that was read. The form need not hold together before it is published.
    """

    template_id: UUID
    revision: int
    acts: Annotated[list[Act], Meta(min_length=1, max_length=MOST_ACTS)]


class TemplateEdited(Struct, frozen=True, kw_only=True):
    """The template after the acts; `added` is the section or question that came last."""

    template_id: UUID
    revision: int
    added: Identifier | None = None


class UndoEdit(Struct, frozen=True, kw_only=True):
    """Take the last change back; once more brings it again."""

    template_id: UUID
    revision: int


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
    `alerts` the questions and scores that would ask for attention, `hidden` the questions that
    would not be asked.
    """

    document: FormDocument
    answers: Answers
    refused: dict[str, str]
    problems: dict[str, str]
    score: Score | None
    alerts: list[str]
    subscales: list[Score] = []
    hidden: list[str] = []


START_TEMPLATE = Method(
    SERVICE,
    "start_template",
    StartTemplate,
    TemplateEdited,
    "Add a template to work on; it is not published.",
    mutates=True,
)
EDIT_TEMPLATE = Method(
    SERVICE,
    "edit_template",
    EditTemplate,
    TemplateEdited,
    "Change a template act by act; Conflict stale_revision when it was saved elsewhere, "
    "Invalid edit_invalid where an act means nothing that is there or adds one too many.",
    mutates=True,
)
UNDO_EDIT = Method(
    SERVICE,
    "undo_edit",
    UndoEdit,
    TemplateEdited,
    "Take the last change of a template back; Conflict stale_revision, nothing_to_undo.",
    mutates=True,
)
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

METHODS = (START_TEMPLATE, EDIT_TEMPLATE, UNDO_EDIT, REVIEW_TEMPLATE, TRY_TEMPLATE)
