"""The table of the last full run, between two markers of the README."""

from __future__ import annotations

from collections.abc import Sequence

from bench.rows import Result, cells

BEGIN, END = "<!-- table: begin -->", "<!-- table: end -->"
HEADINGS = ("Measured", "Latchkey", "Beside", "Ratio", "Aim", "")


def markdown(results: Sequence[Result]) -> str:
    """The table."""
    lines = [HEADINGS, ("---", "--:", "---", "--:", "--:", "---"), *map(cells, results)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def plain(results: Sequence[Result]) -> str:
    """The same for a terminal."""
    rows = [HEADINGS, *map(cells, results)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEADINGS))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ).replace("**", "")


def with_table(readme: str, written: str) -> str:
    """The README with `written` between its markers.

    Raises:
        ValueError: it has no such markers.
    """
    before, begin, rest = readme.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        message = f"the README needs {BEGIN} and {END}"
        raise ValueError(message)
    return f"{before}{BEGIN}\n{written}\n{END}{after}"
