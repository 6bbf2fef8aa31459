"""What is wrong with a value of JSON, each thing at its place, before it is converted.

msgspec stops at the first fault and lets unknown members pass. This walks a
value beside the type it is meant for, and names all that is missing or
unknown, and the few values that a type takes and no service can: numbers beyond
what JSON programs agree on (RFC 7493, section 2.2), years at the ends of the calendar.
Texts were cleaned before.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

import msgspec
from msgspec import inspect

from portal_contracts.text import cut_line

LARGEST_INTEGER: Final = 2**53 - 1
FIRST_YEAR: Final = 1000
LAST_YEAR: Final = 2999

_YEAR = re.compile(r"(\d{4})-")
_WHERE = re.compile(r" - at `(?:key in )?\$(?P<path>.*)`$")
_STEP = re.compile(r"\.([A-Za-z0-9_]+)|\[(\d+)\]")
_CODES = (
    (re.compile(r"of length [<>]="), "wrong_length"),
    (re.compile(r"Expected `(?:int|float)` [<>]"), "out_of_range"),
    (re.compile(r"Invalid enum value"), "unknown_choice"),
    (re.compile(r"Invalid|matching regex|timezone"), "wrong_format"),
)

Fault = tuple[str, str]
"""A JSON pointer (RFC 6901) and a code."""


def faults(kind: inspect.Type, value: Any, pointer: str = "") -> Iterator[Fault]:
    """Everything wrong with `value`, which is meant to be of `kind`, at `pointer`."""
    if isinstance(value, str):
        yield from _faults_of_text(kind, value, pointer)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        if abs(value) > LARGEST_INTEGER:
            yield pointer, "out_of_range"
    elif isinstance(value, list):
        item = _type_among(kind, inspect.ListType)
        for index, one in enumerate(value if item else ()):
            yield from faults(item.item_type, one, f"{pointer}/{index}")
    elif isinstance(value, dict):
        yield from _faults_of_object(kind, value, pointer)


def member_faults(
    kind: inspect.Type, python_type: Any, value: Any, pointer: str
) -> Iterator[Fault]:
    """As `faults`, for a member of type `python_type`; a plain value of another type is one too."""
    found = list(faults(kind, value, pointer))
    if not found and not isinstance(value, dict | list):
        try:
            msgspec.convert(value, python_type)
        except msgspec.ValidationError as error:
            found = [(pointer, place_and_code(error)[1])]
    yield from found


def place_and_code(error: msgspec.ValidationError) -> Fault:
    """Where msgspec found a fault, and what it is."""
    text = str(error)
    found = _WHERE.search(text)
    steps = _STEP.findall(found["path"]) if found else []
    pointer = "".join(f"/{name or index}" for name, index in steps)
    code = next((code for pattern, code in _CODES if pattern.search(text)), "wrong_type")
    return pointer, code


def _faults_of_object(kind: inspect.Type, value: dict[str, Any], pointer: str) -> Iterator[Fault]:
    if struct := _type_among(kind, inspect.StructType):
        known = {field.encode_name: field for field in struct.fields}
        types = {field.encode_name: field.type for field in msgspec.structs.fields(struct.cls)}
        for name, one in value.items():
            if name in known:
                yield from member_faults(known[name].type, types[name], one, f"{pointer}/{name}")
            else:
                yield f"{pointer}/{escaped(name)}", "unknown_member"
        for name, field in known.items():
            if field.required and name not in value:
                yield f"{pointer}/{name}", "missing"
    elif table := _type_among(kind, inspect.DictType):
        for name, one in value.items():
            yield from faults(table.value_type, one, f"{pointer}/{escaped(name)}")


def _faults_of_text(kind: inspect.Type, value: str, pointer: str) -> Iterator[Fault]:
    dated = _type_among(kind, inspect.DateTimeType) or _type_among(kind, inspect.DateType)
    year = _YEAR.match(value) if dated else None
    if year and not FIRST_YEAR <= int(year[1]) <= LAST_YEAR:
        yield pointer, "out_of_range"


def _type_among(kind: inspect.Type, wanted: type[Any]) -> Any:
    """`kind` itself, or the part of a union, that is a `wanted`; None when there is none."""
    if isinstance(kind, inspect.UnionType):
        return next((one for one in kind.types if isinstance(one, wanted)), None)
    return kind if isinstance(kind, wanted) else None


def escaped(name: str) -> str:
    """A member's name in a pointer, cut; it was made up by whoever asks."""
    return cut_line(name, 40).replace("~", "~0").replace("/", "~1")
