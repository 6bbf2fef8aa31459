"""Texts that are longer than the contract lets through, named before a call is made of them.

A service could only refuse the whole call, without a word about which field it was.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

import msgspec
from msgspec import inspect

from gateway.words.errors import FieldError
from portal_contracts.cleaning import bare, cleaned
from portal_contracts.errors import Invalid

TEXT_TOO_LONG = "text_too_long"


def require_short_texts(arguments: msgspec.Struct) -> None:
    """Refuse arguments with texts that are too long once they are cleaned.

    Raises:
        Invalid: ``invalid_fields``: every such text by the name of its member.
    """
    if _too_long(arguments) and (errors := _too_long(cleaned(arguments))):
        raise Invalid("invalid_fields", "Some texts are too long.", fields=errors)


def check_length(name: str, text: str, most: int, errors: dict[str, str]) -> None:
    """Note among `errors` that a text is too long, to be told with what else is wrong."""
    if len(text) > most:
        errors[name] = FieldError(TEXT_TOO_LONG, limit=most)


def _too_long(value: msgspec.Struct) -> dict[str, str]:
    limits, structs = _limits(type(value))
    errors: dict[str, str] = {
        name: FieldError(TEXT_TOO_LONG, limit=most)
        for name, most in limits
        if len(getattr(value, name) or "") > most
    }
    for name in structs:
        errors |= _too_long(getattr(value, name))
    return errors


@cache
def _limits(cls: type[msgspec.Struct]) -> tuple[list[tuple[str, int]], list[str]]:
    """The longest of each text of `cls`, and its members that hold texts in turn."""
    fields: list[tuple[str, inspect.Type]] = [
        (field.name, bare(field.type)) for field in _fields(cls)
    ]
    limits = [
        (name, kind.max_length)
        for name, kind in fields
        if isinstance(kind, inspect.StrType) and kind.max_length and not kind.pattern
    ]
    structs = [
        name
        for name, kind in fields
        if isinstance(kind, inspect.StructType) and any(_limits(kind.cls))
    ]
    return limits, structs


def _fields(cls: type[msgspec.Struct]) -> Iterator[inspect.Field]:
    kind: Any = inspect.type_info(cls)
    yield from kind.fields
