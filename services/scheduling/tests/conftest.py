"""What the tests of scheduling share: a database, and rows to put into it."""

from __future__ import annotations

import dataclasses
import importlib
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
import pytest
from msgspec import Struct
from sqlalchemy import insert, select
from sqlalchemy.dialects.postgresql import Range

from portal_chassis.call import Call
from portal_chassis.database.sealed import Sealer
from portal_chassis.database.transactions import Database
from portal_chassis.ids import new_id
from portal_chassis.variables import load_settings
from portal_contracts.actor import Actor, ActorKind, Role, service_actor
from portal_contracts.calls import Method, Nothing
from portal_contracts.envelope import Event, EventData
from portal_contracts.errors import Forbidden, NotFound
from portal_contracts.identity_links.rpc.access import (
    LIST_PRACTITIONERS,
    MAY,
    Authority,
    May,
    PractitionerCard,
    Practitioners,
)
from portal_contracts.identity_links.rpc.caseload import LIST_VISIBLE_CLIENTS, VisibleClients
from portal_contracts.identity_links.rpc.clients import NAME_CLIENTS, ClientNames, NameClients
from portal_contracts.permissions import (
    Permission,
    require_kind,
    require_permission,
    sees_every_client,
)
from portal_contracts.scheduling.events import ScheduleAccessRecorded
from scheduling.config import Settings
from scheduling.domain.appointments import LIVE
from scheduling.storage import tables

NOW = datetime(2026, 12, 1, 12, 0, tzinfo=UTC)
ZONE = "Europe/Berlin"
KEPT = ("held", "requested")

D = TypeVar("D", bound=EventData)


