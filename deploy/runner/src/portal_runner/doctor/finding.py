"""What the doctor finds: how a thing stands, and the remedy in words."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import StrEnum


class State(StrEnum):
    """How a thing stands. ``note``: worth knowing, nothing to mend."""

    OK = "ok"
    NOTE = "note"
    TROUBLE = "trouble"


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at: how it stands, and what to do about it."""

    subject: str
    state: State
    says: str
    fix: str = ""

    def document(self) -> dict[str, str]:
        """For ``--json``."""
        return asdict(self)


def ok(subject: str, says: str = "ok") -> Finding:
    """A thing that is as it should be."""
    return Finding(subject, State.OK, says)


def note(subject: str, says: str, fix: str = "") -> Finding:
    """A thing worth knowing."""
    return Finding(subject, State.NOTE, says, fix)


def trouble(subject: str, says: str, fix: str) -> Finding:
    """A thing to mend."""
    return Finding(subject, State.TROUBLE, says, fix)
