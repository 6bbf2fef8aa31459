"""Each event is handled once per consumer, and tried again when its handler fails."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy import create_engine, insert, text, update
from sqlalchemy.exc import OperationalError
from toy.tables import chassis, log

from portal_chassis.clock import FixedClock
from portal_chassis.database.transactions import is_away
from portal_chassis.events import outbox
from portal_chassis.events.handover import close_handover, open_handover
from portal_chassis.events.inbox import (
    LONGEST_PAUSE_SECONDS,
    MAX_ATTEMPTS,
    Outcome,
    pause_seconds,
    receive,
    retries_of,
)
from portal_chassis.events.inbox_retries import (
    LEASE_SECONDS,
    due_rows,
    fail,
    next_attempt,
    retry,
)
from portal_chassis.ids import new_id
from portal_chassis.wakeups import wait_for_wakeup
from portal_contracts.notifications.events import AccessRecorded

CONSUMER = "notifications.on_portal_link_shared"
inbox = chassis.inbox


def write(event, tx):
    tx.execute(insert(log).values(event_id=event.id, word=f"{event.aggregate.seq}"))


def write_and_fail(event, tx):
    write(event, tx)
    message = "Anna Example cannot be mailed"
    raise RuntimeError(message)


@pytest.fixture
def take(database, now):
    def take(event, handler=write, *, mode="every", consumer=CONSUMER, at=now):
        return receive(database, consumer, event, handler, mode=mode, now=at)

    return take


@pytest.fixture
def again(database, now):
    """Retries what is due; one outcome per row."""

    def again(event, handler=write, *, at=now, holder="me", mode="every"):
        due = due_rows(database, [CONSUMER], holder=holder, now=at)
        return [
            retry(database, row, event, handler, mode=mode, holder=holder, now=at) for row in due
        ]

    return again


def test_a_second_delivery_is_recognised(take, rows, shared_event):
    event = shared_event()
    assert take(event) == Outcome.HANDLED
    assert take(event) == Outcome.DUPLICATE
    assert take(event, consumer="forms.on_it") == Outcome.HANDLED
    assert rows.words() == ["1", "1"]


def test_two_deliveries_at_the_same_moment_are_one_handling(take, rows, shared_event):
    event = shared_event()
    inside, leave = threading.Event(), threading.Event()

    def slow(event, tx):
        write(event, tx)
        inside.set()
        leave.wait(30)

    outcomes = []
    first = threading.Thread(target=lambda: outcomes.append(take(event, slow)))
    first.start()
    inside.wait(30)
    second = threading.Thread(target=lambda: outcomes.append(take(event)))
    second.start()
    leave.set()
    first.join()
    second.join()
    assert sorted(outcomes) == [Outcome.DUPLICATE, Outcome.HANDLED]
    assert rows.words() == ["1"]


def test_a_failing_handler_is_rolled_back_and_its_row_stays(take, rows, now, shared_event):
    event = shared_event()
    assert take(event, write_and_fail) == Outcome.FAILED
    (row,) = rows.rows(inbox)
    assert rows.words() == []
    assert (row.attempts, row.dead, row.handled_at) == (1, False, None)
    assert row.last_error == "RuntimeError"
    assert row.next_attempt_at == now + timedelta(seconds=5)
    assert take(event) == Outcome.DUPLICATE


def test_it_is_tried_again_when_its_time_has_come(take, again, rows, now, shared_event):
    event = shared_event()
    take(event, write_and_fail)
    assert again(event, at=now + timedelta(seconds=4)) == []
    assert again(event, at=now + timedelta(seconds=5)) == [Outcome.HANDLED]
    (row,) = rows.rows(inbox)
    assert (row.attempts, row.last_error, row.claimed_by) == (2, None, None)
    assert row.handled_at == now + timedelta(seconds=5)
    assert again(event, at=now + timedelta(days=1)) == []
    assert rows.words() == ["1"]


@pytest.fixture
def words_once(database):
    """A word may stand in the log once, which is looked at when a transaction commits."""
    owner = create_engine(database.owner_url)
    unique = "ADD CONSTRAINT word_once UNIQUE (word) DEFERRABLE INITIALLY DEFERRED"
    with owner.begin() as tx:
        tx.execute(text(f"ALTER TABLE log {unique}"))
    yield
    with owner.begin() as tx:
        tx.execute(text("ALTER TABLE log DROP CONSTRAINT word_once"))
    owner.dispose()


def test_what_is_refused_only_at_the_commit_is_a_failure_of_the_handler(
    take, again, rows, now, shared_event, words_once
):
    def write_twice(event, tx):
        write(event, tx)
        write(event, tx)

    event = shared_event()
    assert take(event, write_twice) == Outcome.FAILED
    second, third = (now + timedelta(seconds=one) for one in (5, 15))
    assert again(event, write_twice, at=second) == [Outcome.FAILED]
    (row,) = rows.rows(inbox)
    assert (row.attempts, row.last_error) == (2, "IntegrityError 23505 word_once")
    assert again(event, at=third) == [Outcome.HANDLED]
    assert rows.words() == ["1"]


def test_what_a_handler_told_before_it_failed_is_handed_to_no_relay(
    take, again, rows, database, now, shared_event, practitioner
):
    def tell(event, tx):
        outbox.record(
            tx,
            AccessRecorded(act="thing.added", outcome="done"),
            practice_id=event.practice_id,
            aggregate=("thing", event.aggregate.id),
            actor=practitioner,
            request_id=event.request_id,
            now=now,
        )

    def tell_and_fail(event, tx):
        tell(event, tx)
        raise RuntimeError

    handover = open_handover(database, "me", FixedClock(now))
    try:
        event = shared_event()
        assert take(event, tell_and_fail) == Outcome.FAILED
        second, third = (now + timedelta(seconds=one) for one in (5, 15))
        assert again(event, tell_and_fail, at=second) == [Outcome.FAILED]
        assert handover.take() == []
        assert again(event, tell, at=third) == [Outcome.HANDLED]
        assert [one.id for one in handover.take()] == [one.id for one in rows.rows(chassis.outbox)]
    finally:
        close_handover(database)


def test_pauses_grow_and_after_the_last_attempt_the_row_is_dead(
    take, again, rows, now, shared_event
):
    event = shared_event()
    at, pauses = now, []
    assert take(event, write_and_fail) == Outcome.FAILED
    for attempt in range(2, MAX_ATTEMPTS + 1):
        (row,) = rows.rows(inbox)
        pauses.append((row.next_attempt_at - at).total_seconds())
        at = row.next_attempt_at
        expected = Outcome.DEAD if attempt == MAX_ATTEMPTS else Outcome.FAILED
        assert again(event, write_and_fail, at=at) == [expected]
    assert pauses == [5, 10, 20, 40, 80, 160, 320, 640, 1280, 2560, 3600]
    (row,) = rows.rows(inbox)
    assert (row.dead, row.attempts) == (True, MAX_ATTEMPTS)
    assert again(event, at=at + timedelta(days=30)) == []
    assert rows.words() == []


def test_no_pause_is_longer_than_the_longest():
    assert max(pause_seconds(attempts) for attempts in range(1, 50)) == LONGEST_PAUSE_SECONDS


def test_one_retry_has_the_row_while_its_lease_lasts(take, rows, database, now, shared_event):
    event = shared_event()
    take(event, write_and_fail)
    at = now + timedelta(seconds=5)
    (row,) = due_rows(database, [CONSUMER], holder="first", now=at)
    assert due_rows(database, [CONSUMER], holder="second", now=at) == []
    later = at + timedelta(seconds=LEASE_SECONDS)
    (same,) = due_rows(database, [CONSUMER], holder="second", now=later)
    assert same.id == row.id
    options = {"mode": "every", "now": later}
    assert retry(database, row, event, write, holder="first", **options) == Outcome.DUPLICATE
    assert retry(database, same, event, write, holder="second", **options) == Outcome.HANDLED
    assert rows.words() == ["1"]


def test_it_is_known_when_the_next_is_due_that_nobody_has(take, again, database, now, shared_event):
    def due(at=now):
        return next_attempt(database, [CONSUMER], now=at)

    assert due() is None
    first, second = shared_event(), shared_event()
    take(first, write_and_fail)
    take(second, write_and_fail, at=now + timedelta(seconds=1))
    assert due() == now + timedelta(seconds=5)
    due_rows(database, [CONSUMER], holder="me", now=now + timedelta(seconds=5))
    assert due() == now + timedelta(seconds=6)
    assert due(now + timedelta(seconds=5 + LEASE_SECONDS)) == now + timedelta(seconds=5)
    assert next_attempt(database, ["forms.on_it"], now=now) is None


def test_who_tries_again_is_told_at_once_of_what_failed(take, database, shared_event):
    wait_for_wakeup(retries_of(database), 0)
    take(shared_event())
    assert not wait_for_wakeup(retries_of(database), 0)
    take(shared_event(), write_and_fail)
    assert wait_for_wakeup(retries_of(database), 0)


def test_other_consumers_rows_are_not_ours(take, database, now, shared_event):
    take(shared_event(), write_and_fail, consumer="forms.on_it")
    at = now + timedelta(days=1)
    assert due_rows(database, [CONSUMER], holder="me", now=at) == []


def test_what_can_no_longer_be_decoded_counts_its_attempts(take, database, rows, now, shared_event):
    take(shared_event(), write_and_fail)
    at = now + timedelta(seconds=5)
    (row,) = due_rows(database, [CONSUMER], holder="me", now=at)
    assert fail(database, row, ValueError("Anna"), holder="other", now=at) == Outcome.DUPLICATE
    assert fail(database, row, ValueError("Anna"), holder="me", now=at) == Outcome.FAILED
    (found,) = rows.rows(inbox)
    assert (found.attempts, found.last_error, found.claimed_by) == (2, "ValueError", None)


# --- latest ---------------------------------------------------------------------------------------


def test_latest_ignores_what_is_older_than_what_was_handled(take, rows, shared_event):
    aggregate_id = new_id()
    third, first, other, fourth = (
        shared_event(aggregate_id=aggregate_id, seq=3),
        shared_event(aggregate_id=aggregate_id, seq=1),
        shared_event(seq=1),
        shared_event(aggregate_id=aggregate_id, seq=4),
    )
    outcomes = [take(event, mode="latest") for event in (third, first, other, fourth)]
    assert outcomes == [Outcome.HANDLED, Outcome.OUTDATED, Outcome.HANDLED, Outcome.HANDLED]
    assert rows.words() == ["3", "1", "4"]
    assert all(row.handled_at for row in rows.rows(inbox))


def test_every_handles_the_older_too(take, rows, shared_event):
    aggregate_id = new_id()
    for seq in (3, 1):
        assert take(shared_event(aggregate_id=aggregate_id, seq=seq)) == Outcome.HANDLED
    assert rows.words() == ["3", "1"]


def test_a_failed_newer_event_does_not_outdate_an_older(take, shared_event):
    aggregate_id = new_id()
    newer = shared_event(aggregate_id=aggregate_id, seq=2)
    assert take(newer, write_and_fail, mode="latest") == Outcome.FAILED
    older = shared_event(aggregate_id=aggregate_id, seq=1)
    assert take(older, mode="latest") == Outcome.HANDLED


def test_a_retry_is_outdated_by_what_came_meanwhile(take, again, rows, now, shared_event):
    aggregate_id = new_id()
    older = shared_event(aggregate_id=aggregate_id, seq=1)
    assert take(older, write_and_fail, mode="latest") == Outcome.FAILED
    assert take(shared_event(aggregate_id=aggregate_id, seq=2), mode="latest") == Outcome.HANDLED
    at = now + timedelta(seconds=5)
    assert again(older, mode="latest", at=at) == [Outcome.OUTDATED]
    assert rows.words() == ["2"]


def test_of_two_at_the_same_moment_the_older_is_never_written_last(take, rows, shared_event):
    """The older one waits for the newer one's end instead of looking past it."""
    aggregate_id = new_id()
    newer = shared_event(aggregate_id=aggregate_id, seq=2)
    older = shared_event(aggregate_id=aggregate_id, seq=1)
    inside, leave = threading.Event(), threading.Event()

    def slow(event, tx):
        inside.set()
        leave.wait(30)
        write(event, tx)

    outcomes = {}
    first = threading.Thread(target=lambda: outcomes.update(newer=take(newer, slow, mode="latest")))
    first.start()
    inside.wait(30)
    second = threading.Thread(target=lambda: outcomes.update(older=take(older, mode="latest")))
    second.start()
    leave.set()
    first.join()
    second.join()
    assert outcomes == {"newer": Outcome.HANDLED, "older": Outcome.OUTDATED}
    assert rows.words() == ["2"]


