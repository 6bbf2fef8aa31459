"""What operators measure of scheduling: calendars kept elsewhere, and those that cannot be read."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from portal_chassis import metrics
from portal_chassis.database.transactions import Transaction
from portal_chassis.metrics import Measured
from scheduling.domain.busy_calendars import TOLD_AFTER
from scheduling.storage import busy_calendars

CALENDARS = metrics.scraped_gauge(
    "portal_busy_calendars", "Calendars kept elsewhere that practitioners have read."
)
FAILING = metrics.scraped_gauge(
    "portal_busy_calendars_failing", "Those of them that could not be read for a day."
)


def gauges(tx: Transaction, now: datetime) -> Iterator[Measured]:
    """Count the calendars."""
    yield Measured(CALENDARS, (), busy_calendars.count(tx))
    failing = busy_calendars.count_failing(tx, since_before=now - TOLD_AFTER)
    yield Measured(FAILING, (), failing)
