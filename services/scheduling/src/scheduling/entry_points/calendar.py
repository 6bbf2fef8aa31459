"""The practitioner's calendar."""

from __future__ import annotations


class CalendarCalls:
    """The practitioner's calendar."""
