"""The settings of scheduling."""

from __future__ import annotations

from pydantic import Field, field_validator
from pydantic_settings import SettingsConfigDict

from portal_chassis.outside.networks import NOT_PUBLIC, networks_in
from portal_chassis.outside.reach import Reach
from portal_chassis.settings import ServiceSettings


class Settings(ServiceSettings):
    """What scheduling reads from the environment: ``PORTAL_*`` shared, ``SCHEDULING_*`` its own."""

    model_config = SettingsConfigDict(
        env_prefix="SCHEDULING_",
        populate_by_name=True,
        extra="ignore",
        hide_input_in_errors=True,
        frozen=True,
    )

    database_url: str = Field(
        default="postgresql+psycopg://scheduling_runtime@127.0.0.1:5432/scheduling",
        description="Database, as the runtime role (no right to change the schema).",
    )
    owner_database_url: str = Field(
        default="postgresql+psycopg://scheduling_owner@127.0.0.1:5432/scheduling",
        description="Database, as the owner role: migrations and pruning only.",
    )
    hold_seconds: int = Field(
        default=300,
        ge=30,
        le=3_600,
        description="How long a time is kept for a client who is choosing.",
    )
    allowed_calendar_networks: str = Field(
        default="",
        description="Networks, separated by commas, in which calendars of practitioners may be "
        "kept though they are not in the public internet: that of your own calendar server.",
    )

    @field_validator("allowed_calendar_networks")
    @classmethod
    def _networks_are_networks(cls, value: str) -> str:
        try:
            networks_in(value)
        except ValueError:
            message = "must be networks like 10.1.2.0/24,fd00:1::/64"
            raise ValueError(message) from None
        return value

    @property
    def calendar_reach(self) -> Reach:
        """Where calendars of practitioners may be kept: in the public internet, and there."""
        return Reach(NOT_PUBLIC, allowed=networks_in(self.allowed_calendar_networks))
