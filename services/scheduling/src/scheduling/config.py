"""The settings of scheduling."""

from __future__ import annotations

from typing import Annotated

from portal_chassis.outside.networks import NOT_PUBLIC, networks_in
from portal_chassis.outside.reach import Reach
from portal_chassis.settings import DatabaseUrl, OwnerDatabaseUrl, ServiceSettings
from portal_chassis.variables import setting


def _networks(value: str) -> str:
    try:
        networks_in(value)
    except ValueError:
        message = "must be networks like 10.1.2.0/24,fd00:1::/64"
        raise ValueError(message) from None
    return value


class Settings(ServiceSettings, prefix="SCHEDULING_"):
    """What scheduling reads from the environment: ``PORTAL_*`` shared, ``SCHEDULING_*`` its own."""

    database_url: DatabaseUrl = "postgresql+psycopg://scheduling_runtime@127.0.0.1:5432/scheduling"
    owner_database_url: OwnerDatabaseUrl = (
        "postgresql+psycopg://scheduling_owner@127.0.0.1:5432/scheduling"
    )
    hold_seconds: Annotated[
        int, setting("How long a time is kept for a client who is choosing.", ge=30, le=3_600)
    ] = 300
    allowed_calendar_networks: Annotated[
        str,
        setting(
            "Networks, separated by commas, in which calendars of practitioners may be "
            "kept though they are not in the public internet: that of your own calendar server."
        ),
        _networks,
    ] = ""

    @property
    def calendar_reach(self) -> Reach:
        """Where calendars of practitioners may be kept: in the public internet, and there."""
        return Reach(NOT_PUBLIC, allowed=networks_in(self.allowed_calendar_networks))
