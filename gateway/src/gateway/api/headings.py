"""Headings of the documentation, which make the operations under them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import msgspec

from gateway.api.api_request import ApiRequest
from gateway.api.changing import CHANGE, Changing
from gateway.api.merge_patch import change
from gateway.api.operation import Operation, OperationFunction
from gateway.web.routing import Owner
from portal_contracts.calls import Done, Method
from portal_contracts.permissions import Permission


@dataclass(frozen=True)
class Heading:
    """A heading of the documentation; makes the operations under it, all for one owner.

    Attributes:
        tag: the heading.
        owner: for whom they are.
    """

    tag: str
    owner: Owner

    def call(
        self,
        request: str,
        method: Method[Any, Any],
        summary: str,
        permission: Permission | None = None,
        *,
        then: Callable[[ApiRequest, Any], Any] | None = None,
        **more: Any,
    ) -> Operation:
        """An operation that is one call; `request` is like ``GET /clients``.

        `then` makes of its result what is answered: the same struct, with more said in it.
        """
        http, path = request.split(" ", 1)
        return Operation(
            http=http,
            path=path,
            name=more.pop("name", method.name),
            summary=summary,
            tag=self.tag,
            owner=self.owner,
            permission=permission,
            arguments=method.arguments,
            result=method.result,
            function=_function_calling(method, then),
            method=method,
            **more,
        )

    def function(
        self,
        request: str,
        function: OperationFunction,
        summary: str,
        permission: Permission | None = None,
        *,
        arguments: type[msgspec.Struct],
        result: type[msgspec.Struct],
        **more: Any,
    ) -> Operation:
        """An operation that `function` does, under its name."""
        http, path = request.split(" ", 1)
        return Operation(
            http=http,
            path=path,
            name=function.__name__,
            summary=summary,
            tag=self.tag,
            owner=self.owner,
            permission=permission,
            arguments=arguments,
            result=result,
            function=function,
            **more,
        )

    def changes(
        self,
        path: str,
        changing: Changing,
        summary: str,
        permission: Permission,
        *,
        name: str,
        **more: Any,
    ) -> tuple[Operation, ...]:
        """The operations that change a thing: some of its members by PATCH, all of them by PUT.

        PUT is there where there is a call for all of them.
        """
        wholes = {"PATCH": False} | ({} if changing.edit is None else {"PUT": True})
        return tuple(
            self._change(http, path, changing, summary, permission, name, more) for http in wholes
        )

    def _change(
        self,
        http: str,
        path: str,
        changing: Changing,
        summary: str,
        permission: Permission,
        name: str,
        more: dict[str, Any],
    ) -> Operation:
        whole = http == "PUT"
        own_name = f"replace_{name}" if whole else f"change_{name}"
        return Operation(
            http=http,
            path=path,
            name=own_name,
            summary=f"{summary[:-1]}, as a whole." if whole else summary,
            tag=self.tag,
            owner=self.owner,
            permission=permission,
            arguments=changing.arguments(own_name),
            result=Done,
            function=partial(_changing, changing, whole),
            method=changing.edit or changing.states[0],
            body=CHANGE,
            body_type=changing.whole_type() if whole else changing.patch_type(),
            if_match=changing.version,
            if_match_needed=whole,
            **more,
        )


def _changing(
    changing: Changing, whole: bool, request: ApiRequest, arguments: Any
) -> msgspec.Struct:
    return change(changing, request, arguments, whole=whole)


def _function_calling(
    method: Method[Any, Any], then: Callable[[ApiRequest, Any], Any] | None
) -> OperationFunction:
    """The function that makes one call to a service."""

    def function(request: ApiRequest, arguments: Any) -> msgspec.Struct:
        key = request.key if method.mutates else None
        result: msgspec.Struct = request.context.backend.ask(method, arguments, idempotency_key=key)
        return then(request, result) if then else result

    return function
