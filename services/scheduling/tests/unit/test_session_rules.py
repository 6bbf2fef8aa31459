"""Which sessions may be written down afterwards."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from scheduling.domain.sessions import recording_errors

NOW = datetime(2026, 12, 1, 12, 0, tzinfo=UTC)
ID = UUID("01932f60-9a00-7c02-b7de-118f4a6c2e35")


def errors(**changes):
    given = {
        "title": "Counselling",
        "started_at": NOW - timedelta(hours=2),
        "minutes": 50,
        "timezone": "Europe/Berlin",
        "now": NOW,
    }
    return recording_errors(**(given | changes))


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({}, {}),
        ({"minutes": 1}, {}),
        ({"minutes": 120}, {}),
        ({"title": ""}, {"title": "required"}),
        ({"title": "x" * 201}, {"title": "out_of_range"}),
        ({"minutes": 0}, {"minutes": "out_of_range"}),
        ({"minutes": 1441}, {"minutes": "out_of_range"}),
        ({"minutes": 121}, {"minutes": "in_the_future"}),
        ({"started_at": NOW}, {"started_at": "in_the_future"}),
        ({"started_at": datetime.min.replace(tzinfo=UTC)}, {"started_at": "out_of_range"}),
        ({"timezone": "Europe/Nowhere"}, {"timezone": "unknown_timezone"}),
        ({"timezone": ""}, {"timezone": "unknown_timezone"}),
        (
            {"title": "", "minutes": 0, "timezone": "/etc/passwd"},
            {"title": "required", "minutes": "out_of_range", "timezone": "unknown_timezone"},
        ),
    ],
)
def test_everything_wrong_with_a_recorded_session_is_told_at_once(changes, found):
    assert errors(**changes) == found
