"""From a request to the arguments of its operation: path, query and body together."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from http import HTTPStatus
from typing import Any, Final

import falcon
import msgspec
from msgspec import inspect

from gateway.api.json_bodies import decode_json, malformed_json
from gateway.api.operation import Operation
from gateway.api.refusal import ApiRefusal, invalid_request
from gateway.api.validation import Fault, faults, member_faults, place_and_code
from gateway.web.submitted import read_query
from portal_contracts.cleaning import cleaned_json

JSON_TYPE: Final = "application/json"
PATCH_TYPE: Final = "application/merge-patch+json"
ANY: Final = "any"
"""In the query, for an argument whose default is narrower than no filter at all."""


def read_arguments(
    req: falcon.Request,
    operation: Operation,
    fields: Mapping[str, Any],
    if_match: int | None,
    limit_bytes: int,
) -> msgspec.Struct:
    """The arguments of `operation`.

    Args:
        req: the request.
        operation: what is asked.
        fields: what the path held.
        if_match: the version that ``If-Match`` named, where the operation takes one.
        limit_bytes: the largest body that is read.

    Raises:
        ApiRefusal: 400 for a body or a query that cannot be read; 422 with
            every fault where one does not fit.
        falcon.HTTPError: 413 or 415.
    """
    values, found_faults = _read_path_and_query(req, operation, fields)
    body = _read_body(req, operation, limit_bytes)
    if operation.body is not None:
        kind = _argument_types(operation.arguments)[operation.body]
        body = cleaned_json(kind, body)
        found_faults += faults(kind, body)
        values[operation.body] = body
    else:
        body = _cleaned_members(operation, body)
        found_faults += _faults_of_members(operation, body)
        values |= body if isinstance(body, dict) else {}
    if operation.if_match is not None:
        values[operation.if_match] = if_match
    if found_faults:
        raise invalid_request(found_faults)
    try:
        return msgspec.convert(values, operation.arguments)
    except msgspec.ValidationError as error:
        pointer, code = place_and_code(error)
        raise invalid_request([(_place_in_request(operation, pointer), code)]) from None


def body_types(operation: Operation) -> tuple[str, ...]:
    """The media types that its body may have."""
    return (PATCH_TYPE, JSON_TYPE) if operation.http == "PATCH" else (JSON_TYPE,)


def request_place(operation: Operation, name: str) -> str:
    """Where a service's word for a place is in the request: a pointer, or a parameter's name."""
    first = name.split(".", 1)[0]
    if operation.body is None and first not in operation.body_fields:
        return name
    return "/" + name.replace(".", "/")


def _read_path_and_query(
    req: falcon.Request, operation: Operation, fields: Mapping[str, Any]
) -> tuple[dict[str, Any], list[Fault]]:
    types = _argument_types(operation.arguments)
    values: dict[str, Any] = {name: msgspec.to_builtins(value) for name, value in fields.items()}
    found_faults = [
        fault for name, value in values.items() for fault in faults(types[name], value, name)
    ]
    sent = read_query(req)
    found_faults += [
        (name[:40], "unknown_parameter")
        for name in sent.names
        if name not in operation.query_fields
    ]
    for name in operation.query_fields:
        if name not in sent:
            if operation.fields[name].required:
                found_faults.append((name, "missing"))
            continue
        text = sent.text(name)
        if len(sent.every(name)) > 1:
            found_faults.append((name, "repeated"))
        elif not (text == ANY and takes_any(operation, name)):
            value_faults = _convert_query_value(operation, name, text, values)
            found_faults += value_faults
        else:
            values[name] = None
    return values, found_faults


def takes_any(operation: Operation, name: str) -> bool:
    """Whether ``any`` in the query means no filter for this argument."""
    kind, field = _argument_types(operation.arguments)[name], operation.fields[name]
    nullable = isinstance(kind, inspect.UnionType) and kind.includes_none
    return nullable and field.default is not None and not field.required


def _convert_query_value(
    operation: Operation, name: str, text: str, values: dict[str, Any]
) -> list[Fault]:
    kind = _argument_types(operation.arguments)[name]
    text = cleaned_json(kind, text)
    try:
        value = msgspec.convert(text, operation.fields[name].type, strict=False)
    except msgspec.ValidationError as error:
        return [(name, place_and_code(error)[1])]
    values[name] = msgspec.to_builtins(value)
    return list(faults(kind, values[name], name))


def _read_body(req: falcon.Request, operation: Operation, limit_bytes: int) -> Any:
    """The JSON of the body; an empty object where nothing has to be sent, and is not."""
    length = req.content_length or 0
    if length > limit_bytes:
        raise falcon.HTTPContentTooLarge
    if length == 0 or not operation.body_fields:
        if operation.needs_body:
            raise ApiRefusal(
                "body_missing",
                "The operation needs a JSON body with its length.",
                status=HTTPStatus.BAD_REQUEST,
            )
        return {}
    if (req.content_type or "").split(";", 1)[0].strip().lower() not in body_types(operation):
        headers = {"Accept-Patch": ", ".join(body_types(operation))}
        raise falcon.HTTPUnsupportedMediaType(headers=headers if operation.http == "PATCH" else {})
    raw = req.bounded_stream.read(length)
    if len(raw) < length:
        raise malformed_json()
    return decode_json(raw)


def _cleaned_members(operation: Operation, body: Any) -> Any:
    if not isinstance(body, dict):
        return body
    types = _argument_types(operation.arguments)
    return {
        name: cleaned_json(types[name], value) if name in types else value
        for name, value in body.items()
    }


def _faults_of_members(operation: Operation, body: Any) -> list[Fault]:
    if not isinstance(body, dict):
        return [("", "wrong_type")]
    types = _argument_types(operation.arguments)
    found_faults: list[Fault] = []
    for name, value in body.items():
        if name in operation.body_fields:
            member_type = operation.fields[name].type
            found_faults += member_faults(types[name], member_type, value, f"/{name}")
        else:
            found_faults += faults(_NO_MEMBERS, {name: value})
    found_faults += [
        (f"/{name}", "missing")
        for name in operation.body_fields
        if operation.fields[name].required and name not in body
    ]
    return found_faults


def _place_in_request(operation: Operation, pointer: str) -> str:
    """A place in the arguments, as a place in the request."""
    first, *rest = pointer.removeprefix("/").split("/")
    if first == operation.body:
        return "".join(f"/{step}" for step in rest)
    return pointer if first in operation.body_fields else first


@cache
def _argument_types(arguments: type[msgspec.Struct]) -> dict[str, inspect.Type]:
    kind: Any = inspect.type_info(arguments)
    return {field.name: field.type for field in kind.fields}


class _Empty(msgspec.Struct):
    """Takes no member."""


_NO_MEMBERS = inspect.type_info(_Empty)
