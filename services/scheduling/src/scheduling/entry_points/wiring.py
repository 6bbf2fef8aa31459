"""What the calls and jobs of the service can reach."""

from __future__ import annotations

import threading
from typing import Any

from portal_chassis.outside.fetching import Fetcher
from portal_chassis.process.providers import (
    ClockProvider,
    DatabaseProvider,
    JobsProvider,
    Provider,
    RpcClientProvider,
    SealerProvider,
    SettingsProvider,
)
from scheduling.config import Settings
from scheduling.operations.reading_calendars import FETCHING_SECONDS, CalendarReading
from scheduling.transports.calendar_reader import LARGEST, read_calendar

OWN_NAME = "Latchkey (busy calendars)"
"""How it calls itself where calendars are kept."""


class CalendarReadingProvider(Provider[CalendarReading]):
    """What reading calendars needs, made once per process."""

    def setup(self) -> None:
        """Gather it; nothing is asked yet."""
        runtime = self.runtime
        reach = self.settings_as(Settings).calendar_reach
        fetcher = Fetcher(reach, most_bytes=LARGEST, seconds=FETCHING_SECONDS, own_name=OWN_NAME)
        self._reading = CalendarReading(
            database=runtime.database,
            sealer=self.require_sealer(),
            clock=runtime.clock,
            holder=runtime.holder,
            fetch=fetcher.fetch,
            read=read_calendar,
            one_at_a_time=threading.Lock(),
        )

    def get_dependency(self, _worker_ctx: Any) -> CalendarReading:
        """What it needs."""
        return self._reading


class Wiring:
    """What the calls and jobs of the service can reach."""

    database = DatabaseProvider()
    settings = SettingsProvider(Settings)
    clock = ClockProvider()
    sealer = SealerProvider()
    rpc_client = RpcClientProvider()
    jobs = JobsProvider()
    calendar_reading = CalendarReadingProvider()
