"""What a process with greenthreads needs."""

from __future__ import annotations

import os
import signal

import eventlet
import psycopg.waiting
from eventlet.debug import hub_exceptions
from eventlet.hubs import trampoline

_settled = False


def assert_cooperative_waiting() -> None:
    """Refuse to run with psycopg's blocking wait, which stops every greenthread of the process.

    Raises:
        RuntimeError: psycopg was imported before `PSYCOPG_WAIT_FUNC` was set.
    """
    if getattr(psycopg.waiting.wait, "__name__", "") != "wait_selector":
        message = "PSYCOPG_WAIT_FUNC must be wait_selector before psycopg is imported."
        raise RuntimeError(message)


def settle_process() -> None:
    """Make eventlet discreet and quick to hear signals; harmless to repeat, in the main thread.

    * Its hub prints the text of an exception that ends a greenthread to
      stderr, past all redaction: no more. nameko logs the death of its own.
    * What a signal's handler wants done begins only when the hub turns, which
      may be seconds away: every signal now turns it at once.
    """
    global _settled  # noqa: PLW0603 - there is one process
    if _settled:
        return
    _settled = True
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
