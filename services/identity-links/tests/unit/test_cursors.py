"""Cursors: they lead back to where they came from, and hold no name."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from identity_links.storage.cursors import (
    ClientCursor,
    decode_client_cursor,
    decode_seq,
    encode_seq,
)
from portal_contracts.errors import Invalid
from portal_contracts.identity_links.rpc.clients import ClientSort

instants = st.integers(0, 2**32 * 1_000_000).map(
    lambda microseconds: datetime(2000, 1, 1, tzinfo=UTC) + timedelta(microseconds=microseconds)
)


@given(sort=st.sampled_from(ClientSort), client_id=st.uuids(), visit=st.one_of(st.none(), instants))
def test_a_cursor_survives_its_journey(sort, client_id, visit):
    cursor = ClientCursor(sort, client_id, visit)
    assert decode_client_cursor(cursor.encode(), sort) == cursor


@given(text=st.text(max_size=80))
def test_a_made_up_cursor_is_refused(text):
    with pytest.raises(Invalid):
        decode_client_cursor(text, ClientSort.NAME)


def test_a_cursor_belongs_to_its_order():
    cursor = ClientCursor(ClientSort.ADDED, UUID(int=1)).encode()
    with pytest.raises(Invalid):
        decode_client_cursor(cursor, ClientSort.NAME)


def test_a_huge_instant_is_refused():
    with pytest.raises(Invalid):
        decode_client_cursor(f"name.{UUID(int=1).hex}.{'9' * 40}", ClientSort.NAME)


@pytest.mark.parametrize("text", ["", "-1", "1.5", "x", "²", "9" * 19])
def test_a_made_up_row_number_is_refused(text):
    with pytest.raises(Invalid):
        decode_seq(text)


def test_a_row_number_survives_its_journey():
    assert decode_seq(encode_seq(42)) == 42
