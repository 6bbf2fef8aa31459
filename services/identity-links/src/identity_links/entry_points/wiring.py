"""What the calls and jobs of the service can reach."""

from __future__ import annotations

from identity_links.config import Settings
from identity_links.entry_points.password_turns import PasswordTurns
from portal_chassis.process.providers import (
    ClockProvider,
    DatabaseProvider,
    JobsProvider,
    SealerProvider,
    SettingsProvider,
)


class Wiring:
    """What the calls and jobs of the service can reach."""

    database = DatabaseProvider()
    settings = SettingsProvider(Settings)
    clock = ClockProvider()
    sealer = SealerProvider()
    jobs = JobsProvider()
    password_turn = PasswordTurns()
