"""A process with greenthreads must wait for PostgreSQL cooperatively."""

from __future__ import annotations

import psycopg.waiting


def assert_cooperative_waiting() -> None:
    """Refuse to run with psycopg's blocking wait, which stops every greenthread of the process.

    Raises:
        RuntimeError: psycopg was imported before `PSYCOPG_WAIT_FUNC` was set.
    """
    if getattr(psycopg.waiting.wait, "__name__", "") != "wait_selector":
        message = "PSYCOPG_WAIT_FUNC must be wait_selector before psycopg is imported."
        raise RuntimeError(message)
