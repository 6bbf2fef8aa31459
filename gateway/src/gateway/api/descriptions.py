"""What the document says of operations and members, from the docstrings of the contracts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any, Final

import msgspec
from msgspec import inspect

from gateway.api.operation import Operation
from portal_contracts.calls import Done, Nothing, PortalOf
from portal_contracts.changes import Changes
from portal_contracts.cleaning import bare
from portal_contracts.meanings import documentation, meaning_of

MORE_VALUES: Final = "Values may be added: a program passes over one that it does not know."

_NONE: Final = re.compile(r"\bNone\b")
_CODE: Final = re.compile(r"``([^`]*)``")
_WORDS: Final = re.compile(r"[a-z0-9_]+")
_SENTENCES: Final = re.compile(r"(?<=[.?]) ")
_STATUSES: Final = tuple(
    (re.compile(rf"\b{error}\b"), status)
    for error, status in (
        ("Conflict(?= stale_)", "412"),
        ("Conflict", "409"),
        ("Invalid", "422"),
        ("NotFound", "404"),
        ("Forbidden", "403"),
    )
)
_SAY_NOTHING: Final = (Nothing, PortalOf)
_SENTENCES_OF_ANSWER: Final = 2
_SHORT: Final = 3
_NEWS: Final = 3
"""So many words longer than that a sentence must add to be worth reading."""
_OF_CHANGES: Final = {
    "PATCH": "A merge patch (RFC 7396): what is left out stays as it is. What reading gave can be "
    "sent back, with changes in it.",
    "PUT": "Every member that can be changed is named; one that is missing is refused by its "
    "name. What reading gave can be sent back, with changes in it.",
}


def prose(text: str) -> str:
    """A docstring in the words of JSON."""
    return _NONE.sub(_null, _CODE.sub(r"`\1`", text))


def description_of(operation: Operation) -> str:
    """What an operation does, besides its summary."""
    told = _words(operation.summary)
    parts = []
    for part in _parts(operation):
        words = _words(part)
        if len(words - told) >= _NEWS:
            parts.append(part)
            told |= words
    return " ".join([*parts, _answer(operation)])


def member_description(struct: type, name: str) -> str:
    """What a member of a struct means, also of one that was made from others."""
    changes = struct.of if issubclass(struct, Changes) else struct
    sources = getattr(struct, "sources", None) or (changes,)
    found = (meaning_of(source, name) for source in sources)
    return prose(next((meaning for meaning in found if meaning), ""))


def structs_within(types: Iterable[Any]) -> dict[str, type[msgspec.Struct]]:
    """All structs that these types lead to, by their names."""
    found: dict[str, type[msgspec.Struct]] = {}
    waiting = [inspect.type_info(one) for one in types]
    while waiting:
        kind = bare(waiting.pop())
        if isinstance(kind, inspect.StructType):
            if kind.cls.__name__ not in found:
                found[kind.cls.__name__] = kind.cls
                waiting += [field.type for field in kind.fields]
        elif isinstance(kind, inspect.UnionType):
            waiting += kind.types
        elif isinstance(kind, inspect.ListType):
            waiting.append(kind.item_type)
        elif isinstance(kind, inspect.DictType):
            waiting.append(kind.value_type)
    return found


def _parts(operation: Operation) -> Iterator[str]:
    yield operation.note
    if operation.is_change:
        yield _OF_CHANGES[operation.http]
        return
    if operation.arguments not in _SAY_NOTHING:
        yield _about(operation, documentation(operation.arguments)[0])
    # What asks in words of its own does a part of what the call can.
    if operation.method is not None and operation.arguments is operation.method.arguments:
        yield _about(operation, operation.method.summary)


def _answer(operation: Operation) -> str:
    if operation.thing is not None:
        also = ", ".join(f"`{name}`" for name in operation.tells)
        gives = f"The answer is what `GET {operation.thing.path}` gives"
        return f"{gives}, with {also} beside." if also else f"{gives}."
    if operation.answer is Done:
        return "The answer is 204, without a body."
    said = _SENTENCES.split(" ".join(prose(documentation(operation.answer)[0]).split()))
    first = " ".join(said[:_SENTENCES_OF_ANSWER])
    return f"The answer: {first[:1].lower()}{first[1:]}"


def _about(operation: Operation, text: str) -> str:
    """The sentences that speak of nothing but what a program sends, in the words of HTTP."""
    unsaid = {f"`{name}`" for name in (*operation.hidden, operation.if_match)}
    sentences = _SENTENCES.split(" ".join(prose(text).split()))
    kept = " ".join(one for one in sentences if not any(name in one for name in unsaid))
    for error, status in _STATUSES:
        kept = error.sub(status, kept)
    return kept


def _words(text: str) -> set[str]:
    return {word for word in _WORDS.findall(text.lower()) if len(word) > _SHORT}


def _null(found: re.Match[str]) -> str:
    return "Null" if found.start() == 0 or found.string[found.start() - 2 :][:1] == "." else "null"
