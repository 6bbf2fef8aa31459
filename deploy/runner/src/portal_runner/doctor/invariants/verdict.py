"""What a check of an invariant found."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

LISTED_AT_MOST = 20


@dataclass
class Verdict:
    """One invariant: what was looked at, and what is wrong.

    Attributes:
        invariant: its number, ``I1``.
        promise: what must hold, in words.
        counted: what was looked at, and how much of it.
        wrong: a sentence for each breach; empty while the promise holds.
        left_out: what could not be looked at, and why.
    """

    invariant: str
    promise: str
    counted: dict[str, int] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        """Whether no breach was found."""
        return not self.wrong

    def document(self) -> dict[str, Any]:
        """For ``--json``."""
        return {**asdict(self), "holds": self.holds}

    def lines(self) -> list[str]:
        """For people: one line of what was looked at, then one for each of the first breaches."""
        counted = ", ".join(f"{name} {number}" for name, number in self.counted.items())
        mark = "✓" if self.holds else "✗"
        left_out = "".join(f" ({sentence})" for sentence in self.left_out)
        lines = [f"{mark} {self.invariant}  {self.promise}: {counted or 'nothing'}{left_out}"]
        lines += [f"    ✗ {sentence}" for sentence in self.wrong[:LISTED_AT_MOST]]
        if len(self.wrong) > LISTED_AT_MOST:
            lines.append(f"    … and {len(self.wrong) - LISTED_AT_MOST} more")
        return lines
