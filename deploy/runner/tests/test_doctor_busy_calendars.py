"""The doctor names calendars kept elsewhere that have not been read for a day."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

from sqlalchemy import insert

from portal_runner.doctor.busy_calendars import check_busy_calendars
from scheduling.storage.tables import busy_calendar

NOW = datetime(2026, 12, 1, 12, 0, tzinfo=UTC)


def add(tx, failing_for: timedelta | None = None):
    row = {
        "id": uuid4(),
        "practice_id": uuid4(),
        "practitioner_id": uuid4(),
        "name": "Family",
        "host": "calendar.example.org",
        "address_sealed": b"sealed",
        "address_mac": uuid4().bytes,
        "added_at": NOW,
        "due_at": NOW,
        "failure": "" if failing_for is None else "not_found",
        "failing_since": None if failing_for is None else NOW - failing_for,
    }
    tx.execute(insert(busy_calendar).values(**row))
    return row["id"]


def test_it_names_those_that_fail_for_a_day_and_tells_nothing_of_where_they_are(migrated_database):
    with migrated_database("scheduling").transaction() as tx:
        assert list(check_busy_calendars(tx, NOW)) == []
        add(tx)
        add(tx, timedelta(hours=3))
        (fine,) = check_busy_calendars(tx, NOW)
        assert fine.says == "2 kept elsewhere, all read within a day"
        late = add(tx, timedelta(days=2))
        (found,) = check_busy_calendars(tx, NOW)
        assert f"Calendar {late}" in found.says
        assert "(not_found)" in found.says
        assert "example.org" not in found.says + found.fix
