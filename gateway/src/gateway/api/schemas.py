"""JSON Schemas of requests and responses, made by msgspec from the contracts.

What a request sends is described more strictly than what a response holds:
unknown members are refused, while a response may one day hold more, and more values of an
enumeration. What occurs in both has two schemas, the request's called ``…Input``.
"""

from __future__ import annotations

import inspect as python
from collections.abc import Iterable, Mapping
from typing import Any, Final

import msgspec

from gateway.api.arguments import ANY, takes_any
from gateway.api.descriptions import MORE_VALUES, member_description, prose, structs_within
from gateway.api.operation import Operation

Schema = dict[str, Any]

REF: Final = "#/components/schemas/"


class Schemas:
    """The schemas of a set of operations.

    Args:
        operations: all of them.
        others: more structs that responses hold.

    Attributes:
        components: by name, for ``components.schemas``.
    """

    def __init__(
        self, operations: Iterable[Operation], others: Iterable[type[msgspec.Struct]]
    ) -> None:
        operations = list(operations)
        responses = [*{operation.answer: None for operation in operations}, *others]
        bodies = {one.name: _body_type(one) for one in operations if one.body_fields}
        types = [*responses, *bodies.values()]
        asked = [
            operation.fields[name].type
            for operation in operations
            for name in (*operation.query_fields, *operation.path_fields)
        ]
        roots, components = msgspec.json.schema_components(
            [*types, *asked], ref_template=REF + "{name}"
        )
        self._parameter_enums = {
            name for root in roots[len(types) :] for name in _referenced_names(root)
        }
        self._structs = structs_within(types)
        self.components: dict[str, Schema] = {
            name: self._described(name, schema) for name, schema in components.items()
        }
        named = dict(zip(types, roots, strict=False))
        self._responses = {one: named[one] for one in responses}
        self._bodies = {name: named[kind] for name, kind in bodies.items()}
        self._make_requests_strict()

    def of_response(self, operation: Operation) -> Schema:
        """The schema of its response."""
        return self._responses[operation.answer]

    def of_body(self, operation: Operation) -> Schema:
        """The schema of its body."""
        return self._bodies[operation.name]

    def of_parameter(self, operation: Operation, name: str) -> Schema:
        """The schema of one argument in the path or the query, which is never null there."""
        field = operation.fields[name]
        (schema,), _ = msgspec.json.schema_components([field.type], ref_template=REF + "{name}")
        choices = [one for one in schema.get("anyOf", [schema]) if one != {"type": "null"}]
        if takes_any(operation, name):
            choices.append({"type": "string", "enum": [ANY]})
        choices = [_with_renamed_references(one, self._renamed) for one in choices]
        parameter_schema = choices[0] if len(choices) == 1 else {"anyOf": choices}
        default = field.default
        if default is not msgspec.NODEFAULT and default is not None and default != "":
            parameter_schema = parameter_schema | {"default": msgspec.to_builtins(default)}
        return parameter_schema

    def _described(self, name: str, schema: Schema) -> Schema:
        """The schema of a component with what it and its members mean."""
        with_prose: Schema = _with_prose(schema)
        struct = self._structs.get(name)
        if struct is not None:
            with_prose["properties"] = {
                member: one | {"description": member_description(struct, member)}
                for member, one in with_prose["properties"].items()
            }
        return with_prose

    def _make_requests_strict(self) -> None:
        in_responses = self._reachable(self._responses.values())
        in_requests = self._reachable(self._bodies.values())
        chosen = self._parameter_enums & set(self.components)
        renamed = {
            name: f"{name}Input" if name in in_responses else name
            for name in in_requests | chosen
            if {"properties", "enum"} & set(self.components[name])
        }
        for old, new in renamed.items():
            strict = _with_renamed_references(self.components[old], renamed) | {"title": new}
            closed = {} if "enum" in strict else {"additionalProperties": False}
            self.components[new] = strict | closed
        for name in in_responses:
            self.components[name] = _open_enum(self.components[name])
        self._renamed = renamed
        self._bodies = {
            name: _with_renamed_references(body, renamed) for name, body in self._bodies.items()
        }

    def _reachable(self, schemas: Iterable[Schema]) -> set[str]:
        """The names of all components that these lead to."""
        names: set[str] = set()
        waiting = [name for schema in schemas for name in _referenced_names(schema)]
        while waiting:
            name = waiting.pop()
            if name not in names:
                names.add(name)
                waiting += _referenced_names(self.components[name])
        return names


def _body_type(operation: Operation) -> type[Any]:
    """The type of a whole body: the argument that it is, or a struct of those it holds."""
    if operation.body_type is not None:
        return operation.body_type
    if operation.body is not None:
        kind: type[Any] = operation.fields[operation.body].type
        return kind
    members: list[tuple[str, Any] | tuple[str, Any, Any]] = []
    for name in operation.body_fields:
        field = operation.fields[name]
        members.append(
            (name, field.type) if field.required else (name, field.type, _default(field))
        )
    title = "".join(word.capitalize() for word in operation.name.split("_"))
    body_struct = msgspec.defstruct(f"{title}Body", members, kw_only=True)
    body_struct.__doc__ = operation.arguments.__doc__
    body_struct.sources = (operation.arguments,)  # type: ignore[attr-defined]
    return body_struct


def _default(field: msgspec.structs.FieldInfo) -> Any:
    has_factory = field.default_factory is not msgspec.NODEFAULT
    return msgspec.field(default_factory=field.default_factory) if has_factory else field.default


def _open_enum(schema: Schema) -> Schema:
    """What an answer chooses from, without closing it: more values may come."""
    if "enum" not in schema:
        return schema
    choices = {"type": "string", "x-extensible-enum": schema["enum"]}
    described = f"{schema.get('description', '')} {MORE_VALUES}".strip()
    return (
        {name: value for name, value in schema.items() if name != "enum"}
        | choices
        | {"description": described}
    )


def _with_prose(schema: Any) -> Any:
    """The schema with its docstrings as prose."""
    if isinstance(schema, dict):
        with_prose = {name: _with_prose(value) for name, value in schema.items()}
        if isinstance(schema.get("description"), str):
            said = python.cleandoc(schema["description"]).partition("\nAttributes:\n")[0]
            with_prose["description"] = prose(said.strip())
        return with_prose
    return [_with_prose(one) for one in schema] if isinstance(schema, list) else schema


def _referenced_names(schema: Any) -> list[str]:
    """The names of the components that a schema refers to itself."""
    if isinstance(schema, dict):
        own = [schema["$ref"].removeprefix(REF)] if isinstance(schema.get("$ref"), str) else []
        return own + [name for value in schema.values() for name in _referenced_names(value)]
    return (
        [name for one in schema for name in _referenced_names(one)]
        if isinstance(schema, list)
        else []
    )


def _with_renamed_references(schema: Any, names: Mapping[str, str]) -> Any:
    """With references to the new names."""
    if isinstance(schema, dict):
        changed = {key: _with_renamed_references(value, names) for key, value in schema.items()}
        if isinstance(schema.get("$ref"), str):
            name = schema["$ref"].removeprefix(REF)
            changed["$ref"] = REF + names.get(name, name)
        return changed
    return (
        [_with_renamed_references(one, names) for one in schema]
        if isinstance(schema, list)
        else schema
    )
