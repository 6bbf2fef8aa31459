"""The console: mails as text in the terminal, for a developer's eyes."""

from __future__ import annotations

import sys
from typing import TextIO

from notifications.domain.letters import Letter
from notifications.domain.outcome import ACCEPTED, Outcome


class TerminalTransport:
    """Prints each letter's text, with its link: only for a terminal that nobody keeps."""

    def __init__(self, out: TextIO | None = None) -> None:
        self._out = out or sys.stdout

    def send(self, letter: Letter, *, within: float | None = None) -> Outcome:
        """Print one letter."""
        line = "─" * 72
        self._out.write(
            f"{line}\nTo: {letter.recipient.address}\n"
            f"Subject: {letter.written.subject}\n\n{letter.written.text}{line}\n"
        )
        self._out.flush()
        return ACCEPTED

    def answers(self) -> bool:
        """A terminal is always there."""
        return True
