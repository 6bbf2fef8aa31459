"""JSON of a body, strictly: what names a member twice says two things, and is refused.

RFC 8259, section 4, leaves open which of the two counts, so that two programs between sender
and reader may disagree (RFC 7493, section 2.3, forbids it).
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any, Final

import msgspec

from gateway.api.refusal import ApiRefusal
from gateway.api.validation import escaped

TWICE: Final = "duplicate_member"


class _Pairs(dict[str, Any]):
    """An object as it was written; `twice` are the names that were said again."""

    def __init__(self, pairs: list[tuple[str, Any]]) -> None:
        super().__init__(pairs)
        said = Counter(name for name, _value in pairs) if len(self) < len(pairs) else {}
        self.twice = [name for name, times in said.items() if times > 1]


def decode_json(raw: bytes) -> Any:
    """The value in `raw`.

    Raises:
        ApiRefusal: 400 for what is no JSON, or is nested too deeply; for an object that
            names a member twice, with each such place.
    """
    try:
        value = msgspec.json.decode(raw)
        # Here only names count, so that no long number is reckoned out once more.
        objects = json.loads(raw, object_pairs_hook=_Pairs, parse_int=str, parse_float=str)
        twice = dict.fromkeys(_named_twice(objects, ""), TWICE)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        raise malformed_json() from None
    if twice:
        raise ApiRefusal(
            TWICE,
            "A member is named twice; `fields` names each place.",
            status=HTTPStatus.BAD_REQUEST,
            fields=twice,
        )
    return value


def malformed_json() -> ApiRefusal:
    """400: the body is no JSON."""
    return ApiRefusal(
        "malformed_json", "The body is not JSON, or ends early.", status=HTTPStatus.BAD_REQUEST
    )


def _named_twice(value: Any, pointer: str) -> Iterator[str]:
    if isinstance(value, _Pairs):
        for name in value.twice:
            yield f"{pointer}/{escaped(name)}"
        for name, one in value.items():
            yield from _named_twice(one, f"{pointer}/{escaped(name)}")
    elif isinstance(value, list):
        for index, one in enumerate(value):
            yield from _named_twice(one, f"{pointer}/{index}")