# --- the database goes away -----------------------------------------------------------------------


def test_a_database_lost_in_mid_handler_leaves_nothing_written(take, rows, shared_event):
    event = shared_event()

    def lose_it(event, tx):
        write(event, tx)
        tx.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))

    with pytest.raises(OperationalError) as error:
        take(event, lose_it)
    assert is_away(error.value)
    assert rows.rows(inbox) == []
    assert take(event) == Outcome.HANDLED


def test_a_handler_that_breaks_a_rule_of_the_database_has_failed(take, rows, shared_event):
    def divide(_event, tx):
        tx.execute(text("SELECT 1 / 0"))

    assert take(shared_event(), divide) == Outcome.FAILED
    assert rows.rows(inbox)[0].last_error == "DataError 22012"


def test_a_handler_that_takes_too_long_has_failed(take, rows, shared_event):
    def sleep(_event, tx):
        tx.execute(text("SET LOCAL statement_timeout = 20"))
        tx.execute(text("SELECT pg_sleep(1)"))

    assert take(shared_event(), sleep) == Outcome.FAILED
    assert rows.rows(inbox)[0].last_error == "OperationalError 57014"


def test_a_handler_that_waits_too_long_for_a_lock_has_failed(take, rows, shared_event):
    def lock(_event, tx):
        tx.execute(text("SET LOCAL lock_timeout = 20"))
        tx.execute(text("LOCK TABLE thing"))

    with rows.database.transaction() as tx:
        tx.execute(text("LOCK TABLE thing"))
        assert take(shared_event(), lock) == Outcome.FAILED
    assert rows.rows(inbox)[0].last_error == "OperationalError 55P03"


def test_a_dead_row_that_was_revived_is_tried_again(take, again, rows, database, now, shared_event):
    event = shared_event()
    take(event, write_and_fail)
    with database.transaction() as tx:
        tx.execute(update(inbox).values(dead=True))
    assert again(event, at=now + timedelta(days=1)) == []
    with database.transaction() as tx:
        tx.execute(update(inbox).values(dead=False, attempts=0, next_attempt_at=now))
    assert again(event) == [Outcome.HANDLED]
    assert rows.words() == ["1"]
