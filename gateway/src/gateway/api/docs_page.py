"""``/api/v1/docs``: the OpenAPI document as pages for people: an index, and one page a group."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Any, Final, NamedTuple

import falcon
import msgspec
from markupsafe import Markup, escape

from gateway.api.arguments import JSON_TYPE
from gateway.api.openapi import DESCRIPTION, document
from gateway.api.operation import PREFIX
from gateway.api.schemas import REF
from gateway.web.pages import shared_pages
from gateway.web.request_context import context_of
from gateway.web.resource import Resource, see_other

DOCS: Final = f"{PREFIX}/docs"

_CODE = re.compile(r"`([^`]*)`")
_NOT_IN_SLUG = re.compile(r"[^a-z]+")


class SchemaLabel(NamedTuple):
    """A schema in a few words, and the name of the schema they link to, or empty."""

    words: str
    schema: str


class Member(NamedTuple):
    """A parameter, or a member of a schema."""

    name: str
    place: str
    required: bool
    shape: SchemaLabel
    says: str


class OperationEntry(NamedTuple):
    """One operation, as the page lists it."""

    name: str
    http: str
    path: str
    summary: str
    note: str
    who: str
    scopes: list[str]
    members: list[Member]
    body: SchemaLabel | None
    example: str
    answers: list[tuple[str, str, SchemaLabel | None]]
    refusals: list[str]


class SchemaEntry(NamedTuple):
    """One schema, as the page lists it."""

    name: str
    says: str
    choices: list[str]
    members: list[Member]


class Group(NamedTuple):
    """The operations under one heading; `slug` is the last part of their page's address."""

    slug: str
    title: str
    operations: list[OperationEntry]


class Reference(NamedTuple):
    """What all the pages show."""

    title: str
    paragraphs: list[str]
    groups: dict[str, Group]
    schemas: dict[str, SchemaEntry]


@cache
def reference() -> Reference:
    """The pages' content, made once."""
    openapi = document()
    entries = [
        (operation["tags"][0], _operation_entry(openapi, path, http, operation))
        for path, operations in openapi["paths"].items()
        for http, operation in operations.items()
    ]
    groups = [
        Group(_slug(tag["name"]), tag["name"], [one for its, one in entries if its == tag["name"]])
        for tag in openapi["tags"]
    ]
    schemas = {
        name: _schema_entry(name, one) for name, one in openapi["components"]["schemas"].items()
    }
    paragraphs = [" ".join(part.split()) for part in DESCRIPTION.split("\n\n")]
    by_slug = {group.slug: group for group in groups}
    return Reference(openapi["info"]["title"], paragraphs, by_slug, schemas)


def _slug(title: str) -> str:
    return _NOT_IN_SLUG.sub("-", title.lower()).strip("-")


def _operation_entry(
    openapi: Mapping[str, Any], path: str, http: str, operation: Mapping[str, Any]
) -> OperationEntry:
    parameters = [_resolve_reference(openapi, one) for one in operation.get("parameters", [])]
    body = operation.get("requestBody", {}).get("content", {}).get(JSON_TYPE)
    who, scopes = next(
        (pair for required in operation["security"] for pair in required.items()), ("", [])
    )
    answers = []
    refusals = [status for status, value in operation["responses"].items() if "$ref" in value]
    for status, response in operation["responses"].items():
        if status in refusals:
            continue
        schema = response.get("content", {}).get(JSON_TYPE, {}).get("schema")
        answers.append((status, response["description"], _schema_label(schema) if schema else None))
    return OperationEntry(
        name=operation["operationId"],
        http=http.upper(),
        path=PREFIX + path,
        summary=operation["summary"],
        note=operation.get("description", ""),
        who=who,
        scopes=[str(scope) for scope in scopes],
        members=[_member(one["name"], one["in"], one) for one in parameters],
        body=_schema_label(body["schema"]) if body else None,
        example=_indented_json(body["example"]) if body else "",
        answers=answers,
        refusals=refusals,
    )


def _member(name: str, place: str, parameter: Mapping[str, Any]) -> Member:
    return Member(
        name,
        place,
        parameter.get("required", False),
        _schema_label(parameter["schema"]),
        parameter.get("description", ""),
    )


