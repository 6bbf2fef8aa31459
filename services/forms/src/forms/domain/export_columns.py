"""The columns of a template's answers over all its versions, and the cells of one response."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from forms.domain.asking import asked
from forms.domain.drafts import Sheet
from forms.domain.question_kinds import kind_of
from forms.domain.scoring import score, subscales
from portal_contracts.forms.rpc.exports import Cell, ExportColumn
from portal_contracts.forms.rpc.questions import (
    READ_ONLY,
    FormDocument,
    Question,
    Score,
)

GIVEN_AT = "given_at"
"""The part of a question's columns that tells when a consent or a signature was given."""


def columns_of(documents: Iterable[FormDocument]) -> list[ExportColumn]:
    """The columns of all versions of a form, the newest first; each question once.

    A question keeps its column from version to version, since it keeps its id; what newer
    versions no longer ask stands behind what they do.
    """
    found: dict[str, ExportColumn] = {}
    for document in documents:
        for column in _columns(document):
            found.setdefault(column.name, column)
    return list(found.values())


def scores_of(document: FormDocument, sheet: Sheet, sent_on: date) -> list[Score]:
    """The scores of which no answer is missing; the form's own first."""
    form = asked(document, sheet.answers, sent_on)
    own = score(form)
    return [*([] if own is None else [own]), *subscales(form)]


def cells_of(document: FormDocument, sheet: Sheet, scores: Iterable[Score]) -> dict[str, Cell]:
    """The cells of a response by their columns' names; columns without an answer are absent."""
    cells: dict[str, Cell] = {}
    for question in _with_values(document):
        answer = sheet.answers.get(question.id)
        if answer is None:
            continue
        for part, cell in kind_of(question).in_table.cells(question, answer).items():
            cells[column_name(question.id, part)] = cell
        if question.id in sheet.given_at:
            given_at = sheet.given_at[question.id].isoformat(timespec="seconds")
            cells[column_name(question.id, GIVEN_AT)] = given_at
    own = None if document.scoring is None else document.scoring.id
    for reached in scores:
        value, band = score_names(None if reached.id == own else reached.id)
        cells |= {value: reached.total, band: reached.band}
    return cells


def column_name(question_id: str, part: str = "") -> str:
    """What the column of a question is called: nothing else begins with ``q_``."""
    return f"q_{question_id}.{part}" if part else f"q_{question_id}"


def score_names(part: str | None) -> tuple[str, str]:
    """What the columns of a score and its band are called; None is the form's own."""
    name = "score" if part is None else f"subscore_{part}"
    return name, f"{name}.band"


def _columns(document: FormDocument) -> Iterator[ExportColumn]:
    for question in _with_values(document):
        kind = kind_of(question)
        for part in (*kind.in_table.parts(question), *([GIVEN_AT] if kind.witnessed else [])):
            yield ExportColumn(name=column_name(question.id, part), text=question.text)
    scorings = [] if document.scoring is None else [(score_names(None), document.scoring.title)]
    scorings += [(score_names(one.id), one.title) for one in document.subscales]
    for names, title in scorings:
        for name in names:
            yield ExportColumn(name=name, text=title)


def _with_values(document: FormDocument) -> Iterator[Question]:
    """The questions that are answered, or calculated."""
    for section in document.sections:
        yield from (one for one in section.questions if one.kind not in READ_ONLY)
