"""The problem document of RFC 9457: what a program is told about a refusal or a failure."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice
from typing import Final

from msgspec import Struct

PROBLEM_TYPE: Final = "application/problem+json"


MOST_FIELDS: Final = 200
"""So many places are named; whoever sends more mends them first."""

LONGEST_FIELD: Final = 200
"""Characters of a place's name, which may have been made up by whoever asks."""


def first_fields(fields: Mapping[str, str]) -> dict[str, str]:
    """As many of `fields` as an answer names."""
    return {name[:LONGEST_FIELD]: code for name, code in islice(fields.items(), MOST_FIELDS)}


class Problem(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Why a request was refused (RFC 9457).

    `type` is the address of a page that says what it means and what to do;
    `code` is its last part. `fields` names each place that does not fit: a
    JSON pointer into the body, or a parameter's name, with a code of its own,
    at most 200 of them.
    `request_id` finds the request in the portal's logs.
    """

    type: str
    title: str
    status: int
    code: str
    detail: str
    request_id: str
    fields: dict[str, str] = {}
