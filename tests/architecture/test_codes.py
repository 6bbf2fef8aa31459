"""Codes of refusals: what services raise is declared in the contracts, and nothing else is."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from enum import Enum
from pathlib import Path

from portal_contracts.codes import CODES
from portal_contracts.errors import ERRORS
from portal_contracts.field_codes import FIELD_CODES
from tests.architecture.test_documents import write_reference

ROOT = Path(__file__).resolve().parents[2]
SOURCES = [
    *sorted(ROOT.glob("services/*/src/**/*.py")),
    *sorted(ROOT.glob("libs/portal-chassis/src/**/*.py")),
]
ELSEWHERE = {"gateway", "portal_runner"}
OF_ADMIN_SCRIPTS = {
    "head_invalid",
}
"""Nobody is told them over a call; the script prints them."""

FIELDS_OF_ADMIN_SCRIPTS = {
    "…_invalid",
    "…_unknown",
}
PLACES = {"errors", "wrong"}
"""What a dictionary of wrong fields is called."""


def field_codes() -> Iterator[str]:
    """Every code that is written down for a field; what an f-string fills in stands as ``…``."""
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            for value in given_codes(node):
                yield from words(value)


def given_codes(node: ast.AST) -> Iterator[ast.expr]:
    """Codes in ``errors[…] = code``, ``errors.setdefault(…, code)`` and ``fields={…: code}``."""
    match node:
        case ast.Assign(targets=[ast.Subscript(value=ast.Name(id=name))], value=value):
            if name in PLACES:
                yield value
        case ast.Assign(targets=[ast.Name(id="fields")], value=ast.Dict(values=values)):
            yield from values
        case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr="setdefault")):
            if name in PLACES:
                yield node.args[1]
        case ast.Call(func=ast.Name(id=name), keywords=keywords) if name in ERRORS:
            for keyword in keywords:
                if keyword.arg == "fields" and isinstance(keyword.value, ast.Dict):
                    yield from keyword.value.values


def words(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.Constant):
        yield str(node.value)
    elif isinstance(node, ast.IfExp):
        yield from words(node.body)
        yield from words(node.orelse)
    elif isinstance(node, ast.JoinedStr):
        parts = node.values
        yield "".join(str(part.value) if isinstance(part, ast.Constant) else "…" for part in parts)


def test_a_refusal_is_written_with_its_code():
    filled_in = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in SOURCES
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in ERRORS
        and not (node.args and isinstance(node.args[0], ast.Constant))
    ]
    assert filled_in == []


def test_what_services_raise_is_declared_with_its_kind():
    raised = {
        (one.code, one.error)
        for one in write_reference().raised()
        if one.package not in ELSEWHERE and one.code not in OF_ADMIN_SCRIPTS
    }
    assert raised == {(code, kind.kind) for code, kind in CODES.items()}


def test_a_refusal_that_names_places_is_declared():
    assert FIELD_CODES.keys() <= CODES.keys()


def test_what_is_said_of_a_field_is_declared():
    declared = {code for codes in FIELD_CODES.values() for code in codes}
    unknown = {
        code
        for code in set(field_codes()) - declared - FIELDS_OF_ADMIN_SCRIPTS
        if not any(re.fullmatch(code.replace("…", "[a-z_]+"), one) for one in declared)
    }
    assert unknown == set()


def test_a_declared_code_of_a_field_is_said_somewhere():
    text = "\n".join(path.read_text("utf-8") for path in SOURCES)
    patterns = [code for code in set(field_codes()) if "…" in code]
    never = {
        code
        for codes in FIELD_CODES.values()
        for code in codes
        # The members of an enumeration are given as such.
        if not isinstance(code, Enum)
        and f'"{code}"' not in text
        and not any(re.fullmatch(one.replace("…", "[a-z_]+"), code) for one in patterns)
    }
    assert never == set()
