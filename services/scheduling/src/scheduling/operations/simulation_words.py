"""What is wrong with a document of the simulation, in the document's own terms."""

from __future__ import annotations

import re

import msgspec
from msgspec import inspect

_PLACE = re.compile(r" - at `\$(?P<path>[^`]*)`$")
_STEP = re.compile(r"\.(?P<name>\w+)|\[(?:\d+|\.\.\.)\]")
_WORDS: dict[type[inspect.Type], str] = {
    inspect.IntType: "a whole number",
    inspect.StrType: "a text",
    inspect.DateType: "a date, for example 2026-12-14",
    inspect.DateTimeType: "an instant with its offset, for example 2026-12-14T09:00:00Z",
    inspect.ListType: "a list",
    inspect.NoneType: "null",
}


def sentence(error: Exception, document: type[msgspec.Struct]) -> str:
    """Where it is, and what has to stand there: ``weekly[0].days[0]: one of mon, tue``.

    Args:
        error: what msgspec says.
        document: what should have been read.
    """
    text = str(error)
    found = _PLACE.search(text)
    if isinstance(error, msgspec.ValidationError) and not text.startswith("Object "):
        place = found["path"].removeprefix(".") if found else ""
        expected = _expected(inspect.type_info(document), found["path"] if found else "")
        return f"{place}: {expected}." if place else f"It has to be {expected}."
    if found:
        place = found["path"].removeprefix(".")
        return f"{place}: {text[: found.start()].removeprefix('Object ')}." if place else text
    return text.removeprefix("Object ").capitalize() + "."


def _expected(kind: inspect.Type, path: str) -> str:
    for step in _STEP.finditer(path):
        kind = _inside(kind, step["name"])
    return _in_words(kind)


def _inside(kind: inspect.Type, name: str | None) -> inspect.Type:
    """What stands at a name, or in a list."""
    for one in _choices(kind):
        if name is None and isinstance(one, inspect.ListType):
            return one.item_type
        if isinstance(one, inspect.StructType):
            for field in one.fields:
                if field.encode_name == name:
                    return field.type
    return inspect.AnyType()


def _in_words(kind: inspect.Type) -> str:
    told = []
    for one in _choices(kind):
        if isinstance(one, inspect.LiteralType):
            told.append(f"one of {', '.join(str(value) for value in one.values)}")
        elif isinstance(one, inspect.EnumType):
            told.append(f"one of {', '.join(str(member.value) for member in one.cls)}")
        elif isinstance(one, inspect.StructType):
            told.append(f"an object with {', '.join(field.encode_name for field in one.fields)}")
        else:
            told.append(_WORDS.get(type(one), "something else"))
    return " or ".join(told)


def _choices(kind: inspect.Type) -> tuple[inspect.Type, ...]:
    return kind.types if isinstance(kind, inspect.UnionType) else (kind,)
