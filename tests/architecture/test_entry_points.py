"""A call is answered by one operation; what it runs in and who may stand before it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SOURCES = [
    *sorted(ROOT.glob("services/*/src/*/entry_points/*.py")),
    *sorted(ROOT.glob("services/*/src/*/service.py")),
]


def answers(tree: ast.Module) -> Iterator[ast.FunctionDef]:
    """The methods that answer a call."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and any(map(is_rpc, node.decorator_list)):
            yield node


def is_rpc(node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and ast.unparse(node.func) == "rpc"


def is_one_operation(method: ast.FunctionDef) -> bool:
    """Whether it says what it does and returns that, at most after it has a job woken."""
    said, *before, last = method.body
    return (
        isinstance(said, ast.Expr)
        and all(ast.unparse(line).startswith("after_commit(tx, ") for line in before)
        and isinstance(last, ast.Return)
    )


def test_a_call_is_answered_by_one_operation():
    methods = [
        (path, method) for path in SOURCES for method in answers(ast.parse(path.read_text("utf-8")))
    ]
    assert methods
    several = [
        f"{path.relative_to(ROOT)}:{method.lineno}"
        for path, method in methods
        if not is_one_operation(method)
    ]
    assert several == []
