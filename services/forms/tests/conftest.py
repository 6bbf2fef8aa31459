"""What the tests of forms share: a database, and rows to put into it."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import insert

from forms.storage import tables
from portal_chassis.database import Database
from portal_chassis.ids import new_id
from portal_contracts.actor import Actor, ActorKind

NOW = datetime(2026, 12, 1, 12, 0, tzinfo=UTC)

STAMPS = {
    "not_opened": (),
    "started": ("opened_at",),
    "submitted": ("opened_at", "submitted_at"),
    "reviewed": ("opened_at", "submitted_at", "reviewed_at"),
    "withdrawn": ("withdrawn_at",),
}


@dataclasses.dataclass
class Practice:
    """Writes rows of one practice, as publishing, sending and saving will."""

    database: Database
    id: UUID = dataclasses.field(default_factory=new_id)
    now: datetime = NOW

    def client(self) -> Actor:
        return Actor(kind=ActorKind.CLIENT, id=new_id(), practice_id=self.id)

    def _insert(self, table, **values: Any) -> Any:
        row = {"practice_id": self.id} | values
        with self.database.transaction() as tx:
            tx.execute(insert(table).values(**row))
        return row.get("id")

    def template(self, **values: Any) -> UUID:
        row = {
            "id": new_id(),
            "title": "Intake, in the making",
            "document": {},
            "created_at": self.now,
            "updated_at": self.now,
        }
        return self._insert(tables.template, **(row | values))

    def version(self, *, template_id: UUID | None = None, **values: Any) -> UUID:
        row = {
            "id": new_id(),
            "template_id": template_id or self.template(),
            "number": 1,
            "title": "Intake",
            "minutes": 10,
            "document": {"sections": []},
            "published_by": new_id(),
            "published_at": self.now,
        }
        return self._insert(tables.template_version, **(row | values))

    def request(
        self,
        client: Actor,
        *,
        state: str = "not_opened",
        sent_days_ago: int = 1,
        title: str = "Intake",
        **values: Any,
    ) -> UUID:
        row = {
            "id": new_id(),
            "client_id": client.id,
            "template_version_id": values.pop("version_id", None) or self.version(title=title),
            "sent_by": new_id(),
            "sent_at": self.now - timedelta(days=sent_days_ago),
            "state": state,
            "updated_at": self.now,
        } | dict.fromkeys(STAMPS[state], self.now)
        return self._insert(tables.form_request, **(row | values))

    def draft(self, client: Actor, request_id: UUID, **values: Any) -> None:
        row = {
            "request_id": request_id,
            "client_id": client.id,
            "revision": 1,
            "answers": b"sealed",
            "percent": 40,
            "saved_at": self.now,
        }
        self._insert(tables.draft, **(row | values))

    def response(self, client: Actor, request_id: UUID, **values: Any) -> UUID:
        row = {
            "id": new_id(),
            "request_id": request_id,
            "client_id": client.id,
            "answers": b"sealed",
            "submitted_at": self.now,
        }
        return self._insert(tables.response, **(row | values))


@pytest.fixture
def database(migrated_database) -> Database:
    return migrated_database("forms")


@pytest.fixture
def practice(database) -> Practice:
    return Practice(database)
