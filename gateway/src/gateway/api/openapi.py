"""The OpenAPI 3.1 document, made from the table of operations."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from http import HTTPStatus
from typing import Any, Final

import falcon
import msgspec
from msgspec import inspect

from gateway.api.all_operations import OPERATIONS
from gateway.api.arguments import JSON_TYPE, body_types
from gateway.api.descriptions import description_of, member_description
from gateway.api.examples import example_of, patch_example
from gateway.api.openapi_parts import (
    RATE_LIMIT_HEADERS,
    REFUSALS,
    SECURITY_SCHEMES,
    refusal_response,
    response_name,
    shared_headers,
    shared_parameters,
)
from gateway.api.operation import PREFIX, Operation
from gateway.api.preconditions import body_etag, is_not_modified
from gateway.api.schemas import Schemas
from gateway.web.problem_document import Problem
from gateway.web.resource import Resource
from gateway.web.routing import Owner
from portal_contracts.calls import Done
from portal_contracts.identity_links.rpc.api_tokens import BEARER_REQUESTS_PER_MINUTE

DESCRIPTION: Final = f"""\
Everything that the pages of the portal and the console do, for programs.

A practitioner's program sends an API token (`lk_api_…`, made in the console, limited to its
scopes); a client's program a portal session's bearer (`lk_portal_…`, from `POST /portal-sessions`
with a portal link). Cookies mean nothing here.

Every refusal is a problem document (RFC 9457) whose `type` is the address of a page that says
what it means. Somebody else's thing is answered like one that does not exist.

`Idempotency-Key` makes a repetition of a change the same act. What has a version or a revision
has it as its `ETag`, and is changed only with `If-Match`: by `PATCH` member by member, by `PUT` as
a whole. A change answers the thing that it changed. Lists go on with `cursor`.

