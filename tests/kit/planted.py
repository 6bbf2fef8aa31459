"""Rows in services' databases as the services write them, or worse."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import insert, text
from sqlalchemy.dialects.postgresql import Range

from forms.storage import tables as forms_tables
from notifications.storage import tables as mail_tables
from portal_chassis.database.sealed import Sealer
from portal_chassis.database.transactions import Database
from portal_chassis.events import outbox
from portal_chassis.ids import new_id
from portal_contracts.actor import service_actor
from portal_contracts.scheduling import events
from portal_runner.doctor.invariants.context import Context
from scheduling.storage import tables

MINUTE = timedelta(minutes=1)


@dataclasses.dataclass
class Planted:
    """Databases of services, and rows in them as the services write them, or worse."""

    databases: dict[str, Any]
    now: datetime
    sealer: Sealer = dataclasses.field(default_factory=lambda: Sealer(b"k" * 32))
    practice_id: UUID = dataclasses.field(default_factory=new_id)
    practitioner_id: UUID = dataclasses.field(default_factory=new_id)
    client_id: UUID = dataclasses.field(default_factory=new_id)

    def context(self, **more: Any) -> Context:
        """For the checks of the invariants."""
        return Context(databases=self.databases, sealer=self.sealer, **more)

    def write(self, service: str, statement: Any, **values: Any) -> None:
        """Run a statement as the service could."""
        with self.databases[service].transaction() as tx:
            tx.execute(statement, values) if values else tx.execute(statement)

    def as_owner(self, service: str, sql: str) -> None:
        """Run what no service may."""
        owner = Database(self.databases[service].owner_url, pool_size=1)
        with owner.transaction() as tx:
            tx.execute(text(sql))
        owner.dispose()

    def book(
        self, starts_at: datetime, *, buffer: int = 0, forms: Sequence[UUID] = (), **values: Any
    ) -> UUID:
        """A confirmed appointment of 50 minutes with its event, published; it asks for `forms`."""
        ends_at = starts_at + 50 * MINUTE
        common = {"practice_id": self.practice_id, "created_at": self.now, "updated_at": self.now}
        service_id, time_id, one = new_id(), new_id(), new_id()
        with self.databases["scheduling"].transaction() as tx:
            tx.execute(
                insert(tables.bookable_service).values(
                    id=service_id,
                    practitioner_id=self.practitioner_id,
                    title="Talk",
                    minutes=50,
                    **common,
                )
            )
            tx.execute(
                insert(tables.booked_time).values(
                    id=time_id,
                    practitioner_id=self.practitioner_id,
                    service_id=service_id,
                    title="Talk",
                    starts_at=starts_at,
                    ends_at=ends_at,
                    timezone="UTC",
                    starts_wall=starts_at.replace(tzinfo=None),
                    buffer_after_minutes=buffer,
                    blocked=Range(starts_at, ends_at + buffer * MINUTE, bounds="[)"),
                    status="confirmed",
                    **common,
                )
            )
            seat = {"client_id": self.client_id, "booked_at": self.now, "status": "confirmed"}
            tx.execute(
                insert(tables.appointment).values(
                    id=one, booked_time_id=time_id, **common, **(seat | values)
                )
            )
        asked = {"form_template_ids": [*forms]}
        self.publish(events.AppointmentBooked, one, starts_at, **asked)
        return one

    def publish(self, event: Any, appointment_id: UUID, starts_at: datetime, **more: Any) -> None:
        """An event about an appointment, published."""
        data = event(
            appointment_id=appointment_id,
            client_id=self.client_id,
            practitioner_id=self.practitioner_id,
            starts_at=starts_at,
            ends_at=starts_at + 50 * MINUTE,
            timezone="UTC",
            starts_wall=f"{starts_at:%Y-%m-%dT%H:%M}",
            utc_offset_minutes=0,
            ics_sequence=0,
            **more,
        )
        with self.databases["scheduling"].transaction() as tx:
            outbox.record(
                tx,
                data,
                practice_id=self.practice_id,
                aggregate=("appointment", appointment_id),
                actor=service_actor("scheduling"),
                request_id="",
                now=self.now,
            )
        self.write("scheduling", text("UPDATE outbox SET sent_at = occurred_at"))

    def deliver(self, *, accepted: int = 1, **values: Any) -> UUID:
        """A delivery that was sent."""
        one = new_id()
        sent = {"state": "sent", "sent_at": self.now}
        with self.databases["notifications"].transaction() as tx:
            tx.execute(
                insert(mail_tables.delivery).values(
                    id=one,
                    practice_id=self.practice_id,
                    client_id=self.client_id,
                    kind="portal_link",
                    subject_id=new_id(),
                    cause_id=new_id(),
                    created_at=self.now,
                    **(sent | values),
                )
            )
            for _ in range(accepted):
                tx.execute(
                    insert(mail_tables.delivery_attempt).values(
                        id=new_id(), delivery_id=one, began_at=self.now, outcome="accepted"
                    )
                )
        return one

    def save(self, revision: int, answers: str) -> UUID:
        """A draft with `answers`, JSON, sealed."""
        one = self.send_form()
        with self.databases["forms"].transaction() as tx:
            sealed = self.sealer.seal(
                tx,
                self.client_id,
                f'{{"answers": {answers}}}',
                table="draft",
                column="answers",
                row=one,
            )
            tx.execute(
                insert(forms_tables.draft).values(
                    request_id=one,
                    practice_id=self.practice_id,
                    client_id=self.client_id,
                    revision=revision,
                    answers=sealed,
                    percent=0,
                    saved_at=self.now,
                )
            )
        return one

    def send_form(self) -> UUID:
        """A form request, of a template of its own."""
        common = {"practice_id": self.practice_id, "title": "Intake", "document": {}}
        template_id, version_id, one = new_id(), new_id(), new_id()
        template = common | {"created_at": self.now, "updated_at": self.now, "revision": 1}
        version = common | {"published_by": new_id(), "published_at": self.now}
        with self.databases["forms"].transaction() as tx:
            tx.execute(insert(forms_tables.template).values(id=template_id, **template))
            tx.execute(
                insert(forms_tables.template_version).values(
                    id=version_id, template_id=template_id, number=1, minutes=5, **version
                )
            )
            tx.execute(
                insert(forms_tables.form_request).values(
                    id=one,
                    practice_id=self.practice_id,
                    client_id=self.client_id,
                    template_version_id=version_id,
                    sent_by=new_id(),
                    sent_at=self.now,
                    updated_at=self.now,
                )
            )
        return one
