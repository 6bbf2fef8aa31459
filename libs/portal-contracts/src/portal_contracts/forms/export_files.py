"""Answers as a file, written page by page: nothing of it but one page is ever held.

CSV is RFC 4180 in UTF-8. It begins with a byte order mark, by which spreadsheets know the
encoding; readers that want none take the encoding ``utf-8-sig``. A cell that a spreadsheet would
take for a formula begins with an apostrophe, which it shows as text (OWASP, "CSV Injection").
A spreadsheet whose language parts cells by semicolons ends one at each of them and at each line,
quoted or not; so what would begin a formula there has an apostrophe before it, too.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from enum import StrEnum
from typing import Final
from uuid import UUID

import msgspec

from portal_contracts.forms.rpc.exports import (
    Cell,
    ExportBegun,
    ExportedPage,
    ExportedResponse,
)

BYTE_ORDER_MARK: Final = "\ufeff"
HEADS: Final = (
    "request_id",
    "client_id",
    "version",
    "submission",
    "current",
    "submitted_at",
    "reviewed_at",
)
"""What stands before the columns of the questions; they begin with ``q_``."""
NAME_HEAD: Final = "client_name"
_FORMULA: Final = re.compile(r"(^|[;\t\r\n])(?= *[=+\-@＝＋－＠])")  # noqa: RUF001
"""Before what a spreadsheet would compute; those of full width are computed like the others."""


class FileKind(StrEnum):
    """What an export is written as."""

    CSV = "csv"
    JSON = "json"


CONTENT_TYPES: Final[Mapping[FileKind, str]] = {
    FileKind.CSV: "text/csv; charset=utf-8; header=present",
    FileKind.JSON: "application/json",
}

Names = Callable[[ExportedPage], Mapping[UUID, str]]
"""Finds the names of the clients of a page."""


def file_chunks(
    kind: FileKind, begun: ExportBegun, pages: Iterable[ExportedPage], names: Names | None = None
) -> Iterator[bytes]:
    """The file, a piece for each page.

    Args:
        kind: what it is written as.
        begun: columns and versions.
        pages: what came back; taken one by one, when the piece before is taken.
        names: for files with the clients' names.
    """
    write = _csv if kind is FileKind.CSV else _json
    return write(begun, pages, names)


def _csv(begun: ExportBegun, pages: Iterable[ExportedPage], names: Names | None) -> Iterator[bytes]:
    columns = [one.name for one in begun.columns]
    heads = [*HEADS, *([NAME_HEAD] if names else []), *columns]
    yield (BYTE_ORDER_MARK + _lines([heads])).encode()
    for page in pages:
        named = names(page) if names else None
        yield _lines(_row(one, columns, named) for one in page.items).encode()


def _row(one: ExportedResponse, columns: list[str], named: Mapping[UUID, str] | None) -> list[Cell]:
    reviewed_at = one.reviewed_at.isoformat(timespec="seconds") if one.reviewed_at else None
    return [
        str(one.request_id),
        str(one.client_id),
        one.version,
        one.submission,
        "yes" if one.current else "no",
        one.submitted_at.isoformat(timespec="seconds"),
        reviewed_at,
        *([] if named is None else [named.get(one.client_id)]),
        *(one.cells.get(name) for name in columns),
    ]


def _lines(rows: Iterable[Iterable[Cell]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text)
    for row in rows:
        writer.writerow(["" if cell is None else _safe(cell) for cell in row])
    return text.getvalue()


def _safe(cell: Cell) -> Cell:
    """A cell that no spreadsheet computes; numbers are numbers, also those below zero."""
    return _FORMULA.sub(r"\1'", cell) if isinstance(cell, str) else cell


def _json(
    begun: ExportBegun, pages: Iterable[ExportedPage], names: Names | None
) -> Iterator[bytes]:
    encode = msgspec.json.encode
    head = {"template_id": begun.template_id, "title": begun.title, "versions": begun.versions}
    # What is left out here is the closing brace, which comes last.
    yield encode(head)[:-1] + b',"responses":['
    before = b"\n"
    for page in pages:
        named = names(page) if names else None
        for one in page.items:
            yield before + encode(_answers(one, named))
            before = b",\n"
    yield b"\n]}\n"


def _answers(one: ExportedResponse, named: Mapping[UUID, str] | None) -> dict[str, object]:
    """A response without its cells, which follow from the answers."""
    told = {name: getattr(one, name) for name in one.__struct_fields__ if name != "cells"}
    return told if named is None else told | {NAME_HEAD: named.get(one.client_id)}