@dataclasses.dataclass
class Calendar:
    """Writes rows of one practitioner of one practice, as booking will."""

    database: Database
    practice_id: UUID = dataclasses.field(default_factory=new_id)
    practitioner_id: UUID = dataclasses.field(default_factory=new_id)
    now: datetime = NOW

    def client(self) -> Actor:
        return Actor(kind=ActorKind.CLIENT, id=new_id(), practice_id=self.practice_id)

    def practitioner(self, role: Role = Role.PRACTITIONER) -> Actor:
        return Actor(
            kind=ActorKind.PRACTITIONER,
            id=self.practitioner_id,
            practice_id=self.practice_id,
            role=role,
        )

    def colleague(self) -> Calendar:
        return Calendar(self.database, practice_id=self.practice_id)

    def _insert(self, table, **values: Any) -> UUID:
        row = {"id": new_id(), "practice_id": self.practice_id} | values
        with self.database.transaction() as tx:
            tx.execute(insert(table).values(**row))
        return row["id"]

    def service(self, **values: Any) -> UUID:
        row = {
            "practitioner_id": self.practitioner_id,
            "title": "Counselling",
            "minutes": 50,
            "created_at": self.now,
            "updated_at": self.now,
        }
        return self._insert(tables.bookable_service, **(row | values))

    def hours(self, *windows: tuple[str, str], timezone: str = ZONE, **more: Any) -> None:
        """Open every day of the week at these windows, but for `more` that is said."""
        day = [{"start": start, "end": end} for start, end in windows]
        row = {
            "practitioner_id": self.practitioner_id,
            "practice_id": self.practice_id,
            "version": 1,
            "timezone": timezone,
            "weekly": [day] * 7,
            "overrides": [],
            "time_off": [],
            "created_at": self.now,
            "updated_at": self.now,
        }
        with self.database.transaction() as tx:
            tx.execute(insert(tables.availability).values(**(row | more)))

    def offer(self, **values: Any) -> UUID:
        """A service that clients may book, every hour without notice unless it says otherwise."""
        rules = {"self_scheduling": True, "increment_minutes": 60, "min_notice_minutes": 0}
        return self.service(**(rules | values))

    def time_row(
        self,
        starts_at: datetime,
        *,
        minutes: int = 50,
        before: int = 0,
        after: int = 0,
        status: str = "confirmed",
        **values: Any,
    ) -> dict[str, Any]:
        """The values of a booked time, not stored yet."""
        ends_at = starts_at + timedelta(minutes=minutes)
        blocked = Range(starts_at - timedelta(minutes=before), ends_at + timedelta(minutes=after))
        row = {
            "id": new_id(),
            "practice_id": self.practice_id,
            "practitioner_id": self.practitioner_id,
            "service_id": values.pop("service_id", None) or self.service(),
            "title": "Counselling",
            "starts_at": starts_at,
            "ends_at": ends_at,
            "timezone": ZONE,
            "starts_wall": starts_at.astimezone(ZoneInfo(ZONE)).replace(tzinfo=None),
            "buffer_before_minutes": before,
            "buffer_after_minutes": after,
            "blocked": blocked,
            "status": status,
            "expires_at": self.now + timedelta(minutes=5) if status in KEPT else None,
            "created_at": self.now,
            "updated_at": self.now,
        }
        return row | values

    def book(self, starts_at: datetime, **values: Any) -> UUID:
        """Store a booked time; the exclusion constraint is the only judge."""
        return self._insert(tables.booked_time, **self.time_row(starts_at, **values))

    def booked_buffers(self, appointment_id: UUID) -> tuple[int, int]:
        """The minutes kept free before and after an appointment."""
        times = tables.booked_time
        query = (
            select(times.c.buffer_before_minutes, times.c.buffer_after_minutes)
            .join(tables.appointment, tables.appointment.c.booked_time_id == times.c.id)
            .where(tables.appointment.c.id == appointment_id)
        )
        with self.database.transaction() as tx:
            row = tx.execute(query).one()
        return row.buffer_before_minutes, row.buffer_after_minutes

    def seat(self, client: Actor, booked_time_id: UUID, *, status: str, **values: Any) -> UUID:
        row = {
            "client_id": client.id,
            "booked_time_id": booked_time_id,
            "status": status,
            "expires_at": self.now + timedelta(minutes=5) if status in KEPT else None,
            "requested_at": self.now if status == "requested" else None,
            "cancelled_at": self.now if status == "cancelled" else None,
            "created_at": self.now,
            "updated_at": self.now,
        }
        return self._insert(tables.appointment, **(row | values))

    def appointment(
        self,
        client: Actor,
        starts_at: datetime,
        *,
        status: str = "confirmed",
        cancelled_late: bool = False,
        **booking: Any,
    ) -> UUID:
        """A booked time with the client's seat on it."""
        time_status = status if status in LIVE else "cancelled"
        booked = self.book(starts_at, status=time_status, **booking)
        return self.seat(client, booked, status=status, cancelled_late=cancelled_late)

    def busy_elsewhere(self, *spans: tuple[datetime, datetime], **values: Any) -> UUID:
        """A calendar kept elsewhere that was read and says busy then."""
        calendar_id = new_id()
        row = {
            "id": calendar_id,
            "practitioner_id": self.practitioner_id,
            "name": "Home",
            "host": "calendar.example.org",
            "address_sealed": b"sealed",
            "address_mac": calendar_id.bytes,
            "added_at": self.now,
            "due_at": self.now + timedelta(minutes=10),
            "read_at": self.now,
            "whole_at": self.now,
            "timezone": ZONE,
        }
        self._insert(tables.busy_calendar, **(row | values))
        times = [
            {
                "calendar_id": calendar_id,
                "practitioner_id": self.practitioner_id,
                "during": Range(start, end),
            }
            for start, end in spans
        ]
        with self.database.transaction() as tx:
            tx.execute(insert(tables.busy_time), times)
        return calendar_id

    def session(self, client: Actor, started_at: datetime, **values: Any) -> UUID:
        row = {
            "practitioner_id": self.practitioner_id,
            "client_id": client.id,
            "title": "Counselling",
            "started_at": started_at,
            "ended_at": started_at + timedelta(minutes=50),
            "timezone": ZONE,
            "started_wall": started_at.astimezone(ZoneInfo(ZONE)).replace(tzinfo=None),
            "status": "attended",
            "created_at": self.now,
            "updated_at": self.now,
        }
        return self._insert(tables.session, **(row | values))

    def summary(self, client: Actor, session_id: UUID, **values: Any) -> UUID:
        row = {
            "client_id": client.id,
            "session_id": session_id,
            "version": 1,
            "revision": 1,
            "body": b"sealed",
            "written_by": self.practitioner_id,
            "created_at": self.now,
            "saved_at": self.now,
        }
        return self._insert(tables.session_summary, **(row | values))


