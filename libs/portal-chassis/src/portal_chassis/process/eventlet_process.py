"""Eventlet as a service's process needs it: waiting for PostgreSQL, signals, no stray output."""

from __future__ import annotations

import os
import signal
from typing import Any

import eventlet
import psycopg.waiting
from eventlet.debug import hub_exceptions
from eventlet.green.select import select
from eventlet.hubs import trampoline
from psycopg.waiting import READY_R, READY_W, WAIT_R, WAIT_RW

_tuned = False


def wait_in_hub(gen: Any, fileno: int, interval: float = 0.0, timeout: float | None = None) -> Any:
    """Wait for PostgreSQL as everything else here waits: by a switch to eventlet's hub.

    psycopg's `wait_selector` does the same through a selector made for each
    wait, which costs more than the query's own work. What it looks for each
    `interval` (Ctrl-C in an unpatched process) does not arise here.
    """
    if timeout is not None:
        return psycopg.waiting.wait_selector(gen, fileno, interval, timeout)
    try:
        wanted = next(gen)
        while True:
            if wanted == WAIT_RW:
                readable, writable, _ = select([fileno], [fileno], [])
                ready = (READY_R if readable else 0) | (READY_W if writable else 0)
            elif wanted == WAIT_R:
                trampoline(fileno, read=True)
                ready = READY_R
            else:
                trampoline(fileno, write=True)
                ready = READY_W
            wanted = gen.send(ready)
    except StopIteration as ended:
        return ended.value


def assert_cooperative_waiting() -> None:
    """Refuse psycopg's blocking wait, which stops every greenthread of the process.

    Where psycopg waits cooperatively it waits in the hub from now on.

    Raises:
        RuntimeError: psycopg was imported before `PSYCOPG_WAIT_FUNC` was set.
    """
    if getattr(psycopg.waiting.wait, "__name__", "") not in {"wait_selector", "wait_in_hub"}:
        message = "PSYCOPG_WAIT_FUNC must be wait_selector before psycopg is imported."
        raise RuntimeError(message)
    psycopg.waiting.wait = wait_in_hub


def tune_eventlet() -> None:
    """Make eventlet discreet and quick to hear signals; harmless to repeat, in the main thread.

    * Its hub prints the text of an exception that ends a greenthread to
      stderr, past all redaction: no more. nameko logs the death of its own.
    * What a signal's handler wants done begins only when the hub turns, which
      may be seconds away: every signal now turns it at once.
    """
    global _tuned  # noqa: PLW0603 - there is one process
    if _tuned:
        return
    _tuned = True
    hub_exceptions(False)
    reader, writer = os.pipe()
    os.set_blocking(reader, False)
    os.set_blocking(writer, False)
    signal.set_wakeup_fd(writer, warn_on_full_buffer=False)
    eventlet.spawn(_turn_on_signals, reader)


def _turn_on_signals(reader: int) -> None:
    while True:
        trampoline(reader, read=True)
        os.read(reader, 4096)
