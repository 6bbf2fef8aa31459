"""The one resource behind every path of the API."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any, ClassVar, Final

import falcon
import msgspec

from gateway.api.api_request import ApiRequest
from gateway.api.arguments import JSON_TYPE, read_arguments, service_place
from gateway.api.operations import PREFIX, Operation
from gateway.api.preconditions import (
    body_tag,
    holds_already,
    idempotency_key,
    matched_version,
    version_tag,
)
from gateway.api.refusal import ApiRefusal
from gateway.web.request_context import context_of
from gateway.web.resource import Resource
from portal_contracts.errors import PortalError

STALE: Final = frozenset({"stale_version", "stale_revision"})


class OperationsResource(Resource):
    """All operations of one path; see `resource_for`."""

    operations: ClassVar[Mapping[str, Operation]] = {}

    def answer(self, req: falcon.Request, resp: falcon.Response, **fields: Any) -> None:
        """Read the request, have it answered, write the answer.

        Raises:
            ApiRefusal: the request itself does not fit.
            PortalError: the service refused.
        """
        operation = self.operations["GET" if req.method == "HEAD" else req.method]
        key = idempotency_key(req) if operation.mutates else ""
        version = matched_version(req) if operation.if_match is not None else None
        settings = self.wiring.settings
        arguments = read_arguments(req, operation, fields, version, settings.body_limit_bytes)
        request = ApiRequest(context_of(req), key, settings.public_url, req.user_agent or "")
        _write(req, resp, operation, _ask(operation, request, arguments))


def resource_for(operations: Iterable[Operation]) -> type[OperationsResource]:
    """The resource of the operations of one path."""
    by_method = {operation.http: operation for operation in operations}
    responders = {f"on_{http.lower()}": OperationsResource.answer for http in by_method}
    return type(
        "OperationsOfOnePath", (OperationsResource,), responders | {"operations": by_method}
    )


def _ask(operation: Operation, request: ApiRequest, arguments: msgspec.Struct) -> msgspec.Struct:
    try:
        return operation.answer(request, arguments)
    except PortalError as error:
        if operation.if_match is not None and error.code in STALE:
            raise ApiRefusal(
                error.code, "It was changed meanwhile.", status=HTTPStatus.PRECONDITION_FAILED
            ) from None
        error.fields = {service_place(operation, name): code for name, code in error.fields.items()}
        raise


def _write(
    req: falcon.Request, resp: falcon.Response, operation: Operation, result: msgspec.Struct
) -> None:
    resp.status = HTTPStatus(operation.success)
    if operation.created:
        resp.location = PREFIX + operation.created.format(**msgspec.structs.asdict(result))
    if resp.status is HTTPStatus.NO_CONTENT:
        return
    body = msgspec.json.encode(result)
    if operation.etag is not None:
        resp.set_header("ETag", version_tag(getattr(result, operation.etag)))
    elif operation.is_read:
        tag = body_tag(body)
        resp.set_header("ETag", tag)
        if holds_already(req, tag):
            resp.status = HTTPStatus.NOT_MODIFIED
            return
    resp.content_type = JSON_TYPE
    resp.data = body
