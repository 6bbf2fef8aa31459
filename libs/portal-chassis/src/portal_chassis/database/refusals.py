"""Why PostgreSQL lets nobody in, by its code and not by its words, which may be in any language.

libpq passes on no code of a refused connection but within its text, to whoever asks for that before
the server answers. psycopg has no word for it, and leads to libpq by `PGconn.pgconn_ptr`.
"""

from __future__ import annotations

import ctypes
import re
import select
import time
from typing import Any, Final

import psycopg
from psycopg import _cmodule
from psycopg.pq import PGconn, PollingStatus, abc
from sqlalchemy import make_url

TOO_MANY_CONNECTIONS: Final = "53300"
"""Of the server, of a role or of a database."""

ASKED_SECONDS: Final = 3.0
_CODE_ALONE: Final = 3
"""``PQERRORS_SQLSTATE`` of libpq."""

_SEVERITY_AND_CODE: Final = re.compile(r": +([0-9A-Z]{5})\s*$")


def refusal_code(url: str) -> str:
    """The code with which a server refuses a connection at once; "" where it does not.

    Args:
        url: ``postgresql+psycopg://…``.
    """
    address = make_url(url).set(drivername="postgresql")
    connection = PGconn.connect_start(address.render_as_string(hide_password=False).encode())
    try:
        if not _ask_for_codes(connection) or not _wait(connection):
            return ""
        text = connection.error_message.decode(errors="replace")
    except psycopg.Error:
        # There is no server, or it has gone meanwhile.
        return ""
    finally:
        connection.finish()
    found = _SEVERITY_AND_CODE.search(text)
    return found[1] if found else ""


def _ask_for_codes(connection: abc.PGconn) -> bool:
    """Have libpq tell codes in place of sentences; whether it is there to be asked."""
    module: Any = _cmodule._psycopg  # noqa: SLF001 - it has libpq loaded, whatever file that is in
    its_own: Any = connection
    if module is None:
        return False
    ask = ctypes.CDLL(module.__file__).PQsetErrorVerbosity
    ask.argtypes = [ctypes.c_void_p, ctypes.c_int]
    ask(its_own.pgconn_ptr, _CODE_ALONE)
    return True


def _wait(connection: abc.PGconn) -> bool:
    """Wait for what the server says; whether it refuses."""
    until, state = time.monotonic() + ASKED_SECONDS, PollingStatus.WRITING
    while state in {PollingStatus.READING, PollingStatus.WRITING}:
        reads = state == PollingStatus.READING
        ready = [connection.socket]
        left = max(0.0, until - time.monotonic())
        if not any(select.select(ready if reads else [], [] if reads else ready, [], left)):
            return False
        state = PollingStatus(connection.connect_poll())
    return state == PollingStatus.FAILED
