"""What an operation of the API is: one HTTP method on one path, over one contract.

An operation is declared, not programmed. The members of its arguments struct
come from the path, the ``If-Match`` header, the query and the body; its
result struct is the response. What is declared here is checked as it is
declared, so that a slip stops the gateway's tests and not a request.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final
from uuid import UUID

import msgspec
from msgspec import inspect

from gateway.api.api_request import ApiRequest
from gateway.api.changing import CHANGE
from gateway.web.routing import Owner
from portal_contracts.calls import Done, Method
from portal_contracts.permissions import Permission

PREFIX: Final = "/api/v1"
WITHOUT_BODY: Final = frozenset({"GET", "DELETE"})

_PATH_FIELD = re.compile(r"\{([a-z_]+)\}")
_NESTED: Final = (inspect.CollectionType, inspect.DictType, inspect.StructType)
_CONVERTERS: dict[Any, str] = {UUID: ":uuid", UUID | None: ":uuid", int: ":int"}

OperationFunction = Callable[[ApiRequest, Any], msgspec.Struct]
"""Does an operation: takes its arguments, gives its result, raises what it is refused with."""


@dataclass(frozen=True, kw_only=True)
class Operation:
    """One HTTP method on one path of the API.

    Attributes:
        http: the HTTP method.
        path: below ``/api/v1``, its fields named as the arguments are.
        name: the operationId.
        summary: what it does, in one sentence.
        tag: under which heading it is listed.
        owner: for whom.
        arguments: struct of all that it takes.
        result: struct of the response's body; `Done` means 204 without one.
        function: does it; for most it is a single call to a service.
        method: that call, where it is a single one.
        permission: what a practitioner's token must be allowed.
        needs_scope: a practitioner's token must be allowed it; not what all of a practice may know.
        body: the argument that is the whole body; None: each one left is a member.
        hidden: arguments that stay at their defaults.
        if_match: the argument that ``If-Match`` holds.
        if_match_needed: no request goes without it; else the function says which needs it.
        etag: the member of the result that is its ETag; None: a hash of the body.
        created: path of what was created, filled from the result, or empty where it
            cannot be read by itself; the status is 201.
        also: statuses it may be refused with besides those that follow from the rest.
        body_type: what its body is in the document, where that is not the argument's own type.
        thing: the read whose representation it answers with, as the thing is after the change.
        tells: members of its own result that its answer holds beside those of `thing`.
        note: more to say in the document.
    """

    http: str
    path: str
    name: str
    summary: str
    tag: str
    owner: Owner
    arguments: type[msgspec.Struct]
    result: type[msgspec.Struct]
    function: OperationFunction
    method: Method[Any, Any] | None = None
    permission: Permission | None = None
    needs_scope: bool = True
    body: str | None = None
    hidden: tuple[str, ...] = ()
    if_match: str | None = None
    if_match_needed: bool = True
    etag: str | None = None
    created: str | None = None
    also: tuple[int, ...] = ()
    body_type: type[msgspec.Struct] | None = None
    thing: Operation | None = None
    tells: tuple[str, ...] = ()
    note: str = ""

    def __post_init__(self) -> None:
        named = {*self.path_fields, *self.hidden}
        named |= {name for name in (self.body, self.if_match) if name is not None}
        problems = [f"no argument {name}" for name in sorted(named - set(self.fields))]
        problems += [f"{name} is needed" for name in self.hidden if self.fields[name].required]
        problems += [f"{name} needs a body" for name in self.query_fields if self._is_nested(name)]
        if self.etag is not None and self.etag not in self.result.__struct_fields__:
            problems.append(f"no {self.etag} in the result")
        if (self.permission is not None) != (self.owner is Owner.PRACTITIONER and self.needs_scope):
            problems.append("a practitioner's operation needs a permission, others take none")
        if problems:
            message = f"{self.http} {self.path}: {'; '.join(problems)}"
            raise ValueError(message)

    @cached_property
    def fields(self) -> dict[str, msgspec.structs.FieldInfo]:
        """The arguments, by name."""
        return {one.name: one for one in msgspec.structs.fields(self.arguments)}

    @cached_property
    def path_fields(self) -> tuple[str, ...]:
        """The arguments in its path."""
        return tuple(_PATH_FIELD.findall(self.path))

    @cached_property
    def body_fields(self) -> tuple[str, ...]:
        """The arguments in its body."""
        if self.http in WITHOUT_BODY:
            return ()
        if self.body is not None:
            return (self.body,)
        return self._remaining

    @cached_property
    def query_fields(self) -> tuple[str, ...]:
        """The arguments in its query."""
        return tuple(name for name in self._remaining if name not in self.body_fields)

    @property
    def mutates(self) -> bool:
        """Whether it changes something, so that ``Idempotency-Key`` means something."""
        return self.method.mutates if self.method else self.http != "GET"

    @property
    def is_change(self) -> bool:
        """Whether its body is a change of a thing, or the whole of it."""
        return self.body == CHANGE

    @property
    def is_read(self) -> bool:
        """Whether it is a GET."""
        return self.http == "GET"

    @property
    def shown(self) -> Operation:
        """Whose result and ETag the response has."""
        return self.thing or self

    @cached_property
    def answer(self) -> type[msgspec.Struct]:
        """The struct of the response's body."""
        if not self.tells:
            return self.shown.result
        told = [one for one in msgspec.structs.fields(self.result) if one.name in self.tells]
        members = [
            (one.name, one.type) for one in (*msgspec.structs.fields(self.shown.result), *told)
        ]
        made = msgspec.defstruct(self.result.__name__, members, kw_only=True, frozen=True)
        made.__doc__ = self.shown.result.__doc__
        made.sources = (self.shown.result, self.result)  # type: ignore[attr-defined]
        return made

    @property
    def needs_body(self) -> bool:
        """Whether there is a member of the body that must be sent."""
        return any(self.fields[name].required for name in self.body_fields)

    @property
    def success(self) -> int:
        """The status of its response when it succeeds."""
        if self.created is not None:
            return 201
        return 204 if self.answer is Done else 200

    @cached_property
    def pattern(self) -> str:
        """Falcon's template of its path, with what each field is."""
        return PREFIX + _PATH_FIELD.sub(
            lambda found: f"{{{found[1]}{_converter(self.fields[found[1]].type)}}}",
            self.path,
        )

    def _is_nested(self, name: str) -> bool:
        """Whether an argument is more than one text of a query can say."""
        kind = inspect.type_info(self.fields[name].type)
        kinds = kind.types if isinstance(kind, inspect.UnionType) else (kind,)
        return any(isinstance(one, _NESTED) for one in kinds)

    @cached_property
    def _remaining(self) -> tuple[str, ...]:
        """The arguments that are neither in the path nor decided elsewhere: for query or body."""
        placed = {*self.path_fields, *self.hidden, self.if_match}
        return tuple(name for name in self.fields if name not in placed)


def _converter(kind: Any) -> str:
    """Falcon's word for a field of a path that holds a `kind`; empty for text."""
    return _CONVERTERS.get(kind, "")
