"""The Falcon resource behind every path of the API, which runs the operations of that path."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, ClassVar
from urllib.parse import urlencode

import falcon
import msgspec

from gateway.api.api_request import ApiRequest
from gateway.api.arguments import JSON_TYPE, read_arguments, request_place
from gateway.api.operation import PREFIX, Operation
from gateway.api.preconditions import (
    body_etag,
    idempotency_key,
    if_match_version,
    is_not_modified,
    version_etag,
)
from gateway.api.refusal import ApiRefusal
from gateway.web.request_context import context_of
from gateway.web.resource import Resource
from gateway.words.problems import STALE_CODES
from portal_contracts.errors import PortalError
from portal_contracts.permissions import has_permission


class OperationsResource(Resource):
    """All operations of one path; see `resource_for`."""

    operations: ClassVar[Mapping[str, Operation]] = {}

    def respond(self, req: falcon.Request, resp: falcon.Response, **fields: Any) -> None:
        """Read the request, run its operation, write the response.

        Raises:
            ApiRefusal: the request itself does not fit.
            PortalError: the service refused.
        """
        operation = self.operations["GET" if req.method == "HEAD" else req.method]
        key = idempotency_key(req) if operation.mutates else ""
        takes_version = operation.if_match is not None and (
            operation.if_match_needed or req.get_header("If-Match") is not None
        )
        version = if_match_version(req) if takes_version else None
        settings = self.wiring.settings
        arguments = read_arguments(req, operation, fields, version, settings.body_limit_bytes)
        request = ApiRequest(context_of(req), key, settings.public_url, req.user_agent or "")
        result = _perform(operation, request, arguments)
        thing = (
            None if operation.thing is None else _read_thing(operation, request, arguments, result)
        )
        _write_response(req, resp, operation, result, thing)


def resource_for(operations: Iterable[Operation]) -> type[OperationsResource]:
    """The resource of the operations of one path."""
    by_method = {operation.http: operation for operation in operations}
    responders = {f"on_{http.lower()}": OperationsResource.respond for http in by_method}
    return type(
        "OperationsOfOnePath", (OperationsResource,), responders | {"operations": by_method}
    )


def _perform(
    operation: Operation, request: ApiRequest, arguments: msgspec.Struct
) -> msgspec.Struct:
    try:
        return operation.function(request, arguments)
    except PortalError as error:
        if operation.if_match is not None and error.code in STALE_CODES:
            raise ApiRefusal(
                error.code, "It was changed meanwhile.", status=HTTPStatus.PRECONDITION_FAILED
            ) from None
        error.fields = {request_place(operation, name): code for name, code in error.fields.items()}
        raise


@dataclass(frozen=True)
class _Thing:
    """What was changed, as it is read: where, and what it is; None where that cannot be told."""

    path: str
    value: msgspec.Struct | None


def _read_thing(
    operation: Operation, request: ApiRequest, arguments: msgspec.Struct, result: msgspec.Struct
) -> _Thing | None:
    """The thing after the change. The change is done: what cannot be read is no refusal of it."""
    read = operation.thing
    if read is None:
        return None
    said = msgspec.structs.asdict(arguments) | msgspec.structs.asdict(result)
    named = [name for name in (*read.path_fields, *read.query_fields) if name in said]
    values = {name: msgspec.to_builtins(said[name]) for name in named}
    query = {name: values[name] for name in read.query_fields if values.get(name) is not None}
    path = PREFIX + read.path.format(**values) + (f"?{urlencode(query)}" if query else "")
    actor = request.context.backend.actor
    if read.permission is not None and not has_permission(actor, read.permission):
        return _Thing(path, None)
    try:
        thing = read.function(request, msgspec.convert(values, read.arguments))
    except PortalError:
        return _Thing(path, None)
    told = {name: getattr(result, name) for name in operation.tells}
    if told:
        thing = operation.answer(**msgspec.structs.asdict(thing), **told)
    return _Thing(path, thing)


def _write_response(
    req: falcon.Request,
    resp: falcon.Response,
    operation: Operation,
    result: msgspec.Struct,
    thing: _Thing | None,
) -> None:
    resp.status = HTTPStatus(operation.success)
    if operation.created:
        named = PREFIX + operation.created
        resp.location = (
            thing.path if thing is not None else named.format(**msgspec.structs.asdict(result))
        )
    if thing is not None:
        if thing.value is None:
            if not operation.created:
                resp.status = HTTPStatus.NO_CONTENT
            return
        resp.set_header("Content-Location", thing.path)
        result = thing.value
    if resp.status is HTTPStatus.NO_CONTENT:
        return
    body = msgspec.json.encode(result)
    shown = operation.shown
    if shown.etag is not None:
        resp.set_header("ETag", version_etag(getattr(result, shown.etag)))
    elif thing is not None:
        resp.set_header("ETag", body_etag(body))
    elif operation.is_read:
        etag = body_etag(body)
        resp.set_header("ETag", etag)
        if is_not_modified(req, etag):
            resp.status = HTTPStatus.NOT_MODIFIED
            return
    resp.content_type = JSON_TYPE
    resp.data = body
