"""The child process in which a calendar file is read: ``python -m`` this module.

What stands in a file of others decides how much work it is. So it is read where nobody waits,
with bounds on memory, on time, and on each event: one that takes too long is not read, and the
others are. It has no database, no key and no environment; the file comes in, times go out.
"""

from __future__ import annotations

import resource
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final, NoReturn
from zoneinfo import ZoneInfo

import msgspec

import portal_chassis  # noqa: F401 - settles which time-zone data decide
from scheduling.domain.ics.busy_time import BusyTime, read_busy
from scheduling.domain.ics.content import NoCalendar
from scheduling.domain.ics.values import Unreadable
from scheduling.transports.calendar_reader import TOO_COMPLEX, Answer, Asked

MOST_MEMORY: Final = 320 * 1024 * 1024
MOST_SECONDS: Final = 10
"""Of this process's time for a whole file; `SECONDS_FOR_ONE` for each event in it."""
SECONDS_FOR_ONE: Final = 1.0
MOST_BUSY: Final = 20_000
MOST_UNREAD: Final = 1_000


class _OutOfTime(Exception):
    """The whole file takes too long."""


def main() -> None:
    """Read the file on standard input, and write what was found."""
    _bound()
    asked = msgspec.msgpack.decode(sys.stdin.buffer.read(), type=Asked)
    sys.stdout.buffer.write(msgspec.msgpack.encode(_answer(asked)))


def _answer(asked: Asked) -> Answer:
    zone = None if asked.zone is None else ZoneInfo(asked.zone)
    try:
        found = read_busy(asked.data, asked.within, zone, patience)
    except NoCalendar as error:
        return Answer(refused=str(error))
    except (_OutOfTime, MemoryError):
        return Answer(refused=TOO_COMPLEX, complex=True)
    if len(found.busy) > MOST_BUSY:
        return Answer(refused=TOO_COMPLEX, complex=True)
    return Answer(found=BusyTime(found.busy, found.unread[:MOST_UNREAD]))


@contextmanager
def patience() -> Iterator[None]:
    """Bound the work on one event, and that on all of them."""
    if time.process_time() > MOST_SECONDS:
        raise _OutOfTime
    signal.setitimer(signal.ITIMER_PROF, SECONDS_FOR_ONE)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


def _give_up(_signal: int, _frame: Any) -> NoReturn:
    raise Unreadable("It takes too long to be read.")


def _bound() -> None:
    for limit, most in (
        (resource.RLIMIT_AS, MOST_MEMORY),
        (resource.RLIMIT_CPU, MOST_SECONDS + 5),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
    ):
        resource.setrlimit(limit, (most, most))
    signal.signal(signal.SIGPROF, _give_up)


if __name__ == "__main__":
    main()
