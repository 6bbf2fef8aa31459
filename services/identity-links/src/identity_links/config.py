"""Settings of the identity-links service, read from ``IDENTITY_LINKS_*`` and ``PORTAL_*``."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

from identity_links.domain.devices import Lifetime
from identity_links.domain.throttle import HOUR, MINUTE, Quota, Window
from portal_chassis.settings import DatabaseUrl, OwnerDatabaseUrl, ServiceSettings
from portal_chassis.variables import setting
from portal_contracts.identity_links.rpc.api_tokens import BEARER_REQUESTS_PER_MINUTE


class Settings(ServiceSettings, prefix="IDENTITY_LINKS_"):
    """Every setting, each with a default that works."""

    database_url: DatabaseUrl = (
        "postgresql+psycopg://identity_links_runtime@127.0.0.1:5432/identity_links"
    )
    owner_database_url: OwnerDatabaseUrl = (
        "postgresql+psycopg://identity_links_owner@127.0.0.1:5432/identity_links"
    )
    console_idle_minutes: Annotated[
        int,
        setting(
            "A practitioner's device ends this many minutes after its last use.",
            ge=5,
            le=7 * 24 * 60,
        ),
    ] = 120
    console_absolute_minutes: Annotated[
        int,
        setting(
            "A practitioner's device ends this many minutes after it signed in.",
            ge=5,
            le=30 * 24 * 60,
        ),
    ] = 12 * 60
    passwords_at_once: Annotated[
        int,
        setting("Passwords checked at the same time; each takes 64 MiB and one core.", ge=1, le=16),
    ] = 2
    devices_kept_days: Annotated[
        int, setting("Days for which a device that has ended is kept.", ge=1, le=400)
    ] = 30
    bearer_requests_per_minute: Annotated[
        int,
        setting(
            "Requests to the API of one token or client in any minute, of all gateways.",
            ge=1,
            le=100_000,
        ),
    ] = BEARER_REQUESTS_PER_MINUTE
    failed_bearers_per_hour: Annotated[
        int,
        setting(
            "Unknown or ended bearers answered as such per network and hour.", ge=1, le=100_000
        ),
    ] = 60
    api_tokens_kept_days: Annotated[
        int, setting("Days for which an API token that has expired is kept.", ge=1, le=400)
    ] = 30
    refusal_counts_kept_days: Annotated[
        int,
        setting(
            "Days for which counts of refusals, and of acts beyond their rows, are kept.",
            ge=1,
            le=400,
        ),
    ] = 90

    erasure_ledgers: Annotated[
        str,
        setting(
            "Folders that erased clients are written down in before an erasure is confirmed, "
            "separated by ':'; one beside each target of backups. Empty: the data folder."
        ),
    ] = ""

    @property
    def erasure_ledger_folders(self) -> list[Path]:
        """The folders of `erasure_ledgers`."""
        return [Path(one) for one in self.erasure_ledgers.split(os.pathsep) if one]

    @property
    def console_lifetime(self) -> Lifetime:
        """The limits of practitioners' devices."""
        return Lifetime(self.console_idle_minutes, self.console_absolute_minutes)

    @property
    def bearer_requests(self) -> Quota:
        """How many requests one bearer may make."""
        return Quota(self.bearer_requests_per_minute, MINUTE)

    @property
    def failed_bearers(self) -> Window:
        """How many bearers that are none are answered as such, per network."""
        return Window(self.failed_bearers_per_hour, HOUR)
