"""The problem document of RFC 9457: what a program is told about a refusal or a failure."""

from __future__ import annotations

from typing import Final

from msgspec import Struct

PROBLEM_TYPE: Final = "application/problem+json"


class Problem(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Why a request was refused (RFC 9457).

    `type` is the address of a page that says what it means and what to do;
    `code` is its last part. `fields` names each place that does not fit: a
    JSON pointer into the body, or a parameter's name, with a code of its own.
    `request_id` finds the request in the portal's logs.
    """

    type: str
    title: str
    status: int
    code: str
    detail: str
    request_id: str
    fields: dict[str, str] = {}
