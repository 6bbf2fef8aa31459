"""Instants become wall time by the zones that are shipped: no SQL does it by the database's own."""

import re

import pytest

from tests.kit import ROOT

CONVERTS = re.compile(
    r"\bAT\s+TIME\s+ZONE\b|\bfunc\.(timezone|date_trunc|to_char|make_timestamptz|date_bin)\b"
    r"|\b(date_trunc|to_char|make_timestamptz)\s*\(|::\s*(date|timestamp|time)\b"
    r"|\b(current_date|localtimestamp)\b|\bcast\([^)]*\bDate\b",
    re.IGNORECASE,
)
SOURCES = [*ROOT.glob("libs/*/src"), *ROOT.glob("services/*/src"), ROOT / "deploy/runner/src"]


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT starts_at AT TIME ZONE 'Europe/Berlin'",
        "func.date_trunc('day', at)",
        "text('SELECT at::date')",
        "cast(row.c.at, Date)",
    ],
)
def test_a_conversion_would_be_seen(sql):
    assert CONVERTS.search(sql)


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.parent.name)
def test_no_sql_converts_between_zones(source):
    found = [
        (str(path.relative_to(ROOT)), match.group())
        for path in source.rglob("*.py")
        for match in CONVERTS.finditer(path.read_text(encoding="utf-8"))
    ]
    assert found == []