A bearer may make {BEARER_REQUESTS_PER_MINUTE} requests in any minute, of all of a portal's gateways
together, unless the portal is set otherwise; all bearers of one client share that number.
`RateLimit-Policy` says how many, `RateLimit` how many are left. Beyond it the answer is 429, with
`Retry-After`.
"""


@cache
def document() -> dict[str, Any]:
    """The document, made once."""
    schemas = Schemas(OPERATIONS, [Problem])
    paths: dict[str, dict[str, Any]] = {}
    for operation in OPERATIONS:
        paths.setdefault(operation.path, {})[operation.http.lower()] = _operation_object(
            operation, schemas
        )
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Latchkey",
            "version": "1",
            "description": DESCRIPTION,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": PREFIX}],
        "tags": [{"name": tag} for tag in _tags(OPERATIONS)],
        "paths": paths,
        "components": {
            "schemas": dict(sorted(schemas.components.items())),
            "securitySchemes": SECURITY_SCHEMES,
            "responses": {response_name(status): refusal_response(status) for status in REFUSALS},
            "parameters": shared_parameters(),
            "headers": shared_headers(),
        },
    }


def refusal_statuses(operation: Operation) -> list[int]:
    """The statuses with which it may be refused."""
    statuses = {400, 422, 429, 503, *operation.also}
    if operation.owner is not Owner.NOBODY:
        statuses |= {401, 403, 404}
    if operation.mutates and operation.method is not None:
        statuses.add(409)
    if operation.body_fields:
        statuses |= {413, 415}
    if operation.if_match is not None:
        statuses |= {412, 428}
    return sorted(statuses)


def _operation_object(operation: Operation, schemas: Schemas) -> dict[str, Any]:
    operation_object: dict[str, Any] = {
        "operationId": operation.name,
        "tags": [operation.tag],
        "summary": operation.summary,
    }
    operation_object["description"] = description_of(operation)
    operation_object["security"] = _security(operation)
    if parameters := _parameters_of(operation, schemas):
        operation_object["parameters"] = parameters
    if operation.body_fields:
        body = {"schema": schemas.of_body(operation), "example": _body_example(operation)}
        operation_object["requestBody"] = {
            "required": operation.needs_body,
            "content": dict.fromkeys(body_types(operation), body),
        }
    operation_object["responses"] = _responses(operation, schemas)
    return operation_object


def _security(operation: Operation) -> list[dict[str, list[str]]]:
    if operation.owner is Owner.PRACTITIONER:
        return [{"practitionerToken": [operation.permission] if operation.permission else []}]
    return [{"portalSession": []}] if operation.owner is Owner.CLIENT else []


def _parameters_of(operation: Operation, schemas: Schemas) -> list[dict[str, Any]]:
    parameters: list[dict[str, Any]] = [
        {
            "name": name,
            "in": "path",
            "required": True,
            "description": member_description(operation.arguments, name),
            "schema": schemas.of_parameter(operation, name),
        }
        for name in operation.path_fields
    ]
    parameters += [
        {
            "name": name,
            "in": "query",
            "required": operation.fields[name].required,
            "description": member_description(operation.arguments, name),
            "schema": schemas.of_parameter(operation, name),
        }
        for name in operation.query_fields
    ]
    if operation.if_match is not None:
        name = "IfMatch" if operation.if_match_needed else "IfMatchForMembers"
        parameters.append({"$ref": f"#/components/parameters/{name}"})
    elif operation.is_read and operation.etag is None:
        parameters.append({"$ref": "#/components/parameters/IfNoneMatch"})
    if operation.mutates:
        parameters.append({"$ref": "#/components/parameters/IdempotencyKey"})
    return parameters


def _responses(operation: Operation, schemas: Schemas) -> dict[str, Any]:
    success = HTTPStatus(operation.success)
    may_be_bare = operation.thing is not None and operation.created
    bare = " Without a body where the bearer may not read it." if may_be_bare else ""
    response: dict[str, Any] = {"description": f"{success.phrase}.{bare}"}
    headers = {}
    thing = operation.thing
    if operation.shown.etag is not None or operation.is_read or thing is not None:
        headers["ETag"] = {"$ref": "#/components/headers/ETag"}
    if operation.created:
        headers["Location"] = {"$ref": "#/components/headers/Location"}
    if thing is not None:
        headers["Content-Location"] = {"$ref": "#/components/headers/ContentLocation"}
    if operation.owner is not Owner.NOBODY:
        headers |= RATE_LIMIT_HEADERS
    if headers:
        response["headers"] = headers
    if operation.answer is not Done:
        example = example_of(inspect.type_info(operation.answer))
        response["content"] = {
            JSON_TYPE: {"schema": schemas.of_response(operation), "example": example}
        }
    responses = {str(success.value): response}
    if thing is not None and not operation.created:
        responses["204"] = {"description": "It is done; the bearer may not read the thing."}
    if operation.is_read and operation.etag is None:
        responses["304"] = {"description": "What the program holds is what there is."}
    for status in refusal_statuses(operation):
        responses[str(status)] = {"$ref": f"#/components/responses/{response_name(status)}"}
    return responses


def _body_example(operation: Operation) -> Any:
    if operation.body_type is not None:
        kind = inspect.type_info(operation.body_type)
        return patch_example(kind) if operation.http == "PATCH" else example_of(kind)
    arguments = example_of(inspect.type_info(operation.arguments))
    members = {name: one for name, one in arguments.items() if name in operation.body_fields}
    return members[operation.body] if operation.body is not None else members


def _tags(operations: Iterable[Operation]) -> list[str]:
    return list(dict.fromkeys(operation.tag for operation in operations))


class OpenApiDocument(Resource):
    """``/api/v1/openapi.json``."""

    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        """The document."""
        body = msgspec.json.encode(document())
        etag = body_etag(body)
        resp.set_header("ETag", etag)
        if is_not_modified(req, etag):
            resp.status = falcon.HTTP_304
            return
        resp.content_type = JSON_TYPE
        resp.data = body
