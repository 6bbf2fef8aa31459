"""Being ended in the middle: what was begun is put away first."""

from __future__ import annotations

import signal
import sys
from types import FrameType

ENDINGS = (signal.SIGTERM, signal.SIGHUP)
"""By a supervisor, and by a terminal that is closed. Ctrl-C is an exception already."""


def end_in_order() -> None:
    """From now on these signals unwind the process, so that nothing half-made is left and runs."""
    for number in ENDINGS:
        signal.signal(number, _unwind)


def _unwind(number: int, _frame: FrameType | None) -> None:
    for one in ENDINGS:
        signal.signal(one, signal.SIG_IGN)  # Putting away is not interrupted in turn.
    sys.exit(128 + number)
