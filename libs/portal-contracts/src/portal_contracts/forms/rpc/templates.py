"""Templates: the forms a practice has, and the library that ships."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias
from uuid import UUID

from msgspec import Struct

from portal_contracts.calls import Method, Nothing
from portal_contracts.changes import Changes, changes_of
from portal_contracts.forms.rpc.questions import SERVICE, FormDocument

if TYPE_CHECKING:
    DocumentChanges: TypeAlias = Changes | FormDocument
else:
    DocumentChanges = changes_of(FormDocument, "DocumentChanges")


class TemplateRow(Struct, frozen=True, kw_only=True):
    """One template; `published` is the newest published version's number.

    `changed`: it was changed after that. `sent` counts requests ever sent.
    """

    id: UUID
    title: str
    minutes: int
    questions: int
    language: str
    published: int | None
    changed: bool
    archived: bool
    sent: int


class ListTemplates(Struct, frozen=True, kw_only=True):
    """The practice's templates."""

    with_archived: bool = False


class Templates(Struct, frozen=True, kw_only=True):
    """Templates in order of their titles."""

    items: list[TemplateRow]


class GetTemplate(Struct, frozen=True, kw_only=True):
    """One template."""

    template_id: UUID


class Template(Struct, frozen=True, kw_only=True):
    """A template as it is worked on. `revision` grows with each save.

    An archived one cannot be sent. `problems` keep it from being published, by place, like
    ``sections.0.questions.2.choices``. `undoable`: its last change can be taken back.
    """

    row: TemplateRow
    revision: int
    document: FormDocument
    archived: bool = False
    problems: dict[str, str] = {}
    undoable: bool = False


class SaveTemplate(Struct, frozen=True, kw_only=True):
    """Change a template, or add one: `template_id` None, revision 0 and a whole document.

    What the document leaves out stays as it is. Errors name places like
    ``sections.0.questions.2.choices``.
    """

    document: DocumentChanges
    template_id: UUID | None = None
    revision: int = 0


class TemplateChanged(Struct, frozen=True, kw_only=True):
    """Which template, and its revision after the change."""

    template_id: UUID
    revision: int


class PublishTemplate(Struct, frozen=True, kw_only=True):
    """Publish a template; `revision` is the one that was looked at, None for whatever it is."""

    template_id: UUID
    revision: int | None = None


class Published(Struct, frozen=True, kw_only=True):
    """The version that was frozen, or the one that was already the same."""

    template_id: UUID
    number: int


class ArchiveTemplate(Struct, frozen=True, kw_only=True):
    """Take a template out of what can be sent, or bring it back."""

    template_id: UUID
    archived: bool


class LibraryForm(Struct, frozen=True, kw_only=True):
    """A form that ships. `added`: the practice has it already."""

    key: str
    document: FormDocument
    added: bool


class Library(Struct, frozen=True, kw_only=True):
    """The forms that ship, each with whether the practice has it already."""

    items: list[LibraryForm]


class AddFromLibrary(Struct, frozen=True, kw_only=True):
    """Copy a form of the library into the practice, and publish it."""

    key: str


LIST_TEMPLATES = Method(
    SERVICE, "list_templates", ListTemplates, Templates, "The practice's templates."
)
GET_TEMPLATE = Method(SERVICE, "get_template", GetTemplate, Template, "One template.")
SAVE_TEMPLATE = Method(
    SERVICE,
    "save_template",
    SaveTemplate,
    TemplateChanged,
    "Save a template or add one; Conflict stale_revision when it was saved elsewhere.",
    mutates=True,
)
PUBLISH_TEMPLATE = Method(
    SERVICE,
    "publish_template",
    PublishTemplate,
    Published,
    "Freeze the template as its next version; what was sent keeps its own. Conflict "
    "stale_revision when it was saved elsewhere.",
    mutates=True,
)
ARCHIVE_TEMPLATE = Method(
    SERVICE,
    "archive_template",
    ArchiveTemplate,
    TemplateChanged,
    "Take a template out of what can be sent, or bring it back.",
    mutates=True,
)
LIST_LIBRARY = Method(SERVICE, "list_library", Nothing, Library, "The forms that ship.")
ADD_FROM_LIBRARY = Method(
    SERVICE,
    "add_from_library",
    AddFromLibrary,
    Published,
    "Copy a form of the library into the practice and publish it.",
    mutates=True,
)

METHODS = (
    LIST_TEMPLATES,
    GET_TEMPLATE,
    SAVE_TEMPLATE,
    PUBLISH_TEMPLATE,
    ARCHIVE_TEMPLATE,
    LIST_LIBRARY,
    ADD_FROM_LIBRARY,
)
