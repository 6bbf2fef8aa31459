"""Ten thousand responses written as a table, in time and in memory.

The pages are made here, as forms gives them: what one page costs forms to read is bounded by its
size, and does not grow with how many there are.
"""

from __future__ import annotations

import csv
import io
import tracemalloc
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from bench.context import MeasurementContext
from bench.rows import Aim, AimQuantity, Figure, Figures, Row
from bench.timing import alternate
from portal_contracts.forms.export_files import FileKind, file_chunks
from portal_contracts.forms.rpc.exports import (
    Cell,
    ExportBegun,
    ExportColumn,
    ExportedPage,
    ExportedResponse,
)

RESPONSES: Final = 10_000
A_PAGE: Final = 200
COLUMNS: Final = 20
ROUNDS: Final = 5
MEGABYTE: Final = 1_000_000
FLOOR: Final = "csv.writer alone on as many cells"
ROWS = (
    Row("export-written", f"{RESPONSES:,} responses written as CSV", "ms", FLOOR, Aim(4)),
    Row(
        "export-memory",
        f"What is held while {RESPONSES:,} responses are written, at most",
        "MB",
        aim=Aim(4, AimQuantity.VALUE),
    ),
)
_ID: Final = UUID("01900000-0000-7000-8000-000000000001")
_CELLS: Final[dict[str, Cell]] = {
    f"q_{number}": "Several words of an answer. " * 4 for number in range(COLUMNS)
}
_BEGUN: Final = ExportBegun(
    template_id=_ID,
    title="Twenty questions",
    columns=[ExportColumn(name=name, text=name) for name in _CELLS],
    versions=[],
    total=RESPONSES,
)


def measure(context: MeasurementContext) -> Figures:
    """Write the file, and what of it only has to be written, in turn; then once for the memory."""
    found = alternate(
        {"export": _export, "floor": _floor}, rounds=context.rounds(ROUNDS), count=1, warm_up=1
    )
    tracemalloc.start()
    try:
        _export()
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    return {
        "export-written": Figure(found["export"].p50, found["floor"].p50),
        "export-memory": Figure(peak / MEGABYTE, note="of Python's own count"),
    }


def _export() -> int:
    return sum(len(chunk) for chunk in file_chunks(FileKind.CSV, _BEGUN, _pages()))


def _pages() -> Iterator[ExportedPage]:
    at = datetime(2026, 12, 1, 12, 0, tzinfo=UTC)
    for _ in range(RESPONSES // A_PAGE):
        yield ExportedPage(
            items=[
                ExportedResponse(
                    request_id=_ID,
                    client_id=_ID,
                    version=1,
                    submission=1,
                    current=True,
                    submitted_at=at,
                    reviewed_at=None,
                    scores=[],
                    answers={},
                    cells=_CELLS,
                )
                for _ in range(A_PAGE)
            ],
            next_cursor=None,
        )


def _floor() -> None:
    row = [*[str(_ID)] * 7, *_CELLS.values()]
    for _ in range(RESPONSES // A_PAGE):
        text = io.StringIO()
        csv.writer(text).writerows([row] * A_PAGE)
        text.getvalue().encode()
