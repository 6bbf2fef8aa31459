"""The child processes of `portal stack`: started, watched, restarted, ended."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import structlog

from portal_chassis.embedded.polling import wait_until

log = structlog.get_logger(__name__)

FIRST_PAUSE_SECONDS = 0.5
LONGEST_PAUSE_SECONDS = 15.0
STEADY_SECONDS = 30.0
"""A process that lived this long is restarted at once, as if it had never died."""

INHERITED = (
    *("PATH", "LANG", "LC_ALL", "TMPDIR", "HOME", "XDG_CONFIG_HOME"),
    *("PYTHONPATH", "VIRTUAL_ENV", "TZ"),
)
"""Of the variables of whoever starts a process, what programs need."""

STOP_SECONDS = 20.0
PR_SET_PDEATHSIG = 1


class Child:
    """One child process that is meant to run until it is stopped.

    Args:
        name: for people and for ``processes.json``.
        command: program and arguments.
        environment: all of it; nothing is inherited.
        log: file its output is added to.
        inherited: descriptors that it and all it starts hold open.
    """

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        environment: Mapping[str, str],
        log_file: Path,
        *,
        inherited: Sequence[int] = (),
    ) -> None:
        self.name = name
        self._command = list(command)
        self._environment = dict(environment)
        self._log_file = log_file
        self._inherited = tuple(inherited)
        self._process: subprocess.Popen[bytes] | None = None
        self._started = 0.0
        self.pause = FIRST_PAUSE_SECONDS
        self._due = 0.0

    @property
    def pid(self) -> int | None:
        """Its process id, or None while it is down."""
        return self._process.pid if self._process is not None and self.runs else None

    @property
    def runs(self) -> bool:
        """Whether it runs now."""
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        """Start it, in a process group of its own: Ctrl-C reaches the supervisor alone."""
        with self._log_file.open("ab") as output:
            self._process = subprocess.Popen(
                self._command,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                pass_fds=self._inherited,
                preexec_fn=end_with_parent if sys.platform == "linux" else None,  # noqa: PLW1509
            )
        self._started = time.monotonic()

    def revive(self) -> bool:
        """Start it again if it has died and its pause is over; whether it was started."""
        if self.runs or self._process is None:
            return False
        now = time.monotonic()
        if not self._due:
            steady = now - self._started > STEADY_SECONDS
            self.pause = FIRST_PAUSE_SECONDS if steady else self.pause
            self._due = now + self.pause
            log.warning("process_died", process=self.name, code=self._process.returncode)
        if now < self._due:
            return False
        self.pause = min(self.pause * 2, LONGEST_PAUSE_SECONDS)
        self._due = 0.0
        self.start()
        log.info("process_restarted", process=self.name)
        return True

    def ask_to_stop(self) -> None:
        """SIGTERM."""
        if self._process is not None and self.runs:
            self._process.terminate()

    def wait(self, within: float) -> bool:
        """Wait for its end after `ask_to_stop`; then end its whole group. Whether it was clean."""
        if self._process is None:
            return True
        clean = wait_until(lambda: not self.runs, within=within)
        # What it may have left of its group; gone groups are no failure.
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._process = None
        return clean


def stop_all(children: Sequence[Child], within: float = STOP_SECONDS) -> None:
    """Stop several at the same time."""
    for child in children:
        child.ask_to_stop()
    deadline = time.monotonic() + within
    for child in children:
        if not child.wait(max(deadline - time.monotonic(), 0.1)):
            log.warning("process_killed", process=child.name)


def end_with_parent() -> None:
    """Let the kernel end this process when the supervisor is killed (Linux)."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
