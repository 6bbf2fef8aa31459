"""Changes of a thing: the members that are to be others. What is left out stays as it is.

A call that changes takes `changes_of` what can be said of the thing, so that whoever does not
know a member, or does not mean it, never empties it.
"""

from __future__ import annotations

from typing import Any, ClassVar, TypeVar

import msgspec
from msgspec import UNSET, Struct, UnsetType
from msgspec.structs import replace

S = TypeVar("S", bound=Struct)


class Changes(Struct, frozen=True, kw_only=True):
    """Base of what `changes_of` makes. `of`: what it changes."""

    of: ClassVar[type[Struct]]


def changes_of(kind: type[Struct], name: str) -> Any:
    """A struct called `name` with the members of `kind`, each of which may be left out."""
    members = [
        (field.name, field.type | UnsetType, UNSET) for field in msgspec.structs.fields(kind)
    ]
    made = msgspec.defstruct(
        name,
        members,
        bases=(Changes,),
        module=kind.__module__,
        frozen=True,
        kw_only=True,
        namespace={"__doc__": f"Changes of `{kind.__name__}`: what is left out stays as it is."},
    )
    made.of = kind  # type: ignore[attr-defined]
    return made


def changed(value: S, changes: Changes | S) -> S:
    """`value` with the members that `changes` holds."""
    return replace(value, **held(changes))


def held(changes: Struct) -> dict[str, Any]:
    """The members that are there, by name."""
    members = {name: getattr(changes, name) for name in changes.__struct_fields__}
    return {name: value for name, value in members.items() if value is not UNSET}
