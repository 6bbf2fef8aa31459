"""Modules and functions stay of a size that can be read at once, and say what they are."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from portal_contracts.catalogue import SERVICES

LONGEST_MODULE = 300
LONGEST_FUNCTION = 40
SAYS_NOTHING = {"utils", "util", "helpers", "helper", "common", "base", "manager", "misc"}
ROOMS = {
    "__init__.py", "py.typed", "service.py", "admin.py", "admin_parts.py", "admin_practitioners.py",
    "admin_emergencies.py",
    "admin_tokens.py", "admin_erasing.py", "admin_setup.py", "admin_team.py",
    "admin_mail_server.py", "admin_busy.py", "admin_export.py", "admin_caseloads.py",
    "admin_restored.py",
    "entry_points", "operations", "mails", "storage", "messages", "messages.py", "templates",
    "transports", "library", "domain", "config.py", "migrations",
}  # fmt: skip
SOURCES = (
    "libs/*/src/**/*.py",
    "services/*/src/**/*.py",
    "gateway/src/**/*.py",
    "deploy/**/*.py",
    "bench/**/*.py",
    "tests/kit/**/*.py",
)


def modules(root: Path) -> Iterator[Path]:
    for pattern in SOURCES:
        yield from root.glob(pattern)


def test_no_module_is_longer_than_it_can_be_read(root: Path):
    lengths = {
        str(path.relative_to(root)): len(path.read_text("utf-8").splitlines())
        for path in modules(root)
    }
    assert {name: lines for name, lines in lengths.items() if lines > LONGEST_MODULE} == {}


def test_no_function_is_longer_than_a_screen(root: Path):
    found = {}
    for path in modules(root):
        if "versions" in path.parts:
            continue  # a table of many columns is one statement
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef) and statement_lines(node) > LONGEST_FUNCTION:
                found[f"{path.relative_to(root)}:{node.name}"] = statement_lines(node)
    assert found == {}


def statement_lines(function: ast.FunctionDef) -> int:
    """Lines of the body; its docstring and the functions made inside it are left out."""
    body = function.body
    if ast.get_docstring(function, clean=False) is not None:
        body = body[1:]
    inner = sum(
        extent(node.body) for node in ast.walk(function) if isinstance(node, ast.FunctionDef)
    )
    return extent(body) - (inner - extent(function.body))


def extent(body: list[ast.stmt]) -> int:
    return (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0


def test_a_module_is_named_after_what_it_holds(root: Path):
    assert [str(path) for path in modules(root) if path.stem in SAYS_NOTHING] == []


def test_every_module_says_in_its_first_line_what_it_is(root: Path):
    silent = [
        str(path.relative_to(root))
        for path in modules(root)
        if not ast.get_docstring(ast.parse(path.read_text("utf-8")))
    ]
    assert silent == []


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_has_the_rooms_that_every_service_has(service: str, root: Path):
    folder = root / "services" / service.replace("_", "-") / "src" / service
    found = {path.name for path in folder.iterdir()} - {"__pycache__"}
    assert found - ROOMS == set()
    assert {"service.py", "admin.py", "config.py", "domain", "operations", "storage"} <= found


@pytest.mark.parametrize("service", SERVICES)
def test_importing_a_service_s_package_does_nothing(service: str, root: Path):
    package = root / "services" / service.replace("_", "-") / "src" / service / "__init__.py"
    tree = ast.parse(package.read_text("utf-8"))
    assert ast.get_docstring(tree)
    assert len(tree.body) == 1
