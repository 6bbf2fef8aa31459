"""What the tests of notifications share: facts to write mails from, and a sender."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from notifications.domain.letters import Letter
from notifications.domain.outcome import ACCEPTED, Outcome
from notifications.operations.planning import plan_portal_link
from notifications.operations.sender import Sender
from notifications.templates.writer import MailWriter
from portal_chassis.clock import FixedClock
from portal_chassis.ids import new_id
from portal_chassis.sealed import Sealer
from portal_contracts.actor import Actor, ActorKind, Role
from portal_contracts.calls import Method
from portal_contracts.envelope import Aggregate, Event
from portal_contracts.errors import NotFound
from portal_contracts.forms.rpc.filling import FormFacts, ReadFormFacts
from portal_contracts.identity_links.events import PortalLinkShared, ShareCause
from portal_contracts.identity_links.rpc import (
    LinkFacts,
    LinkState,
    PracticeCard,
    PractitionerFacts,
    PrepareLink,
    PrepareMailLink,
    ReadPractitionerFacts,
    Target,
)
from portal_contracts.identity_links.rpc.things import LinkCause
from portal_contracts.scheduling.rpc.overview import (
    AppointmentFacts,
    ReadAppointmentFacts,
    ReadSummaryFacts,
    SummaryFacts,
)

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
    what the links open. `appointments`, `summaries` and `forms` are by id.
    """

    answer: Callable[[UUID], LinkFacts] = facts
    error: Exception | None = None
    hashes: list[str] = dataclasses.field(default_factory=list)
    targets: list[Target] = dataclasses.field(default_factory=list)
    appointments: dict[UUID, AppointmentFacts] = dataclasses.field(default_factory=dict)
    summaries: dict[UUID, SummaryFacts] = dataclasses.field(default_factory=dict)
    forms: dict[UUID, FormFacts] = dataclasses.field(default_factory=dict)
    practitioner: dict[str, Any] = dataclasses.field(default_factory=dict)

    def ask(self, method: Method[Any, Any], arguments: Any, request_id: str) -> Any:
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
        return self.answer(command.client_id)

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

    def send(self, letter: Letter) -> Outcome:
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
    def make(**changes: Any) -> Sender:
        values: dict[str, Any] = {
            "database": database,
            "sealer": Sealer(b"k" * 32),
            "clock": clock,
            "holder": f"sender-{new_id()}",
            "writer": MailWriter(),
            "transport": outbound,
            "ask": others.ask,
            "public_url": "https://portal.example.org",
            "sender_address": "portal@example.org",
            "mail_domain": "portal.example.org",
        }
        return Sender(**(values | changes))

    return make


@pytest.fixture
def plan(database, clock) -> Callable[..., UUID]:
    def make(event: Event[PortalLinkShared] | None = None) -> UUID:
        with database.transaction() as tx:
            planned = plan_portal_link(tx, event or shared_event(), now=clock.now())
        assert planned is not None
        return planned

    return make


@pytest.fixture
def shared() -> Event[PortalLinkShared]:
    return shared_event()


@pytest.fixture
def link_facts() -> Callable[..., LinkFacts]:
    return facts


@pytest.fixture
def make_practitioner() -> Callable[..., Actor]:
    return practitioner
