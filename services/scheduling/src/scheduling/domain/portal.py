"""What the portal's home shows of the calendar."""

from __future__ import annotations

from dataclasses import dataclass

from scheduling.domain.appointments import Appointment
from scheduling.domain.sessions import Session

HOME_LENGTH = 4
"""Entries of each list on the portal's home: the nearest, and three more."""


@dataclass(frozen=True)
class ScheduleOverview:
    """A client's calendar at a glance.

    Attributes:
        upcoming: the nearest appointments, the next first.
        upcoming_total: how many there are in all.
        past: the latest sessions, the newest first.
        past_total: how many there are in all.
        can_book: some bookable service is open to her.
    """

    upcoming: tuple[Appointment, ...]
    upcoming_total: int
    past: tuple[Session, ...]
    past_total: int
    can_book: bool
