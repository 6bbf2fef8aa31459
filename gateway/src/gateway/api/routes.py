"""The addresses of the API: one per path of the table."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import Final

from gateway.api.all_operations import OPERATIONS
from gateway.api.docs_page import DocsAddress, DocsGroupPage, DocsPage, DocsSchemaPage
from gateway.api.openapi import OpenApiDocument
from gateway.api.operation import PREFIX, Operation
from gateway.api.operations_resource import resource_for
from gateway.api.problem_pages import ProblemPage, ProblemsPage
from gateway.web.routing import Door, Owner, Route, open_route


def _routes() -> Iterator[Route]:
    by_path = sorted(OPERATIONS, key=_pattern)
    for pattern, group in groupby(by_path, key=_pattern):
        operations = list(group)
        owner, *others = {operation.owner for operation in operations}
        if others:
            message = f"{pattern}: one path has one owner."
            raise ValueError(message)
        permissions = {operation.http: operation.permission for operation in operations}
        yield Route(
            pattern, resource_for(operations), owner, door=Door.API, permissions=permissions
        )


def _pattern(operation: Operation) -> str:
    return operation.pattern


DOCUMENT: Final = Route(
    f"{PREFIX}/openapi.json",
    OpenApiDocument,
    Owner.NOBODY,
    door=Door.API,
    permissions={"GET": None},
)

ROUTES: Final[tuple[Route, ...]] = (*_routes(), DOCUMENT)
"""Every address of the API that a bearer, or nobody, may ask."""

PAGES: Final[tuple[Route, ...]] = (
    open_route(PREFIX, DocsAddress),
    open_route(f"{PREFIX}/docs", DocsPage),
    open_route(f"{PREFIX}/docs/{{group}}", DocsGroupPage),
    open_route(f"{PREFIX}/docs/schemas/{{name}}", DocsSchemaPage),
    open_route("/problems", ProblemsPage),
    open_route("/problems/{code}", ProblemPage),
)
"""The pages about it."""
