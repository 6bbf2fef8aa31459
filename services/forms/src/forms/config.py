"""The settings of forms."""

from __future__ import annotations

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from portal_chassis.settings import ServiceSettings


class Settings(ServiceSettings):
    """What forms reads from the environment: ``PORTAL_*`` shared, ``FORMS_*`` its own."""

    model_config = SettingsConfigDict(
        env_prefix="FORMS_",
        populate_by_name=True,
        extra="ignore",
        hide_input_in_errors=True,
        frozen=True,
    )

    database_url: str = Field(
        default="postgresql+psycopg://forms_runtime@127.0.0.1:5432/forms",
        description="Database, as the runtime role (no right to change the schema).",
    )
    owner_database_url: str = Field(
        default="postgresql+psycopg://forms_owner@127.0.0.1:5432/forms",
        description="Database, as the owner role: migrations and pruning only.",
    )
