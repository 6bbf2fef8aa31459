"""What an appointment blocks of a calendar."""

from datetime import UTC, datetime, timedelta

import pytest

from scheduling.domain.appointments import blocked_span

START = datetime(2026, 12, 3, 9, 0, tzinfo=UTC)
END = START + timedelta(minutes=50)


def test_without_buffers_it_blocks_its_own_time():
    assert blocked_span(START, END, buffer_before=0, buffer_after=0) == (START, END)


def test_buffers_are_added_on_both_sides():
    assert blocked_span(START, END, buffer_before=10, buffer_after=15) == (
        datetime(2026, 12, 3, 8, 50, tzinfo=UTC),
        datetime(2026, 12, 3, 10, 5, tzinfo=UTC),
    )


@pytest.mark.parametrize("end", [START, START - timedelta(minutes=1)])
def test_an_end_that_is_not_after_the_start_is_refused(end):
    with pytest.raises(ValueError, match="ends after it starts"):
        blocked_span(START, end, buffer_before=0, buffer_after=0)


@pytest.mark.parametrize(("before", "after"), [(-1, 0), (0, -1)])
def test_a_negative_buffer_is_refused(before, after):
    with pytest.raises(ValueError, match="buffer"):
        blocked_span(START, END, buffer_before=before, buffer_after=after)
