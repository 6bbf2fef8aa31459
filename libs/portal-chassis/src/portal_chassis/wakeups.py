"""Wake-ups inside one process: a commit tells the job that waits for its rows.

A wake-up is only a shortcut. Every job also looks by itself at an interval,
so a lost one delays work and never loses it.
"""

from __future__ import annotations

import threading

_lock = threading.Lock()
_events: dict[str, threading.Event] = {}


def _event(name: str) -> threading.Event:
    with _lock:
        return _events.setdefault(name, threading.Event())


def wake_up(name: str) -> None:
    """Let whoever waits for `name` in this process go on, now or at its next wait."""
    _event(name).set()


def wait_for_wakeup(name: str, seconds: float) -> bool:
    """Wait until `name` is woken, or for `seconds`; whether it was woken."""
    event = _event(name)
    woken = event.wait(seconds)
    event.clear()
    return woken
