"""The settings of scheduling."""

from __future__ import annotations

from pydantic import Field
from pydantic_settings import SettingsConfigDict

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
