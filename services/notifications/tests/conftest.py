"""What the tests of notifications share: facts to write mails from, and a sender."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
import pytest
from sqlalchemy import select

from notifications.config import Settings
from notifications.domain.letters import Letter
from notifications.domain.outcome import ACCEPTED, Outcome
from notifications.operations.mail_routes import MailRoute
from notifications.operations.planning import plan_mails
from notifications.operations.sender import Sender
from notifications.operations.sending import send_due
from notifications.service import NotificationsService
from notifications.storage.tables import delivery
from notifications.templates.writer import MailWriter
from portal_chassis.clock import FixedClock
from portal_chassis.database.sealed import Sealer
from portal_chassis.events.subscribe import EventEntrypoint
from portal_chassis.ids import new_id
from portal_contracts.actor import Actor, ActorKind, Role, service_actor
from portal_contracts.calls import Method
from portal_contracts.envelope import Aggregate, Event
from portal_contracts.errors import NotFound
from portal_contracts.forms.rpc.filling import FormFacts, ReadFormFacts
from portal_contracts.identity_links.events import PortalLinkShared, ShareCause
from portal_contracts.identity_links.rpc.accounts import (
    ReadSignInFacts,
    SignInFacts,
)
from portal_contracts.identity_links.rpc.cards import PracticeCard
from portal_contracts.identity_links.rpc.entry_codes import EntryCodeFacts, PrepareEntryCode
from portal_contracts.identity_links.rpc.invitations import InvitationFacts, PrepareInvitation
from portal_contracts.identity_links.rpc.links import (
    LinkFacts,
    PractitionerFacts,
    PrepareLink,
    PrepareMailLink,
    ReadPractitionerFacts,
)
from portal_contracts.identity_links.rpc.password_resets import (
    PasswordResetFacts,
    PreparePasswordReset,
)
from portal_contracts.identity_links.rpc.targets import LinkCause, LinkState, Target
from portal_contracts.scheduling.events import (
    AppointmentBooked,
    AppointmentCancelled,
    AppointmentMoved,
)
from portal_contracts.scheduling.request_events import (
    AppointmentDeclined,
    AppointmentExpired,
    AppointmentRequested,
    AppointmentWithdrawn,
)
from portal_contracts.scheduling.rpc.appointments import AppointmentStatus, Place, PlaceKind
from portal_contracts.scheduling.rpc.overview import (
    AppointmentFacts,
    ReadAppointmentFacts,
    ReadSummaryFacts,
    SummaryFacts,
)
from portal_contracts.scheduling.rpc.series import ReadSeriesFacts, SeriesFacts
from tests.kit.entry_points import entry_points

NOW = datetime(2026, 12, 1, 12, 0, tzinfo=UTC)
PRACTICE_ID = new_id()
PRACTICE = PracticeCard(
    id=PRACTICE_ID,
    name="Lindenhof Practice",
    contact_email="hello@example.org",
    contact_phone="+49 30 5550100",
    language="en",
    timezone="Europe/Berlin",
    accent="#2f6f6a",
)


def facts(client_id: UUID, **changes: Any) -> LinkFacts:
    values: dict[str, Any] = {
        "state": LinkState.LIVE,
        "client_active": True,
        "client_id": client_id,
        "client_name": "Anna Berg",
        "greeting_name": "Anna",
        "email": "anna@example.org",
        "language": "en",
        "timezone": "Europe/Berlin",
        "practice": PRACTICE,
        "cause": LinkCause.SHARED,
        "target": Target(),
        "expires_at": NOW + timedelta(days=30),
    }
    return LinkFacts(**(values | changes))


def appointment_facts(data: Any, **changes: Any) -> AppointmentFacts:
    """The appointment as the event `data` left it."""
    values: dict[str, Any] = {
        "practice_id": PRACTICE_ID,
        "client_id": data.client_id,
        "practitioner_id": data.practitioner_id,
        "status": AppointmentStatus.CANCELLED
        if isinstance(data, AppointmentCancelled)
        else AppointmentStatus.CONFIRMED,
        "starts_at": data.starts_at,
        "ends_at": data.ends_at,
        "timezone": data.timezone,
        "place": Place(kind=PlaceKind.VIDEO, text=""),
        "ics_sequence": data.ics_sequence,
    }
    return AppointmentFacts(**(values | changes))


def practitioner(role: Role = Role.OWNER, practice_id: UUID = PRACTICE_ID) -> Actor:
    return Actor(kind=ActorKind.PRACTITIONER, id=new_id(), practice_id=practice_id, role=role)


def shared_event(client_id: UUID | None = None, **changes: Any) -> Event[PortalLinkShared]:
    link_id = new_id()
    values: dict[str, Any] = {
        "id": new_id(),
        "type": PortalLinkShared.TYPE,
        "occurred_at": NOW,
        "practice_id": PRACTICE_ID,
        "aggregate": Aggregate(type="portal_link", id=link_id, seq=1),
        "actor": practitioner(),
        "request_id": "request-1",
        "data": PortalLinkShared(
            link_id=link_id, client_id=client_id or new_id(), cause=ShareCause.SHARED
        ),
    }
    return Event(**(values | changes))


@dataclasses.dataclass
class Others:
    """The other services as the sender sees them: they answer facts, and can be away.

    `hashes` are those of the tokens that identity-links registered, `targets`
    what the links open, `asked` the names of what was asked.
    `appointments`, `summaries` and `forms` are by id.
    """

    answer: Callable[[UUID], LinkFacts] = facts
    error: Exception | None = None
    hashes: list[str] = dataclasses.field(default_factory=list)
    targets: list[Target] = dataclasses.field(default_factory=list)
    appointments: dict[UUID, AppointmentFacts] = dataclasses.field(default_factory=dict)
    series: dict[UUID, SeriesFacts] = dataclasses.field(default_factory=dict)
    summaries: dict[UUID, SummaryFacts] = dataclasses.field(default_factory=dict)
    forms: dict[UUID, FormFacts] = dataclasses.field(default_factory=dict)
    practitioner: dict[str, Any] = dataclasses.field(default_factory=dict)
    codes: dict[UUID, EntryCodeFacts] = dataclasses.field(default_factory=dict)
    invitations: dict[UUID, InvitationFacts] = dataclasses.field(default_factory=dict)
    resets: dict[UUID, PasswordResetFacts] = dataclasses.field(default_factory=dict)
    sign_ins: dict[UUID, SignInFacts] = dataclasses.field(default_factory=dict)
    practice: PracticeCard = PRACTICE
    asked: list[str] = dataclasses.field(default_factory=list)

    @staticmethod
    def hash(token: str) -> str:
        return hashlib.sha256(token.encode()).hexdigest()

    def ask(self, method: Method[Any, Any], arguments: Any, request_id: str) -> Any:
        self.asked.append(method.name)
        found = getattr(self, method.name)(arguments)
        if self.error is not None:
            raise self.error
        if found is None:
            raise NotFound("not_found")
        return found

    def prepare_link(self, command: PrepareLink) -> LinkFacts:
        self.hashes.append(command.token_hash)
        return self.answer(command.link_id)

    def prepare_mail_link(self, command: PrepareMailLink) -> LinkFacts:
        self.hashes.append(command.token_hash)
        self.targets.append(command.target)
        if command.also_to is None:
            return self.answer(command.client_id)
        also_to = ReadPractitionerFacts(practitioner_id=command.also_to)
        told = self.read_practitioner_facts(also_to)
        return msgspec.structs.replace(self.answer(command.client_id), practitioner=told)

    def prepare_entry_code(self, command: PrepareEntryCode) -> EntryCodeFacts | None:
        return self.codes.get(command.code_id)

    def prepare_invitation(self, command: PrepareInvitation) -> InvitationFacts | None:
        self.hashes.append(command.token_hash)
        return self.invitations.get(command.invitation_id)

    def prepare_password_reset(self, command: PreparePasswordReset) -> PasswordResetFacts | None:
        self.hashes.append(command.token_hash)
        return self.resets.get(command.reset_id)

    def read_sign_in_facts(self, command: ReadSignInFacts) -> SignInFacts | None:
        return self.sign_ins.get(command.device_id)

    def read_practitioner_facts(self, command: ReadPractitionerFacts) -> PractitionerFacts:
        values = {
            "practitioner_id": command.practitioner_id,
            "name": "Dr Rivera",
            "email": "rivera@practice.example",
            "language": "en",
            "timezone": "Europe/Berlin",
            "practice": PRACTICE,
        }
        return PractitionerFacts(**(values | self.practitioner))

    def read_series_facts(self, command: ReadSeriesFacts) -> SeriesFacts | None:
        return self.series.get(command.series_id)

    def read_appointment_facts(self, command: ReadAppointmentFacts) -> AppointmentFacts | None:
        return self.appointments.get(command.appointment_id)

    def read_summary_facts(self, command: ReadSummaryFacts) -> SummaryFacts | None:
        return self.summaries.get(command.session_id)

    def read_form_facts(self, command: ReadFormFacts) -> FormFacts | None:
        return self.forms.get(command.request_id)


@dataclasses.dataclass
class Outbound:
    """A transport that keeps what it is given, and answers as it is told."""

    outcomes: list[Outcome] = dataclasses.field(default_factory=list)
    letters: list[Letter] = dataclasses.field(default_factory=list)
    is_there: bool = True

    def answers(self) -> bool:
        return self.is_there

    def send(self, letter: Letter, *, within: float | None = None) -> Outcome:
        self.letters.append(letter)
        return self.outcomes.pop(0) if self.outcomes else ACCEPTED


@pytest.fixture
def database(migrated_database):
    return migrated_database("notifications")


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(NOW)


@pytest.fixture
def others() -> Others:
    return Others()


@pytest.fixture
def outbound() -> Outbound:
    return Outbound()


@pytest.fixture
def make_sender(database, clock, others, outbound) -> Callable[..., Sender]:
    def make(*, transport: Any = outbound, **changes: Any) -> Sender:
        values: dict[str, Any] = {
            "database": database,
            "sealer": Sealer(b"k" * 32),
            "clock": clock,
            "holder": f"sender-{new_id()}",
            "writer": MailWriter(),
            "ask": others.ask,
            "public_url": "https://portal.example.org",
            "route_of": lambda _practice_id: MailRoute(transport, "portal@example.org"),
            "mail_domain": "portal.example.org",
            "attempt_seconds": 15.0,
        }
        return Sender(**(values | changes))

    return make


@pytest.fixture
def make_event() -> Callable[..., Event[PortalLinkShared]]:
    return shared_event


@pytest.fixture
def plan(database, clock) -> Callable[..., UUID]:
    def make(event: Event[PortalLinkShared] | None = None) -> UUID:
        with database.transaction() as tx:
            [planned] = plan_mails(
                tx, event or shared_event(), undo=timedelta(seconds=30), now=clock.now()
            )
        return planned.id

    return make


@dataclasses.dataclass
class Calendar:
    """One appointment as scheduling changes it: each change is an event, and what is read then."""

    take: Callable[[Event[Any]], None]
    others: Others
    clock: FixedClock
    client: Actor
    therapist: Actor
    id: UUID = dataclasses.field(default_factory=new_id)
    starts_at: datetime = NOW + timedelta(days=3)
    seq: int = 0

    def book(self, actor: Actor | None = None, **options: Any) -> Event[Any]:
        return self._change(AppointmentBooked, actor, **options)

    def move(
        self, by: timedelta = timedelta(days=1), actor: Actor | None = None, **options: Any
    ) -> Event[Any]:
        previous, self.starts_at = self.starts_at, self.starts_at + by
        return self._change(AppointmentMoved, actor, previous_starts_at=previous, **options)

    def cancel(self, actor: Actor | None = None, **options: Any) -> Event[Any]:
        return self._change(AppointmentCancelled, actor, **options)

    def request(self, *, answer_by: datetime = NOW + timedelta(days=2)) -> Event[Any]:
        event = self._change(AppointmentRequested, None, answer_by=answer_by)
        facts = self.others.appointments[self.id]
        self.others.appointments[self.id] = msgspec.structs.replace(
            facts, status=AppointmentStatus.REQUESTED, answer_by=answer_by
        )
        # The sequence counts what an invitation tells, and none was sent.
        self.seq -= 1
        return event

    def decline(self) -> Event[Any]:
        return self._end(AppointmentDeclined, self.therapist)

    def expire(self) -> Event[Any]:
        return self._end(AppointmentExpired, service_actor("scheduling"))

    def withdraw(self) -> Event[Any]:
        return self._end(AppointmentWithdrawn, self.client)

    def _end(self, kind: Any, actor: Actor) -> Event[Any]:
        data = kind(
            appointment_id=self.id,
            client_id=self.client.id,
            practitioner_id=self.therapist.id,
            starts_at=self.starts_at,
        )
        return self._tell(kind, data, actor)

    def _change(
        self, kind: Any, actor: Actor | None, *, taken: bool = True, **more: Any
    ) -> Event[Any]:
        self.seq += 1
        data = kind(
            appointment_id=self.id,
            client_id=self.client.id,
            practitioner_id=self.therapist.id,
            starts_at=self.starts_at,
            ends_at=self.starts_at + timedelta(minutes=50),
            timezone="Europe/Berlin",
            starts_wall=f"{self.starts_at:%Y-%m-%dT%H:%M}",
            utc_offset_minutes=60,
            ics_sequence=self.seq - 1,
            **more,
        )
        self.others.appointments[self.id] = appointment_facts(data)
        return self._tell(kind, data, actor or self.client, taken=taken)

    def _tell(self, kind: Any, data: Any, actor: Actor, *, taken: bool = True) -> Event[Any]:
        event = Event(
            id=new_id(),
            type=kind.TYPE,
            occurred_at=self.clock.now(),
            practice_id=PRACTICE_ID,
            aggregate=Aggregate(type="appointment", id=self.id, seq=self.seq),
            actor=actor,
            request_id="request-1",
            data=data,
        )
        if taken:
            self.take(event)
        return event


@dataclasses.dataclass
class _Service:
    """What a handler of the service finds on it."""

    clock: FixedClock
    settings: Settings
    woken: list[str] = dataclasses.field(default_factory=list)

    @property
    def jobs(self) -> _Service:
        return self

    @property
    def sending(self) -> _Service:
        return self

    @property
    def hands(self) -> _Service:
        return self

    def lease(self, _about: UUID, _practice_id: UUID) -> None:
        """No hand is free: what is planned is looked for."""

    def wake(self, job: str) -> None:
        self.woken.append(job)

    def __getattr__(self, name: str) -> Any:
        found = getattr(NotificationsService, name)
        return found.fget(self) if isinstance(found, property) else found.__get__(self)


@pytest.fixture
def handle(clock) -> Callable[[Event[Any], Any], None]:
    """Hands an event to the handler of the service that subscribes to it, in a transaction."""
    service = _Service(clock, Settings())
    handlers = {
        one.event_class.TYPE: getattr(NotificationsService, name).__wrapped__
        for name, one in entry_points(NotificationsService, EventEntrypoint).items()
    }

    def hand_over(event: Event[Any], tx: Any) -> None:
        handlers[event.type](service, event, tx)

    return hand_over


@pytest.fixture
def take(database, handle) -> Callable[[Event[Any]], None]:
    """The same, in a transaction of its own."""

    def hand_over(event: Event[Any]) -> None:
        with database.transaction() as tx:
            handle(event, tx)

    return hand_over


@pytest.fixture
def calendar(take, others, clock) -> Calendar:
    client = Actor(kind=ActorKind.CLIENT, id=new_id(), practice_id=PRACTICE_ID)
    return Calendar(take, others, clock, client, practitioner())


@pytest.fixture
def send(make_sender, outbound) -> Callable[[], list[Letter]]:
    """Sends all that is due; the letters of this time."""
    sender = make_sender()

    def make() -> list[Letter]:
        before = len(outbound.letters)
        while send_due(sender):
            pass
        return outbound.letters[before:]

    return make


@pytest.fixture
def ends(database) -> Callable[[], list[tuple[str, str, str, str]]]:
    """Kind, recipient, state and reason of each delivery, the first first."""

    def read() -> list[tuple[str, str, str, str]]:
        query = select(delivery).order_by(delivery.c.id)
        with database.transaction() as tx:
            rows = tx.execute(query).all()
        return [(row.kind, row.recipient, row.state, row.reason) for row in rows]

    return read


@pytest.fixture
def shared() -> Event[PortalLinkShared]:
    return shared_event()


@pytest.fixture
def link_facts() -> Callable[..., LinkFacts]:
    return facts


@pytest.fixture
def make_practitioner() -> Callable[..., Actor]:
    return practitioner
