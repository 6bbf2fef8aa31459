"""A template's answers, all that came back, in pages to be written to a file."""

from __future__ import annotations

from uuid import UUID

from msgspec import Struct

from portal_contracts.calls import Method
from portal_contracts.forms.rpc.questions import SERVICE, Answers, FormDocument, Score
from portal_contracts.instants import Instant

Cell = str | int | float | bool | None
"""One value of a table; None where there is none."""


class BeginExport(Struct, frozen=True, kw_only=True):
    """What there is to export of a template."""

    template_id: UUID


class ExportColumn(Struct, frozen=True, kw_only=True):
    """A column of a question. `name` stays the same from version to version.

    `text`: the question as it was asked last.
    """

    name: str
    text: str


class ExportedVersion(Struct, frozen=True, kw_only=True):
    """A version in which the form was sent."""

    number: int
    document: FormDocument


class ExportBegun(Struct, frozen=True, kw_only=True):
    """The columns of all versions, those of the newest first, and how many rows there are.

    `total` is of clients whose answers are shown to whoever asks.
    """

    template_id: UUID
    title: str
    columns: list[ExportColumn]
    versions: list[ExportedVersion]
    total: int


class ExportAnswers(Struct, frozen=True, kw_only=True):
    """A page of what came back, client by client and in the order of time."""

    template_id: UUID
    cursor: str | None = None


class ExportedResponse(Struct, frozen=True, kw_only=True):
    """What one client submitted once. `cells` are by the name of the column.

    `submission` counts the submissions of one form that was sent; the latest is `current` unless
    it is being corrected. `scores`: none of which an answer is missing.
    """

    request_id: UUID
    client_id: UUID
    version: int
    submission: int
    current: bool
    submitted_at: Instant
    reviewed_at: Instant | None
    scores: list[Score]
    answers: Answers
    cells: dict[str, Cell]

    def __repr__(self) -> str:
        return "ExportedResponse()"


class ExportedPage(Struct, frozen=True, kw_only=True):
    """A page of an export. Rows whose client was erased are left out."""

    items: list[ExportedResponse]
    next_cursor: str | None


BEGIN_EXPORT = Method(
    SERVICE,
    "begin_export",
    BeginExport,
    ExportBegun,
    "Columns, versions and the number of rows of an export.",
)
EXPORT_ANSWERS = Method(
    SERVICE,
    "export_answers",
    ExportAnswers,
    ExportedPage,
    "A page of a template's answers; each client among them is logged as an access.",
)

METHODS = (BEGIN_EXPORT, EXPORT_ANSWERS)
