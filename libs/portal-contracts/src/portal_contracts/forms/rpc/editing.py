"""A practice makes and changes a form: small acts on the working copy of a template.

Each act names what it means by its id, so that it says the same wherever it stands by then.
"""

from __future__ import annotations

from typing import Annotated, Final
from uuid import UUID

from msgspec import Meta, Struct

from portal_contracts.calls import Method
from portal_contracts.forms.rpc.conditions import Condition, Identifier
from portal_contracts.forms.rpc.questions import (
    SERVICE,
    AlertRule,
    Question,
    QuestionKind,
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
    text: str = ""
    at: Place | None = None


class ChangeSection(Struct, frozen=True, kw_only=True, tag="change_section"):
    """What a section says before its questions."""

    section: Identifier
    title: Line
    text: str = ""
    shown_when: Condition | None = None


class MoveSection(Struct, frozen=True, kw_only=True, tag="move_section"):
    """Have a section stand elsewhere; `to` counts the others before it."""

    section: Identifier
    to: Place


class RemoveSection(Struct, frozen=True, kw_only=True, tag="remove_section"):
    """Take a section away, with its questions."""

    section: Identifier


class AddQuestion(Struct, frozen=True, kw_only=True, tag="add_question"):
    """A question of this kind; `at` None: at the end of the section.

    `content` is what it says, under an id of its own; None: it has no words yet.
    """

    section: Identifier
    kind: QuestionKind
    at: Place | None = None
    content: Question | None = None


class ChangeQuestion(Struct, frozen=True, kw_only=True, tag="change_question"):
    """A question as it is to be; its id says which."""

    question: Question


class ChangeKind(Struct, frozen=True, kw_only=True, tag="change_kind"):
    """Another kind for a question, which keeps of its members what that kind has too."""

    question: Identifier
    kind: QuestionKind


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
    """How the form is scored; None for not at all.

    Each `maximum` follows from what counts, whatever is said here.
    """

    scoring: Scoring | None
    subscales: list[Scoring] = []


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
    | ChangeKind
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
METHODS = (START_TEMPLATE, EDIT_TEMPLATE, UNDO_EDIT)