def _schema_entry(name: str, schema: Mapping[str, Any]) -> SchemaEntry:
    required = schema.get("required", [])
    members = [
        Member(member, "", member in required, _schema_label(one), one.get("description", ""))
        for member, one in schema.get("properties", {}).items()
    ]
    choices = [str(one) for one in schema.get("x-extensible-enum", schema.get("enum", []))]
    return SchemaEntry(name, schema.get("description", ""), choices, members)


def _schema_label(schema: Mapping[str, Any]) -> SchemaLabel:
    """A schema in a few words."""
    if "$ref" in schema:
        name = schema["$ref"].removeprefix(REF)
        return SchemaLabel(name, name)
    if "anyOf" in schema:
        parts = [_schema_label(one) for one in schema["anyOf"]]
        return SchemaLabel(
            " or ".join(part.words for part in parts),
            next((part.schema for part in parts if part.schema), ""),
        )
    if schema.get("type") == "array":
        item = _schema_label(schema.get("items", {}))
        return SchemaLabel(f"list of {item.words}", item.schema)
    if isinstance(schema.get("additionalProperties"), dict):
        value = _schema_label(schema["additionalProperties"])
        return SchemaLabel(f"map to {value.words}", value.schema)
    if "enum" in schema:
        return SchemaLabel(" or ".join(str(one) for one in schema["enum"]), "")
    return SchemaLabel(
        str(schema.get("format") or schema.get("type", "anything")) + _bounds(schema), ""
    )


def _bounds(schema: Mapping[str, Any]) -> str:
    words = [
        f"{sign} {schema[key]}"
        for key, sign in (("minimum", "≥"), ("maximum", "≤"), ("maxLength", "length ≤"))
        if key in schema
    ]
    return f" ({', '.join(words)})" if words else ""


def _resolve_reference(openapi: Mapping[str, Any], value: Mapping[str, Any]) -> Mapping[str, Any]:
    if "$ref" not in value:
        return value
    found: Any = openapi
    for step in value["$ref"].removeprefix("#/").split("/"):
        found = found[step]
    resolved: Mapping[str, Any] = found
    return resolved


def prose(text: str) -> Markup:
    """`text` with what stands in backticks as code."""
    return Markup(_CODE.sub(r"<code class='code'>\1</code>", str(escape(text))))  # noqa: S704 - escaped before


def _indented_json(value: Any) -> str:
    return msgspec.json.format(msgspec.json.encode(value), indent=2).decode()


class DocsAddress(Resource):
    """``/api/v1``: what somebody types who has heard of an API."""

    def on_get(self, _req: falcon.Request, resp: falcon.Response) -> None:
        """On to the page about it."""
        see_other(resp, DOCS)


class DocsPage(Resource):
    """``/api/v1/docs``: every operation by its group, and how the API is used."""

    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        """The index."""
        _show(self, req, resp, "api/docs.html")


class DocsGroupPage(Resource):
    """``/api/v1/docs/<group>``: the operations of one group."""

    def on_get(self, req: falcon.Request, resp: falcon.Response, group: str) -> None:
        """They, after their own index.

        Raises:
            falcon.HTTPNotFound: there is no such group.
        """
        found = reference().groups.get(group)
        if found is None:
            raise falcon.HTTPNotFound
        _show(self, req, resp, "api/docs_group.html", group=found)


class DocsSchemaPage(Resource):
    """``/api/v1/docs/schemas/<name>``: one schema."""

    def on_get(self, req: falcon.Request, resp: falcon.Response, name: str) -> None:
        """Its members, or what it chooses from.

        Raises:
            falcon.HTTPNotFound: there is no such schema.
        """
        found = reference().schemas.get(name)
        if found is None:
            raise falcon.HTTPNotFound
        _show(self, req, resp, "api/docs_schema.html", schema=found)


def _show(
    resource: Resource, req: falcon.Request, resp: falcon.Response, template: str, **values: Any
) -> None:
    """A page of its own, without a cookie, and without a script that it would need."""
    context = context_of(req)
    shown = {
        "lang": context.language,
        "theme": context.theme,
        "practice": None,
        "brand_url": None,
        "flash": None,
        "static": resource.wiring.static.url,
        "reference": reference(),
        "prose": prose,
        "docs": DOCS,
    }
    resp.text = shared_pages().render(template, context.language, shown | values)
    resp.content_type = "text/html; charset=utf-8"
    resp.set_header("Content-Language", context.language)
