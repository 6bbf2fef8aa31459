"""Exported answers as files: what a spreadsheet and a program read, and what is held of them."""

import csv
import io
import json
import tracemalloc
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest

from portal_contracts.forms.export_files import FileKind, file_chunks
from portal_contracts.forms.rpc.exports import (
    ExportBegun,
    ExportColumn,
    ExportedPage,
    ExportedResponse,
)

CLIENT = UUID("01900000-0000-7000-8000-000000000001")
AT = datetime(2026, 12, 1, 12, 0, tzinfo=UTC)


def begun(*columns, total=1):
    return ExportBegun(
        template_id=uuid4(),
        title="Intake",
        columns=[ExportColumn(name=one, text=one) for one in columns],
        versions=[],
        total=total,
    )


def response(**cells):
    return ExportedResponse(
        request_id=CLIENT,
        client_id=CLIENT,
        version=2,
        submission=1,
        current=True,
        submitted_at=AT,
        reviewed_at=None,
        scores=[],
        answers={"called": "Ännä"},
        cells=cells,
    )


def page(*rows):
    return ExportedPage(items=[*rows], next_cursor=None)


def written(kind, head, pages, names=None):
    return b"".join(file_chunks(kind, head, iter(pages), names))


def table(*arguments):
    text = written(FileKind.CSV, *arguments).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def test_a_table_begins_with_a_byte_order_mark_and_has_a_row_for_each_response():
    head = begun("q_called", "q_note")
    file = written(FileKind.CSV, head, [page(response(q_called="Ännä", q_note='a "b",\nc'))])
    assert file.startswith(b"\xef\xbb\xbfrequest_id,client_id,")
    assert b"\r\n" in file
    [row] = table(head, [page(response(q_called="Ännä", q_note='a "b",\nc'))])
    assert (row["q_called"], row["q_note"]) == ("Ännä", 'a "b",\nc')
    assert (row["version"], row["current"], row["reviewed_at"]) == ("2", "yes", "")
    assert row["submitted_at"] == "2026-12-01T12:00:00+00:00"


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ("=1+1", "'=1+1"),
        ("+49 30", "'+49 30"),
        ("-", "'-"),
        ("@sum", "'@sum"),
        ("\t=1", "\t'=1"),
        ("\r=1", "\r'=1"),
        (" =1", "' =1"),
        ("＝1+1", "'＝1+1"),  # noqa: RUF001
        ("a;=1+1;b", "a;'=1+1;b"),
        ("a; @sum", "a;' @sum"),
        ("a\n=1\r\n+2", "a\n'=1\r\n'+2"),
        ("a\tb; c\nd", "a\tb; c\nd"),
        ("a=1", "a=1"),
        (-3, "-3"),
        (2.5, "2.5"),
        (None, ""),
        (0, "0"),
    ],
)
def test_no_cell_is_a_formula_and_numbers_stay_numbers(cell, said):
    [row] = table(begun("q_one"), [page(response(q_one=cell))])
    assert row["q_one"] == said


def test_names_stand_there_only_where_they_were_asked_for():
    head, pages = begun("q_one"), [page(response(q_one="x"))]
    assert "client_name" not in table(head, pages)[0]
    assert table(head, pages, lambda _page: {CLIENT: "=Anna"})[0]["client_name"] == "'=Anna"
    assert table(head, pages, lambda _page: {})[0]["client_name"] == ""
    [told] = json.loads(written(FileKind.JSON, head, pages, lambda _page: {CLIENT: "=Anna"}))[
        "responses"
    ]
    assert told["client_name"] == "=Anna"


@pytest.mark.parametrize("rows", [0, 1, 3])
def test_data_is_json_however_many_responses_there_are(rows):
    pages = [page(*[response(q_one="x")] * rows), page()]
    read = json.loads(written(FileKind.JSON, begun("q_one"), pages))
    assert read["title"] == "Intake"
    assert [one["answers"] for one in read["responses"]] == [{"called": "Ännä"}] * rows
    assert all("cells" not in one for one in read["responses"])


@pytest.mark.parametrize("kind", list(FileKind))
def test_ten_thousand_responses_are_written_in_the_memory_of_some_pages(kind):
    """Ten thousand rows of about two kilobytes: twenty megabytes, of which less than four."""
    head = begun(*(f"q_{number}" for number in range(20)))
    pages = (
        page(*(response(**{f"q_{number}": "x" * 100 for number in range(20)}) for _ in range(200)))
        for _ in range(50)
    )
    total = 0
    tracemalloc.start()
    try:
        for chunk in file_chunks(kind, head, pages):
            total += len(chunk)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert total > (20_000_000 if kind is FileKind.CSV else 2_000_000)
    assert peak < 4_000_000
