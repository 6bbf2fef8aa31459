"""What the tests of the invariants share: databases to plant breaches in, and what plants them."""

from __future__ import annotations

import dataclasses
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import insert, text
from sqlalchemy.dialects.postgresql import Range

from forms.storage import tables as forms_tables
from notifications.storage import tables as mail_tables
from portal_chassis.clock import Clock
from portal_chassis.database.sealed import Sealer
from portal_chassis.database.transactions import Database
from portal_chassis.events import outbox
from portal_chassis.ids import new_id
from portal_contracts.actor import service_actor
from portal_contracts.scheduling import events
from portal_runner.doctor.invariants.context import Context
from portal_runner.doctor.invariants.journal import Entry, by_act
from scheduling.storage import tables

MINUTE = timedelta(minutes=1)


@pytest.fixture
def now() -> datetime:
    return Clock().now().replace(microsecond=0)


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
        return Context(databases=self.databases, sealer=self.sealer, **more)

    def write(self, service: str, statement: Any, **values: Any) -> None:
        with self.databases[service].transaction() as tx:
            tx.execute(statement, values) if values else tx.execute(statement)

    def as_owner(self, service: str, sql: str) -> None:
        owner = Database(self.databases[service].owner_url, pool_size=1)
        with owner.transaction() as tx:
            tx.execute(text(sql))
        owner.dispose()

    def book(self, starts_at: datetime, *, buffer: int = 0, **values: Any) -> UUID:
        """A confirmed appointment of 50 minutes with its event, published."""
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
        self.publish(events.AppointmentBooked, one, starts_at)
        return one

    def publish(self, event: Any, appointment_id: UUID, starts_at: datetime, **more: Any) -> None:
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


@pytest.fixture
def journal_of():
    """``journal_of(entry, …)``: the journal of these entries, by act."""

    def journal(*entries):
        return by_act(Entry(**entry) for entry in entries)

    return journal


@pytest.fixture
def one_sentence():
    """``one_sentence(verdict, "lost")``: it has found one thing, and says these words of it."""

    def check(verdict, *words):
        [sentence] = verdict.wrong
        for word in words:
            assert str(word) in sentence
        assert not verdict.holds
        assert any(sentence in line for line in verdict.lines())

    return check


@pytest.fixture
def planted(migrated_database, now):
    """``planted("scheduling")``: fresh databases of these services."""

    def make(*services: str) -> Planted:
        return Planted({name: migrated_database(name) for name in services}, now)

    return make
