"""A limit has a name, and stands once: in the contract where callers have to know it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CHECKED = (
    "services/*/src/*/domain/*.py",
    "services/*/src/*/operations/*.py",
    "gateway/src/gateway/api/*.py",
    "gateway/src/gateway/console/**/*.py",
    "gateway/src/gateway/portal/*.py",
)
NO_LIMIT = 2
"""Two or less is how many there are, not how many there may be."""


def written_limits(tree: ast.Module) -> Iterator[int]:
    """Lines where a length is compared with a number, or a number says how much is read."""
    for node in ast.walk(tree):
        match node:
            case ast.Compare(left=left, comparators=others):
                sides = [left, *others]
                if any(map(is_length, sides)) and any(map(is_number, sides)):
                    yield node.lineno
            case ast.keyword(arg="most", value=value) if is_number(value):
                yield value.lineno


def is_length(node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "len"


def is_number(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, int) and node.value > NO_LIMIT


def test_no_limit_is_written_where_it_is_checked():
    found = [
        f"{path.relative_to(ROOT)}:{line}"
        for pattern in CHECKED
        for path in sorted(ROOT.glob(pattern))
        for line in written_limits(ast.parse(path.read_text("utf-8")))
    ]
    assert found == []


def test_no_limit_is_written_into_a_page_as_well():
    templates = ROOT / "gateway" / "src" / "gateway" / "templates"
    found = [
        str(path.relative_to(templates))
        for path in sorted(templates.rglob("*.html"))
        if 'maxlength="' in path.read_text("utf-8").replace('maxlength="{{', "")
    ]
    # Five characters of a time on the clock, 09:30, which is no limit of anybody's.
    assert found == ["console/availability.html"]
