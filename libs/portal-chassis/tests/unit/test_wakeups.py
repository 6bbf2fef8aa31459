"""Wake-ups between a commit and the job that waits for its rows."""

import threading
import time

from portal_chassis.process.jobs import Jobs, wake_name
from portal_chassis.wakeups import wait_for_wakeup, wake_up


def test_a_wait_ends_when_its_time_is_over():
    began = time.monotonic()
    assert not wait_for_wakeup("nobody", 0.05)
    assert time.monotonic() - began < 5


def test_a_wake_ends_the_wait_of_its_name_alone():
    ended = []

    def sleep(name):
        ended.append((name, wait_for_wakeup(name, 60)))

    threads = [threading.Thread(target=sleep, args=(name,)) for name in ("one", "two")]
    for thread in threads:
        thread.start()
    wake_up("one")
    threads[0].join(30)
    assert ended == [("one", True)]
    wake_up("two")
    threads[1].join(30)
    assert ended == [("one", True), ("two", True)]


def test_a_wake_before_the_wait_is_not_lost():
    wake_up("early")
    assert wait_for_wakeup("early", 0)
    assert not wait_for_wakeup("early", 0)


def test_jobs_are_woken_by_service_and_method():
    Jobs("toy").wake("send")
    assert not wait_for_wakeup(wake_name("other", "send"), 0)
    assert wait_for_wakeup(wake_name("toy", "send"), 0)