@dataclasses.dataclass
class Identity:
    """identity-links as scheduling asks it: knows every client but the `unknown`, and `colleagues`.

    `asked`: whether somebody may do something to a client. Of whoever sees own clients alone,
    none is: `opened` are the clients whom an owner opened in an emergency.
    """

    unknown: set[UUID] = dataclasses.field(default_factory=set)
    archived: set[UUID] = dataclasses.field(default_factory=set)
    colleagues: set[UUID] = dataclasses.field(default_factory=set)
    asked: list[May] = dataclasses.field(default_factory=list)
    opened: set[UUID] = dataclasses.field(default_factory=set)
    visible: list[UUID] | None = None

    def call(self, method, command: Any, *, actor: Actor, request_id: str = "") -> Any:
        answers = {
            MAY: self._may,
            NAME_CLIENTS: self._name_clients,
            LIST_PRACTITIONERS: self._list_practitioners,
            LIST_VISIBLE_CLIENTS: lambda _command, _actor: VisibleClients(client_ids=self.visible),
        }
        return answers[method](command, actor)

    def _may(self, command: May, actor: Actor) -> Authority:
        assert actor == service_actor("scheduling")
        self.asked.append(command)
        require_permission(command.actor, command.permission)
        if command.client_id in self.unknown:
            raise NotFound("not_found", "There is no such client.")
        limited = command.actor.caseload_only
        emergency = limited and command.client_id in self.opened
        if limited and not emergency and not sees_every_client(command.actor, command.permission):
            raise Forbidden("not_in_caseload", "This client is a colleague's.")
        return Authority(
            practice_id=command.actor.practice_id,
            client_id=command.client_id,
            active=command.client_id not in self.archived,
            clinical=emergency or not limited,
            emergency=emergency,
        )

    def _name_clients(self, command: NameClients, actor: Actor) -> ClientNames:
        require_permission(actor, Permission.CLIENTS_READ)
        known = [one for one in command.client_ids if one not in self.unknown]
        return ClientNames(names={str(one): "Anna" for one in known})

    def _list_practitioners(self, _command: Nothing, actor: Actor) -> Practitioners:
        require_kind(actor, ActorKind.PRACTITIONER)
        cards = [
            PractitionerCard(id=one, name="Vera", role=Role.PRACTITIONER) for one in self.colleagues
        ]
        return Practitioners(items=cards)


class Woken:
    """The jobs of a service that runs none."""

    def wake(self, method: str) -> None:
        """Nobody sleeps."""


@dataclasses.dataclass
class Desk:
    """Calls the service's methods as the chassis does, in this process."""

    database: Database
    identity: Identity = dataclasses.field(default_factory=Identity)
    now: datetime = NOW

    def ask(
        self,
        method: Method[Any, Any],
        command: Struct,
        actor: Actor,
        *,
        at: datetime | None = None,
        key: str | None = None,
    ) -> Any:
        # Tests of the domain need no nameko.
        service = importlib.import_module("scheduling.service").SchedulingService()
        service.database = self.database
        service.settings = load_settings(Settings)
        service.sealer = Sealer(b"k" * 32)
        service.rpc_client = self.identity
        service.jobs = Woken()
        call = Call(
            actor=actor,
            request_id="request-1",
            idempotency_key=(key or str(new_id())) if method.mutates else None,
            method=method,
            now=at or self.now,
            address="192.0.2.7",
            arguments=command,
        )
        try:
            return getattr(service, method.name)(command, call)
        except (Forbidden, NotFound) as error:
            with self.database.transaction() as tx:
                service.on_call_refused(tx, call, error)
            raise

    def events(self, event: type[D]) -> list[Event[D]]:
        """What is in the outbox of one type, the oldest first."""
        outbox = tables.chassis.outbox
        query = select(outbox.c.body).where(outbox.c.type == event.TYPE).order_by(outbox.c.id)
        with self.database.transaction() as tx:
            bodies = tx.execute(query).scalars().all()
        return [msgspec.json.decode(body, type=Event[event]) for body in bodies]

    def acts(self) -> list[tuple[str, str]]:
        """What the access log is told: act and outcome."""
        return [(one.data.act, one.data.outcome) for one in self.events(ScheduleAccessRecorded)]


@pytest.fixture
def desk(database) -> Desk:
    # By this thread: eventlet's own copy of `threading` takes over the thread that imports it, and
    # whoever waits for the end of that one waits for ever.
    importlib.import_module("scheduling.service")
    return Desk(database)


@pytest.fixture
def database(migrated_database) -> Database:
    return migrated_database("scheduling")


@pytest.fixture
def calendar(database) -> Calendar:
    return Calendar(database)


@pytest.fixture
def now() -> datetime:
    return NOW
