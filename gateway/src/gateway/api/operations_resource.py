"""The Falcon resource behind every path of the API, which runs the operations of that path."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any, ClassVar

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
        version = if_match_version(req) if operation.if_match is not None else None
        settings = self.wiring.settings
        arguments = read_arguments(req, operation, fields, version, settings.body_limit_bytes)
        request = ApiRequest(context_of(req), key, settings.public_url, req.user_agent or "")
        _write_response(req, resp, operation, _perform(operation, request, arguments))


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


def _write_response(
    req: falcon.Request, resp: falcon.Response, operation: Operation, result: msgspec.Struct
) -> None:
    resp.status = HTTPStatus(operation.success)
    if operation.created:
        resp.location = PREFIX + operation.created.format(**msgspec.structs.asdict(result))
    if resp.status is HTTPStatus.NO_CONTENT:
        return
    body = msgspec.json.encode(result)
    if operation.etag is not None:
        resp.set_header("ETag", version_etag(getattr(result, operation.etag)))
    elif operation.is_read:
        etag = body_etag(body)
        resp.set_header("ETag", etag)
        if is_not_modified(req, etag):
            resp.status = HTTPStatus.NOT_MODIFIED
            return
    resp.content_type = JSON_TYPE
    resp.data = body
