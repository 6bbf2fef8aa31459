"""Texts of structs and of JSON made what their types say; see `portal_contracts.text`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, TypeVar

import msgspec
from msgspec import Struct, inspect
from msgspec.structs import replace

from portal_contracts.text import ONE_LINE, line, paragraphs

S = TypeVar("S", bound=Struct)

Clean = Callable[[Any], Any]


def cleaned(value: S) -> S:
    """`value` with every text in it as its type says; the same object where nothing changes.

    Texts with a pattern stay as they are: it says what they are made of.
    """
    clean = _cleaner_of_struct(type(value))
    return value if clean is None else clean(value)


def cleaned_json(kind: inspect.Type, value: Any) -> Any:
    """JSON that is meant to be of `kind`, with its texts as `kind` says.

    What does not fit `kind` stays as it is, for whoever converts it to refuse.
    """
    clean = cleaner_of(kind)
    return value if clean is None else clean(value)


def decode_cleaned(kind: type[S], body: bytes | msgspec.Raw) -> S:
    """The struct in JSON, cleaned; a length is judged by what is left then.

    Raises:
        msgspec.MsgspecError: it is no such JSON.
        UnicodeDecodeError: nor UTF-8.
        RecursionError: it is nested too deeply.
    """
    try:
        return cleaned(msgspec.json.decode(body, type=kind))
    except msgspec.ValidationError:
        values = cleaned_json(inspect.type_info(kind), msgspec.json.decode(body))
        return msgspec.convert(values, kind, str_keys=True)


def cleaner_of(kind: inspect.Type) -> Clean | None:
    """What cleans a value of `kind`, a struct or its JSON; None where it holds no text."""
    clean: Clean | None = None
    match kind:
        case inspect.Metadata(type=inspect.StrType(), extra=extra):
            clean = _if_text(line) if extra == ONE_LINE else None
        case inspect.Metadata(type=inner):
            clean = cleaner_of(inner)
        case inspect.StrType(pattern=None):
            clean = _if_text(paragraphs)
        case inspect.UnionType(types=members):
            clean = _cleaner_of_union(members)
        case inspect.StructType(cls=cls):
            # Looked up when there is something to clean: a struct may hold its like.
            clean = _clean_struct(cls)
        case inspect.ListType(item_type=item):
            clean = _each(cleaner_of(item))
        case inspect.DictType(key_type=key, value_type=member):
            clean = _of_map(cleaner_of(key), cleaner_of(member))
    return clean


def bare(kind: inspect.Type) -> inspect.Type:
    """`kind` without what a contract says of its text."""
    return bare(kind.type) if isinstance(kind, inspect.Metadata) else kind


def _if_text(clean: Callable[[str], str]) -> Clean:
    return lambda value: clean(value) if isinstance(value, str) else value


def _each(clean: Clean | None) -> Clean | None:
    if clean is None:
        return None
    return lambda value: [clean(one) for one in value] if isinstance(value, list) else value


def _of_map(key: Clean | None, member: Clean | None) -> Clean | None:
    """Names in a map are lines, whatever they name."""
    if key is None and member is None:
        return None

    def clean_map(value: Any) -> Any:
        if not isinstance(value, Mapping):
            return value
        return {
            line(name) if key else name: member(one) if member else one
            for name, one in value.items()
        }

    return clean_map


def _cleaner_of_union(members: tuple[inspect.Type, ...]) -> Clean | None:
    """Each cleaner lets pass what it is not for."""
    cleaners = [clean for one in members if (clean := cleaner_of(one)) is not None]
    if len(cleaners) < 2:  # noqa: PLR2004 - one of it is the usual case: this, or nothing
        return cleaners[0] if cleaners else None

    def clean_any(value: Any) -> Any:
        for clean in cleaners:
            value = clean(value)
        return value

    return clean_any


def _clean_struct(cls: type[Struct]) -> Clean:
    def clean_if_it_holds_text(value: Any) -> Any:
        clean = _cleaner_of_struct(cls)
        return value if clean is None else clean(value)

    return clean_if_it_holds_text


@cache
def _cleaner_of_struct(cls: type[Struct]) -> Clean | None:
    kind: Any = inspect.type_info(cls)
    fields = {
        field.name: (field.encode_name, clean)
        for field in kind.fields
        if (clean := cleaner_of(field.type)) is not None
    }
    if not fields:
        return None
    of_json = dict(fields.values())

    def clean_fields(value: Any) -> Any:
        if isinstance(value, dict):
            return {
                name: of_json[name](one) if name in of_json else one for name, one in value.items()
            }
        if not isinstance(value, cls):
            return value
        changed = {
            name: new
            for name, (_, clean) in fields.items()
            if (new := clean(old := getattr(value, name))) is not old and new != old
        }
        return replace(value, **changed) if changed else value

    return clean_fields
