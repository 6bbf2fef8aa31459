"""Who has taken an event, on the in-memory broker."""

import threading
import time

from portal_chassis.events import acknowledgements
from portal_chassis.events.acknowledgements import expecting, note, wait_for
from portal_chassis.ids import new_id


def test_an_event_counts_when_every_consumer_has_it():
    event_id = new_id()
    with expecting([event_id]):
        assert not wait_for(event_id, ["a", "b"], 0)
        note(event_id, "a")
        note(event_id, "a")
        assert not wait_for(event_id, ["a", "b"], 0.01)
        note(event_id, "b")
        assert wait_for(event_id, ["a", "b"], 0)
        assert wait_for(event_id, [], 0)


def test_a_wait_ends_as_soon_as_the_last_consumer_has_it():
    event_id = new_id()
    with expecting([event_id]):
        threading.Timer(0.05, note, (event_id, "a")).start()
        began = time.monotonic()
        assert wait_for(event_id, ["a"], 10)
        assert time.monotonic() - began < 5


def test_nothing_is_remembered_that_nobody_expects():
    event_id = new_id()
    note(event_id, "a")
    assert event_id not in acknowledgements._taken
    with expecting([event_id]):
        assert not wait_for(event_id, ["a"], 0)
    note(event_id, "a")
    assert event_id not in acknowledgements._taken


def test_a_failed_batch_is_forgotten_too():
    event_ids = [new_id() for _ in range(10)]
    try:
        with expecting(event_ids):
            note(event_ids[0], "a")
            raise InterruptedError
    except InterruptedError:
        pass
    assert not set(event_ids) & set(acknowledgements._taken)
