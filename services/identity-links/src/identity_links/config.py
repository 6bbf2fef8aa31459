"""Settings of the identity-links service, read from ``IDENTITY_LINKS_*`` and ``PORTAL_*``."""

from __future__ import annotations

import os
from pathlib import Path

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from identity_links.domain.devices import Lifetime
from identity_links.domain.throttle import HOUR, MINUTE, Quota, Window
from portal_chassis.settings import ServiceSettings
from portal_contracts.identity_links.rpc.api_tokens import BEARER_REQUESTS_PER_MINUTE


class Settings(ServiceSettings):
    """Every setting, each with a default that works."""

    model_config = SettingsConfigDict(env_prefix="IDENTITY_LINKS_")

    database_url: str = Field(
        default="postgresql+psycopg://identity_links_runtime@127.0.0.1:5432/identity_links",
        description="Database, as the runtime role (no right to change the schema).",
    )
    owner_database_url: str = Field(
        default="postgresql+psycopg://identity_links_owner@127.0.0.1:5432/identity_links",
        description="Database, as the owner role: migrations and pruning only.",
    )
    console_idle_minutes: int = Field(
        default=120,
        ge=5,
        le=7 * 24 * 60,
        description="A practitioner's device ends this many minutes after its last use.",
    )
    console_absolute_minutes: int = Field(
        default=12 * 60,
        ge=5,
        le=30 * 24 * 60,
        description="A practitioner's device ends this many minutes after it signed in.",
    )
    passwords_at_once: int = Field(
        default=2,
        ge=1,
        le=16,
        description="Passwords checked at the same time; each takes 64 MiB and one core.",
    )
    devices_kept_days: int = Field(
        default=30,
        ge=1,
        le=400,
        description="Days for which a device that has ended is kept.",
    )
    bearer_requests_per_minute: int = Field(
        default=BEARER_REQUESTS_PER_MINUTE,
        ge=1,
        le=100_000,
        description="Requests to the API of one token or client in any minute, of all gateways.",
    )
    failed_bearers_per_hour: int = Field(
        default=60,
        ge=1,
        le=100_000,
        description="Unknown or ended bearers answered as such per network and hour.",
    )
    api_tokens_kept_days: int = Field(
        default=30,
        ge=1,
        le=400,
        description="Days for which an API token that has expired is kept.",
    )
    refusal_counts_kept_days: int = Field(
        default=90,
        ge=1,
        le=400,
        description="Days for which counts of refusals, and of acts beyond their rows, are kept.",
    )

    erasure_ledgers: str = Field(
        default="",
        description="Folders that erased clients are written down in before an erasure is "
        "confirmed, separated by ':'; one beside each target of backups. Empty: the data folder.",
    )

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
