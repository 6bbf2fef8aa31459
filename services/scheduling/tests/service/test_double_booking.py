"""Double booking cannot happen: the constraint in PostgreSQL, whatever the code does."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.dialects.postgresql import Range, insert
from sqlalchemy.exc import IntegrityError

from portal_chassis.database.transactions import describe_error, sqlstate
from scheduling.storage.tables import booked_time

NINE = datetime(2026, 12, 3, 9, 0, tzinfo=UTC)
EXCLUSION_VIOLATION = "23P01"
CHECK_VIOLATION = "23514"


def at(minutes: int) -> datetime:
    return NINE + timedelta(minutes=minutes)


def span(start: int, end: int) -> Range[datetime]:
    return Range(at(start), at(end), bounds="[)")


def refused_as_overlap(error: pytest.ExceptionInfo[IntegrityError]) -> bool:
    return sqlstate(
        error.value
    ) == EXCLUSION_VIOLATION and "ex_booked_time_overlap" in describe_error(error.value)


@pytest.mark.parametrize("first", ["held", "requested", "confirmed"])
@pytest.mark.parametrize("second", ["held", "requested", "confirmed"])
def test_overlapping_live_times_of_one_practitioner_are_refused(calendar, first, second):
    calendar.book(NINE, status=first)
    with pytest.raises(IntegrityError) as error:
        calendar.book(at(30), status=second)
    assert refused_as_overlap(error)


@pytest.mark.parametrize(("start", "minutes"), [(-30, 31), (49, 50), (10, 10), (-10, 120), (0, 50)])
def test_every_way_to_overlap_is_refused(calendar, start, minutes):
    calendar.book(NINE)
    with pytest.raises(IntegrityError) as error:
        calendar.book(at(start), minutes=minutes)
    assert refused_as_overlap(error)


def test_times_that_touch_are_both_kept(calendar):
    calendar.book(NINE)
    calendar.book(at(50))
    calendar.book(at(-50))


def test_buffers_count(calendar):
    calendar.book(NINE, after=10)
    with pytest.raises(IntegrityError) as error:
        calendar.book(at(55))
    assert refused_as_overlap(error)
    calendar.book(at(60))


def test_buffers_of_neighbours_add_up(calendar):
    calendar.book(NINE, after=10)
    with pytest.raises(IntegrityError) as error:
        calendar.book(at(65), before=10)
    assert refused_as_overlap(error)
    calendar.book(at(70), before=10)


@pytest.mark.parametrize("status", ["cancelled", "declined", "expired"])
def test_a_time_that_is_over_with_takes_nothing(calendar, status):
    calendar.book(NINE, status=status)
    calendar.book(NINE)


def test_a_cancelled_time_cannot_come_back_onto_a_taken_one(calendar, database):
    cancelled = calendar.book(NINE, status="cancelled")
    calendar.book(NINE)
    with pytest.raises(IntegrityError) as error, database.transaction() as tx:
        tx.execute(
            update(booked_time).where(booked_time.c.id == cancelled).values(status="confirmed")
        )
    assert refused_as_overlap(error)


def test_another_practitioner_is_free_at_the_same_time(calendar):
    calendar.book(NINE)
    calendar.colleague().book(NINE)


def test_on_conflict_do_nothing_reports_the_taken_time_without_an_error(calendar, database):
    taken = calendar.book(NINE)
    with database.transaction() as tx:
        row = tx.execute(select(booked_time).where(booked_time.c.id == taken)).one()
        again = dict(row._mapping) | {"id": calendar.practitioner_id}
        statement = insert(booked_time).values(**again).on_conflict_do_nothing()
        assert tx.execute(statement.returning(booked_time.c.id)).first() is None


@pytest.mark.parametrize(
    "wrong",
    [span(0, 49), span(-1, 50), Range(at(0), at(50), bounds="[]"), Range(None, at(50))],
    ids=["too short", "too long", "closed", "unbounded"],
)
def test_what_is_blocked_follows_from_times_and_buffers(calendar, wrong):
    with pytest.raises(IntegrityError) as error:
        calendar.book(NINE, blocked=wrong)
    assert "ck_booked_time_blocked" in describe_error(error.value)


def test_moving_the_start_alone_is_refused(calendar, database):
    booked = calendar.book(NINE)
    with pytest.raises(IntegrityError) as error, database.transaction() as tx:
        tx.execute(update(booked_time).where(booked_time.c.id == booked).values(starts_at=at(10)))
    assert "ck_booked_time_blocked" in describe_error(error.value)


def test_two_times_can_swap_places_in_one_transaction(calendar, database):
    first, second = calendar.book(NINE), calendar.book(at(50))
    with database.transaction() as tx:
        tx.execute(update(booked_time).values(blocked=Range(empty=True)))
        for booked, start in ((first, 50), (second, 0)):
            tx.execute(
                update(booked_time)
                .where(booked_time.c.id == booked)
                .values(
                    starts_at=at(start), ends_at=at(start + 50), blocked=span(start, start + 50)
                )
            )
    with database.transaction() as tx:
        found = dict(tx.execute(select(booked_time.c.id, booked_time.c.starts_at)).all())
    assert found == {first: at(50), second: at(0)}


def test_a_live_time_that_blocks_nothing_is_refused_at_commit(calendar, database):
    booked = calendar.book(NINE)
    with pytest.raises(IntegrityError) as error, database.transaction() as tx:
        tx.execute(
            update(booked_time).where(booked_time.c.id == booked).values(blocked=Range(empty=True))
        )
    assert sqlstate(error.value) == CHECK_VIOLATION
    assert "booked_time_blocks" in describe_error(error.value)


def test_a_new_live_time_that_blocks_nothing_is_refused_at_commit(calendar):
    with pytest.raises(IntegrityError) as error:
        calendar.book(NINE, blocked=Range(empty=True))
    assert "booked_time_blocks" in describe_error(error.value)


def test_the_constraint_stands_in_the_catalogue(database):
    with database.transaction() as tx:
        row = tx.execute(
            text(
                "SELECT contype, convalidated, condeferrable, pg_get_constraintdef(oid) AS rule "
                "FROM pg_constraint WHERE conname = 'ex_booked_time_overlap' "
                "AND conrelid = 'booked_time'::regclass"
            )
        ).one()
    assert (row.contype, row.convalidated, row.condeferrable) == ("x", True, False)
    assert "practitioner_id WITH =" in row.rule
    assert "blocked WITH &&" in row.rule
    for status in ("held", "requested", "confirmed"):
        assert f"'{status}'" in row.rule


def test_of_many_who_book_at_once_exactly_one_gets_the_time(calendar, database):
    """All write as booking will: a bare INSERT may deadlock in a head-on race, this may not."""
    service, at_once = calendar.service(), 12
    rows = [calendar.time_row(at(number), service_id=service) for number in range(at_once)]
    ready = threading.Barrier(at_once)

    def book(row):
        statement = insert(booked_time).values(**row).on_conflict_do_nothing()
        ready.wait(timeout=10)
        with database.transaction() as tx:
            return tx.execute(statement.returning(booked_time.c.id)).scalar_one_or_none()

    with ThreadPoolExecutor(at_once) as pool:
        booked = [one for one in pool.map(book, rows) if one is not None]
    assert len(booked) == 1
    with database.transaction() as tx:
        assert tx.execute(select(booked_time.c.id)).scalars().all() == booked
