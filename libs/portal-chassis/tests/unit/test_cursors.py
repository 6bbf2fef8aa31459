"""Where the next page of a list begins."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from portal_chassis.database.cursors import TimeCursor, decode_time_cursor
from portal_chassis.ids import new_id
from portal_contracts.errors import Invalid

NOW = datetime(2026, 12, 1, 12, 0, tzinfo=UTC)
ID = UUID("01932f60-9a00-7c02-b7de-118f4a6c2e35")


def test_a_cursor_is_read_as_it_was_written():
    cursor = TimeCursor(NOW + timedelta(microseconds=7), new_id())
    assert decode_time_cursor(cursor.encode()) == cursor
    assert decode_time_cursor(None) is None


@pytest.mark.parametrize("text", ["", "x", "1.2", "1.2.3", f"x.{ID}", f"{'9' * 40}.{ID.hex}"])
def test_a_made_up_cursor_is_refused(text):
    with pytest.raises(Invalid, match="cursor_invalid"):
        decode_time_cursor(text)
