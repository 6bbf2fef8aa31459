"""The reference of all calls and events, written from the contracts.

``make reference`` writes it to ``docs/reference/messages.md``; a test compares
the file with what the code says now.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import Enum
from typing import Any

import msgspec
import msgspec.inspect as types

from portal_contracts.calls import GATEWAY, Done, Method, Nothing
from portal_contracts.catalogue import EVENTS, METHODS, SERVICES
from portal_contracts.envelope import Event, EventData
from portal_contracts.errors import ERRORS
from portal_contracts.meanings import documentation, meaning_of

INTRODUCTION = """\
# Messages

Written by `make reference` from `libs/portal-contracts`; do not edit.

Services answer **calls** and publish **events**. A call that changes
something carries an idempotency key; repeating it with the same key is safe.
Any call may be refused with one of the errors at the end. Every event
travels in the same [envelope](#event) and is published only because someone
takes it.
"""


def render() -> str:
    """The whole document."""
    parts = [INTRODUCTION, *(_service(service) for service in SERVICES)]
    parts.append("## Envelope\n\n" + _struct(Event))
    parts.append(_shared_structs())
    parts.append(_errors())
    return "\n".join(part.rstrip() + "\n" for part in parts)


def _service(service: str) -> str:
    methods = [method for method in METHODS.values() if method.service == service]
    events = [event for kind, event in EVENTS.items() if kind.startswith(f"{service}.")]
    lines = [f"## {service.replace('_', '-')}", "", "### Calls", ""]
    lines += ["| call | takes | answers | what it guarantees |", "|---|---|---|---|"]
    lines += [_method_row(method) for method in methods]
    if events:
        lines += ["", "### Events", ""]
        lines += [_event(event) for event in events]
    return "\n".join(lines)


def _method_row(method: Method[Any, Any]) -> str:
    marks = ""
    if method.mutates:
        marks = " *Needs an idempotency key.*"
    elif method.personal:
        marks = " *Never logged or stored: it carries a secret.*"
    if method.callers != (GATEWAY,):
        marks += f" *Called by {', '.join(method.callers)}.*"
    takes = "–" if method.arguments is Nothing else _link(method.arguments)
    answers = "–" if method.result is Done else _link(method.result)
    return f"| `{method.address}` | {takes} | {answers} | {method.summary}{marks} |"


def _event(event: type[EventData]) -> str:
    subscribers = ", ".join(f"`{queue}`" for queue in event.SUBSCRIBERS)
    return "\n".join(
        [
            f"#### `{event.TYPE}`",
            "",
            f"Taken by {subscribers}.",
            "",
            *_body(event),
        ]
    )


def _shared_structs() -> str:
    found: dict[str, type] = {}
    for method in METHODS.values():
        for root in (method.arguments, method.result):
            for struct in _reachable(root):
                found.setdefault(struct.__name__, struct)
    for event in EVENTS.values():
        for struct in _reachable(Event[event]):  # type: ignore[valid-type]
            found.setdefault(struct.__name__, struct)
    left_out = {
        "Event",
        "EventData",
        "Done",
        "Nothing",
        *(event.__name__ for event in EVENTS.values()),
    }
    names = sorted(name for name in found if name not in left_out)
    return "## Structs and words\n\n" + "\n".join(_struct(found[name]) for name in names)


def _reachable(root: Any) -> Iterator[type]:
    """The structs and enums that `root` is made of, itself included."""
    pending: list[Any] = [types.type_info(root)]
    seen: set[type] = set()
    while pending:
        node = pending.pop()
        if isinstance(node, (types.StructType, types.EnumType)):
            cls = node.cls
            cls = getattr(cls, "__origin__", cls)
            if cls in seen:
                continue
            seen.add(cls)
            yield cls
        pending += _children(node)


def _children(node: Any) -> Iterable[Any]:
    match node:
        case types.StructType(fields=fields):
            return [field.type for field in fields]
        case types.UnionType(types=members):
            return members
        case types.ListType(item_type=item) | types.VarTupleType(item_type=item):
            return [item]
        case types.DictType(value_type=value):
            return [value]
        case _:
            return ()


def _struct(struct: type) -> str:
    return "\n".join([f"### {struct.__name__}", "", *_body(struct)])


def _body(struct: type) -> list[str]:
    prose, _ = documentation(struct)
    lines = [prose, ""]
    if issubclass(struct, Enum):
        lines += [" · ".join(f"`{member.value}`" for member in struct), ""]
        return lines
    information = types.type_info(struct)
    fields = information.fields if isinstance(information, types.StructType) else ()
    if not fields:
        return lines
    lines += ["| field | type | default | |", "|---|---|---|---|"]
    for field in fields:
        default = "" if field.required else _default(field)
        meaning = meaning_of(struct, field.name)
        lines.append(f"| `{field.name}` | {_type(field.type)} | {default} | {meaning} |")
    return [*lines, ""]


def _default(field: types.Field) -> str:
    value = field.default
    if value is msgspec.NODEFAULT:
        if field.default_factory is msgspec.NODEFAULT:
            return "left out"
        value = field.default_factory()
    if isinstance(value, Enum):
        return f"`{value.value}`"
    if isinstance(value, msgspec.Struct):
        return f"`{type(value).__name__}()`"
    return f"`{msgspec.json.encode(value).decode()}`"


def _type(node: types.Type) -> str:
    """A type in words."""
    match node:
        case types.Metadata(type=inner):
            return _type(inner)
        case types.UnionType(types=members):
            return " or ".join(_type(member) for member in members)
        case (
            types.ListType(item_type=item, max_length=length)
            | types.VarTupleType(item_type=item, max_length=length)
        ):
            return f"list of {_type(item)}" + (f", ≤ {length}" if length else "")
        case types.DictType(value_type=value):
            return f"map of {_type(value)}"
        case types.StructType(cls=cls) | types.EnumType(cls=cls):
            return "the event's payload" if cls is EventData else _link(cls)
        case _:
            return _scalar(node)


def _scalar(node: types.Type) -> str:
    match node:
        case types.StrType(max_length=length, pattern=pattern):
            limits = f" ≤ {length} characters" if length else ""
            return "text" + limits + (f", `{pattern}`" if pattern else "")
        case types.IntType(ge=low, le=high):
            return "whole number" + (f" {low}–{high}" if low is not None else "")
        case _:
            return _PLAIN[type(node)]


_PLAIN: dict[type[types.Type], str] = {
    types.FloatType: "number",
    types.BoolType: "yes or no",
    types.BytesType: "bytes, in base 64",
    types.DateTimeType: "instant",
    types.DateType: "date",
    types.NoneType: "nothing",
    types.UUIDType: "id",
}


def _link(cls: type) -> str:
    return f"[{cls.__name__}](#{cls.__name__.lower()})"


def _errors() -> str:
    lines = ["## Errors", "", "| error | meaning |", "|---|---|"]
    lines += [f"| `{kind}` | {documentation(error)[0]} |" for kind, error in ERRORS.items()]
    return "\n".join(lines)
