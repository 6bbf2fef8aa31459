"""The settings of forms."""

from __future__ import annotations

from portal_chassis.settings import DatabaseUrl, OwnerDatabaseUrl, ServiceSettings


class Settings(ServiceSettings, prefix="FORMS_"):
    """What forms reads from the environment: ``PORTAL_*`` shared, ``FORMS_*`` its own."""

    database_url: DatabaseUrl = "postgresql+psycopg://forms_runtime@127.0.0.1:5432/forms"
    owner_database_url: OwnerDatabaseUrl = "postgresql+psycopg://forms_owner@127.0.0.1:5432/forms"
