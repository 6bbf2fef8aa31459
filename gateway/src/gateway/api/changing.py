"""What can be changed of a thing: its members, derived from the calls that read and change it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Annotated, Any

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType, inspect

from gateway.api.api_request import ApiRequest
from portal_contracts.calls import Method

VERSIONS = ("version", "revision")
CHANGE = "change"
"""The argument that holds what was sent."""

Guard = Callable[[ApiRequest, Mapping[str, Any], Any], None]
"""Takes the request, the arguments that name the thing, and the value."""


@dataclass(frozen=True)
class Member:
    """One member that can be changed: what it may hold, and what it is without a word on it."""

    name: str
    python_type: Any
    kind: inspect.Type
    required: bool
    default: Any

    @property
    def takes_null(self) -> bool:
        """Whether null is a value of it."""
        return isinstance(self.kind, inspect.UnionType) and self.kind.includes_none

    @property
    def is_object(self) -> bool:
        """Whether it holds a struct, whose members can be changed one by one."""
        kinds = self.kind.types if isinstance(self.kind, inspect.UnionType) else (self.kind,)
        return any(isinstance(one, inspect.StructType) for one in kinds)


@dataclass(frozen=True, kw_only=True)
class Changing:
    """How a thing is changed.

    Attributes:
        ids: the arguments that name the thing, as in its path.
        read: the call that gives the thing.
        edit: the call that changes it from the version or revision that was read.
        body: the argument of `edit` that holds the changes; None: each one left is a change.
        states: calls that each change one member by itself, whatever the version.
        later: members that came after the first release. No program of that time knows them, so
            a whole may leave them out, and they stay.
        reading: arguments of `read` where the thing is read only to compare and to merge.
        guards: by member of `states`, what refuses its new value before anything is changed.
    """

    ids: tuple[str, ...]
    read: Method[Any, Any]
    edit: Method[Any, Any] | None = None
    body: str | None = None
    states: tuple[Method[Any, Any], ...] = ()
    later: frozenset[str] = frozenset()
    reading: Mapping[str, Any] = field(default_factory=dict)
    guards: Mapping[str, Guard] = field(default_factory=dict)

    @cached_property
    def version(self) -> str | None:
        """The argument of `edit`, and the member of the thing, that says what was read."""
        of_edit = self._arguments_of(self.edit)
        return next((name for name in VERSIONS if name in of_edit), None)

    @cached_property
    def shown(self) -> Mapping[str, msgspec.structs.FieldInfo]:
        """The members of the thing as it is read."""
        return _fields(self.read.result)

    @cached_property
    def members(self) -> Mapping[str, Member]:
        """What `edit` changes."""
        if self.edit is None:
            return {}
        whole = self._whole
        if whole is not None:
            return _members(whole)
        return {
            name: one
            for name, one in _members(self.edit.arguments).items()
            if name not in (*self.ids, self.version)
        }

    @cached_property
    def by_states(self) -> Mapping[str, tuple[Member, Method[Any, Any]]]:
        """What a call of its own changes, with that call."""
        return {
            name: (member, method)
            for method in self.states
            for name, member in _members(method.arguments).items()
            if name not in self.ids
        }

    @property
    def inside(self) -> str | None:
        """The member of the thing that holds what can be changed; None where it is the thing."""
        return self.body if self.body in self.shown else None

    @cached_property
    def beside(self) -> tuple[str, ...]:
        """The arguments of `edit` that are no change of the thing, but say how it is made."""
        placed = {*self.ids, self.version, self.body, *self.members}
        return tuple(name for name in self._arguments_of(self.edit) if name not in placed)

    def is_of_whole(self, member: Member) -> bool:
        """Whether a whole thing names the member; what is no struct names what `edit` needs."""
        return member.required or (self.body is not None and member.name not in self.later)

    def arguments(self, name: str) -> type[Struct]:
        """The arguments of an operation of that name that changes the thing."""
        methods = [one for one in (self.edit, *self.states) if one is not None]
        types = {key: one for method in methods for key, one in _fields(method.arguments).items()}
        members: list[Any] = [(one, types[one].type) for one in self.ids]
        members += [(one, types[one].type, types[one].default) for one in self.beside]
        members += [] if self.version is None else [(self.version, int | None, None)]
        members += [(CHANGE, dict[str, Any])]
        made = msgspec.defstruct(_title(name), members, kw_only=True, frozen=True)
        made.sources = tuple(one.arguments for one in methods)  # type: ignore[attr-defined]
        return made

    def patch_type(self) -> type[Struct]:
        """The thing as a merge patch holds it: each member may be left out."""
        members = [_patched(one) for one in self.members.values()]
        name = self.read.result.__name__
        if self.inside is not None:
            inner = _optional(f"{name}{self.inside.capitalize()}Patch", members, self._sources)
            members = [(self.inside, inner | UnsetType, UNSET)]
        members += [_patched(one) for one, _method in self.by_states.values()]
        known = {one[0] for one in members}
        members += [
            (one.name, _read_only(one.type), UNSET)
            for one in self.shown.values()
            if one.name not in known
        ]
        return _optional(f"{name}Patch", members, self._sources)

    def whole_type(self) -> type[Struct]:
        """All that can be changed, with nothing left out."""
        members: list[Any] = [
            (one.name, one.python_type)
            if self.is_of_whole(one)
            else (one.name, one.python_type | UnsetType, UNSET)
            for one in self.members.values()
        ]
        said = self._whole or self.edit
        name = said.__name__ if isinstance(said, type) else _title(said.name if said else "")
        made = msgspec.defstruct(f"{name}Whole", members, kw_only=True)
        made.__doc__ = "All that can be changed, with nothing left out."
        made.sources = self._sources  # type: ignore[attr-defined]
        return made

    @property
    def _sources(self) -> tuple[type[Struct], ...]:
        """The structs that say what its members mean."""
        said = self._whole or (self.edit.arguments if self.edit else None)
        return (self.read.result,) if said is None else (said, self.read.result)

    @property
    def _whole(self) -> type[Struct] | None:
        """The struct of which the body holds changes."""
        if self.body is None or self.edit is None:
            return None
        changes: Any = _fields(self.edit.arguments)[self.body].type
        whole: type[Struct] = changes.of
        return whole

    @staticmethod
    def _arguments_of(method: Method[Any, Any] | None) -> Mapping[str, Any]:
        return {} if method is None else _fields(method.arguments)


def _fields(struct: type[Struct]) -> dict[str, msgspec.structs.FieldInfo]:
    return {one.name: one for one in msgspec.structs.fields(struct)}


def _members(struct: type[Struct]) -> dict[str, Member]:
    types: Any = inspect.type_info(struct)
    kinds = {one.name: one.type for one in types.fields}
    return {
        one.name: Member(one.name, one.type, kinds[one.name], one.required, _default(one))
        for one in msgspec.structs.fields(struct)
    }


def _default(one: msgspec.structs.FieldInfo) -> Any:
    if one.default_factory is not msgspec.NODEFAULT:
        return one.default_factory()
    return None if one.default is msgspec.NODEFAULT else one.default


def _patched(member: Member) -> tuple[str, Any, Any]:
    """It may be left out, and be null where that is not missing."""
    kind = member.python_type | UnsetType
    return member.name, kind if member.required else kind | None, UNSET


def _read_only(kind: Any) -> Any:
    return Annotated[kind, Meta(extra_json_schema={"readOnly": True})] | UnsetType


def _optional(name: str, members: list[Any], sources: tuple[type[Struct], ...]) -> type[Struct]:
    made = msgspec.defstruct(name, members, kw_only=True)
    made.sources = sources  # type: ignore[attr-defined]
    made.__doc__ = (
        "A merge patch (RFC 7396): what is left out stays as it is; null puts a member back to "
        "its default, or is a value where it can be one. A member that cannot be changed is "
        "refused unless it is as it was read."
    )
    return made


def _title(name: str) -> str:
    return "".join(word.capitalize() for word in name.split("_"))
