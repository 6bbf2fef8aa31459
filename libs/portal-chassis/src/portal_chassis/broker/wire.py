"""What travels over the broker: one serializer, and the bodies of calls and replies.

The serializer is msgspec's JSON and no other is accepted: kombu's own
``json`` revives ``__type__`` objects from what it reads. Its decoder hands
the bytes on as they are; entry points decode them straight into the struct
they expect, so a body is parsed once and strictly.
"""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from kombu.serialization import register

from portal_contracts.actor import Actor
from portal_contracts.errors import ERRORS, PortalError, Unavailable

SERIALIZER = "latchkey"
_NOTHING = msgspec.Raw(b"null")
CONTENT_TYPE = "application/vnd.latchkey+json"
LONGEST_WORD = 200
"""Characters of a request id, an idempotency key or an address: they are stored and indexed."""


def _encode(value: Any) -> bytes:
    return value if isinstance(value, bytes) else msgspec.json.encode(value)


def _decode(body: bytes | str) -> bytes:
    return body.encode() if isinstance(body, str) else bytes(body)


def register_serializer() -> None:
    """Make kombu know the serializer; harmless to repeat."""
    register(SERIALIZER, _encode, _decode, content_type=CONTENT_TYPE, content_encoding="utf-8")


register_serializer()


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """The body of a call. `arguments` stays raw until the method is known."""

    actor: Actor
    request_id: Annotated[str, msgspec.Meta(max_length=LONGEST_WORD)]
    arguments: msgspec.Raw
    idempotency_key: Annotated[str, msgspec.Meta(max_length=LONGEST_WORD)] | None = None
    address: Annotated[str, msgspec.Meta(max_length=LONGEST_WORD)] = ""
    traceparent: Annotated[str, msgspec.Meta(max_length=LONGEST_WORD)] = ""


class WireError(msgspec.Struct, frozen=True, kw_only=True):
    """A refusal in a reply; see `portal_contracts.errors`."""

    kind: str
    code: str
    detail: str = ""
    fields: dict[str, str] = {}
    retry_after_seconds: int | None = None


class Reply(msgspec.Struct, frozen=True, kw_only=True):
    """The body of a reply: a result, or an error."""

    result: msgspec.Raw = _NOTHING
    error: WireError | None = None


def error_to_wire(error: PortalError) -> WireError:
    """`error` as it travels."""
    return WireError(
        kind=error.kind,
        code=error.code,
        detail=error.detail,
        fields=error.fields,
        retry_after_seconds=error.retry_after_seconds,
    )


def error_from_wire(error: WireError) -> PortalError:
    """The refusal that was sent; an unknown kind becomes `Unavailable`."""
    return ERRORS.get(error.kind, Unavailable)(
        error.code,
        error.detail,
        fields=error.fields,
        retry_after_seconds=error.retry_after_seconds,
    )
