"""Has a calendar file read in a child process; see `calendar_reading` for its bounds."""

from __future__ import annotations

import subprocess
import sys
from typing import Final

import msgspec

from scheduling.domain.ics.busy_time import BusyTime
from scheduling.domain.wall_time import Span

LARGEST: Final = 5 * 1024 * 1024
"""Bytes of a file that is read."""

READING_SECONDS: Final = 60.0
"""After this the child is ended, whatever it does."""

_PROGRAM: Final = "scheduling.transports.calendar_reading"


TOO_COMPLEX: Final = "It is too large or too complicated to be read."


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What the child is asked: for which stretch, and where days and times without a zone lie."""

    within: Span
    zone: str | None
    data: bytes


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What was found, or why nothing was. `complex`: there would be, but it is too much."""

    found: BusyTime | None = None
    refused: str = ""
    complex: bool = False


class CalendarUnreadable(Exception):
    """No busy time was read; the text is a sentence.

    Attributes:
        too_complex: it may be a calendar, and reading it would take too much.
    """

    def __init__(self, sentence: str, *, too_complex: bool) -> None:
        super().__init__(sentence)
        self.too_complex = too_complex


def read_calendar(data: bytes, within: Span, zone: str | None) -> BusyTime:
    """The busy time in a calendar file, merged, in order, and clipped.

    Args:
        data: the file.
        within: the stretch asked about.
        zone: where days and times without a zone lie; None: where the file says, else UTC.

    Raises:
        CalendarUnreadable: it is no calendar, or too much of one.
    """
    if len(data) > LARGEST:
        raise CalendarUnreadable("It is larger than 5 MB.", too_complex=True)
    asked = msgspec.msgpack.encode(Asked(within=within, zone=zone, data=data))
    try:
        done = subprocess.run(  # noqa: S603 - this very program, with nothing of the file's
            [sys.executable, "-I", "-m", _PROGRAM],
            input=asked,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={"PYTHONHASHSEED": "random"},
            timeout=READING_SECONDS,
            check=False,
        )
        answer = msgspec.msgpack.decode(done.stdout, type=Answer) if not done.returncode else None
    except (subprocess.TimeoutExpired, msgspec.DecodeError):
        answer = None
    if answer is None or answer.found is None:
        sentence = answer.refused if answer else TOO_COMPLEX
        raise CalendarUnreadable(sentence, too_complex=answer is None or answer.complex)
    return answer.found
