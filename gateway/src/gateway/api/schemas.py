"""JSON Schemas of what operations take and answer, made by msgspec from the contracts.

What a request sends is described more strictly than what an answer holds:
unknown members are refused, while an answer may one day hold more. A struct
that occurs in both has two schemas, the request's called ``…Input``.
"""

from __future__ import annotations

import inspect as python
import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

import msgspec

from gateway.api.arguments import ANY, takes_any
from gateway.api.operations import Operation

Schema = dict[str, Any]

REF: Final = "#/components/schemas/"
_CODE: Final = re.compile(r"``([^`]*)``")


class Schemas:
    """The schemas of a set of operations.

    Args:
        operations: all of them.
        others: more structs that answers hold.

    Attributes:
        components: by name, for ``components.schemas``.
    """

    def __init__(
        self, operations: Iterable[Operation], others: Iterable[type[msgspec.Struct]]
    ) -> None:
        operations = list(operations)
        answers = [*{operation.result: None for operation in operations}, *others]
        bodies = {one.name: _body_type(one) for one in operations if one.body_fields}
        types = [*answers, *bodies.values()]
        roots, components = msgspec.json.schema_components(types, ref_template=REF + "{name}")
        self.components: dict[str, Schema] = {
            name: _tidied(schema) for name, schema in components.items()
        }
        named = dict(zip(types, roots, strict=True))
        self._answers = {one: named[one] for one in answers}
        self._bodies = {name: named[kind] for name, kind in bodies.items()}
        self._make_requests_strict()

    def of_answer(self, operation: Operation) -> Schema:
        """The schema of what it answers."""
        return self._answers[operation.result]

    def of_body(self, operation: Operation) -> Schema:
        """The schema of its body."""
        return self._bodies[operation.name]

    def of_parameter(self, operation: Operation, name: str) -> Schema:
        """The schema of one argument in the path or the query, which is never null there."""
        field = operation.fields[name]
        (schema,), components = msgspec.json.schema_components(
            [field.type], ref_template=REF + "{name}"
        )
        for component, its in components.items():
            self.components.setdefault(component, _tidied(its))
        choices = [one for one in schema.get("anyOf", [schema]) if one != {"type": "null"}]
        if takes_any(operation, name):
            choices.append({"type": "string", "enum": [ANY]})
        described = choices[0] if len(choices) == 1 else {"anyOf": choices}
        default = field.default
        if default is not msgspec.NODEFAULT and default is not None and default != "":
            described = described | {"default": msgspec.to_builtins(default)}
        return described

    def _make_requests_strict(self) -> None:
        kept = self._reached(self._answers.values())
        sent = self._reached(self._bodies.values())
        objects = {name for name in sent if self.components[name].get("type") == "object"}
        renamed = {name: f"{name}Input" if name in kept else name for name in objects}
        for old, new in renamed.items():
            strict = _renamed(self.components[old], renamed)
            self.components[new] = strict | {"title": new, "additionalProperties": False}
        self._bodies = {name: _renamed(body, renamed) for name, body in self._bodies.items()}

    def _reached(self, schemas: Iterable[Schema]) -> set[str]:
        """The names of all components that these lead to."""
        names: set[str] = set()
        waiting = [name for schema in schemas for name in _names(schema)]
        while waiting:
            name = waiting.pop()
            if name not in names:
                names.add(name)
                waiting += _names(self.components[name])
        return names


def _body_type(operation: Operation) -> type[Any]:
    """The type of a whole body: the argument that it is, or a struct of those it holds."""
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
    made = msgspec.defstruct(f"{title}Body", members, kw_only=True)
    made.__doc__ = operation.arguments.__doc__
    return made


def _default(field: msgspec.structs.FieldInfo) -> Any:
    made_anew = field.default_factory is not msgspec.NODEFAULT
    return msgspec.field(default_factory=field.default_factory) if made_anew else field.default


def _tidied(schema: Any) -> Any:
    """With docstrings as prose."""
    if isinstance(schema, dict):
        tidied = {name: _tidied(value) for name, value in schema.items()}
        if isinstance(schema.get("description"), str):
            tidied["description"] = _CODE.sub(r"`\1`", python.cleandoc(schema["description"]))
        return tidied
    return [_tidied(one) for one in schema] if isinstance(schema, list) else schema


def _names(schema: Any) -> list[str]:
    """The names of the components that a schema refers to itself."""
    if isinstance(schema, dict):
        own = [schema["$ref"].removeprefix(REF)] if isinstance(schema.get("$ref"), str) else []
        return own + [name for value in schema.values() for name in _names(value)]
    return [name for one in schema for name in _names(one)] if isinstance(schema, list) else []


def _renamed(schema: Any, names: Mapping[str, str]) -> Any:
    """With references to the new names."""
    if isinstance(schema, dict):
        changed = {key: _renamed(value, names) for key, value in schema.items()}
        if isinstance(schema.get("$ref"), str):
            name = schema["$ref"].removeprefix(REF)
            changed["$ref"] = REF + names.get(name, name)
        return changed
    return [_renamed(one, names) for one in schema] if isinstance(schema, list) else schema
