"""Bodies of calls and replies, and the one serializer."""

import kombu.serialization
import msgspec
import pytest

from portal_chassis.broker.wire import (
    CONTENT_TYPE,
    SERIALIZER,
    Reply,
    Request,
    WireError,
    error_from_wire,
    error_to_wire,
)
from portal_contracts.actor import NOBODY
from portal_contracts.errors import ERRORS, Unavailable


@pytest.mark.parametrize("kind", sorted(ERRORS))
def test_a_refusal_survives_the_wire(kind):
    error = ERRORS[kind]("code", "Detail.", fields={"email": "malformed"}, retry_after_seconds=3)
    body = msgspec.json.encode(Reply(error=error_to_wire(error)))
    back = error_from_wire(msgspec.json.decode(body, type=Reply).error)
    assert type(back) is ERRORS[kind]
    assert (back.code, back.detail, back.fields) == ("code", "Detail.", {"email": "malformed"})
    assert back.retry_after_seconds == 3


def test_an_unknown_kind_of_refusal_is_unavailable():
    assert type(error_from_wire(WireError(kind="Strange", code="c"))) is Unavailable


def test_arguments_stay_as_they_are_until_the_method_is_known():
    request = Request(actor=NOBODY, request_id="r", arguments=msgspec.Raw(b'{"a":  1}'))
    back = msgspec.json.decode(msgspec.json.encode(request), type=Request)
    assert bytes(back.arguments) == b'{"a":  1}'
    assert (back.idempotency_key, back.address) == (None, "")


@pytest.mark.parametrize("field", ["request_id", "idempotency_key", "address"])
def test_a_field_that_is_stored_has_an_end(field):
    fields = {"actor": NOBODY, "request_id": "r", "arguments": {}}
    for length, fits in ((200, True), (201, False)):
        body = msgspec.json.encode(fields | {field: "x" * length})
        try:
            msgspec.json.decode(body, type=Request)
        except msgspec.ValidationError:
            assert not fits
        else:
            assert fits


def test_the_serializer_hands_bytes_on_and_revives_nothing():
    content_type, encoding, body = kombu.serialization.dumps({"__type__": "date"}, SERIALIZER)
    assert (content_type, encoding) == (CONTENT_TYPE, "utf-8")
    back = kombu.serialization.loads(body, content_type, encoding, accept=[CONTENT_TYPE])
    assert back == b'{"__type__":"date"}'
