"""The released services as processes, on real PostgreSQL and RabbitMQ, with people in them.

People, links and devices are written into identity-links' database, so that
its access log begins empty; forms and appointments are made by calls.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID, uuid4

import msgspec

from identity_links.domain.client_fields import check_client_fields
from identity_links.domain.devices import DeviceKind, Lifetime, NewDevice
from identity_links.domain.links import NewLink
from identity_links.domain.people import Practice
from identity_links.domain.practice_fields import PractitionerFields
from identity_links.operations.passwords import hash_password
from identity_links.storage import clients, devices, links, practices
from portal_chassis.clock import Clock
from portal_chassis.ids import new_id
from portal_contracts.actor import Actor, ActorKind, Role
from portal_contracts.calls import Method
from portal_contracts.forms.rpc.questions import FormDocument
from portal_contracts.forms.rpc.requests import (
    SEND_FORM,
    WITHDRAW_REQUEST,
    GetRequest,
    SendForm,
)
from portal_contracts.forms.rpc.templates import (
    PUBLISH_TEMPLATE,
    SAVE_TEMPLATE,
    PublishTemplate,
    SaveTemplate,
)
from portal_contracts.identity_links.rpc.clients import ClientFields
from portal_contracts.identity_links.rpc.practice import PracticeFields
from portal_contracts.identity_links.rpc.targets import (
    ClientVisibility,
    LinkCause,
    Target,
)
from portal_contracts.scheduling.rpc.availability import SAVE_AVAILABILITY, SaveAvailability
from portal_contracts.scheduling.rpc.calendar import BOOK_FOR_CLIENT, BookForClient
from portal_contracts.scheduling.rpc.services import ADD_SERVICE, AddService, ServiceFields
from portal_contracts.scheduling.rpc.sessions import RECORD_SESSION, RecordSession
from tests.kit.callers import Callers
from tests.kit.contract.world import SESSION_BEFORE
from tests.kit.databases import MigratedDatabase
from tests.kit.gateway.fake_services import FIREFOX, PASSWORD
from tests.kit.gateway.made_schedule import LENGTH, MEETING, TITLE, ZONE, made_hours
from tests.kit.gateway.state import CONTACT
from tests.kit.service_processes import STOP_SECONDS, RunningService, start_service

A = TypeVar("A", bound=msgspec.Struct)
R = TypeVar("R", bound=msgspec.Struct)

SERVICES = ("identity_links", "scheduling", "forms", "notifications")
START_SECONDS = 100.0
"""They start at the same time, and share the processors with whatever else is tested."""
SETTINGS = {"NOTIFICATIONS_UNDO_SECONDS": "0"}
"""What a practitioner does is mailed without the time in which it could be undone."""
NO_NOTICE: dict[str, Any] = {"cancel_notice_minutes": 0, "move_notice_minutes": 0}
CONSOLE = Lifetime(idle_minutes=120, absolute_minutes=12 * 60)


@contextmanager
def running_services(
    migrated: Callable[[str], MigratedDatabase], amqp_uri: str, folder: Path
) -> Iterator[RealWorld]:
    """All services, started beside each other; stopped at the end of the block."""
    databases = {package: migrated(package) for package in SERVICES}
    with ExitStack() as stack:
        started: list[RunningService] = []
        stack.callback(_stop, started)
        for package, database in databases.items():
            started.append(start_service(package, database, amqp_uri, folder, **SETTINGS))
        client = Callers(amqp_uri)
        stack.callback(client.close)
        for service in started:
            service.wait_until_ready(within=START_SECONDS)
        yield RealWorld(databases["identity_links"], client)


class RealWorld:
    """The real services, as scenarios ask them.

    Args:
        database: of identity-links.
        client: the RPC client.
    """

    def __init__(self, database: MigratedDatabase, client: Callers) -> None:
        self._database = database
        self._client = client
        self._clock = Clock()
        self._practices: dict[UUID, Practice] = {}
        self._offers: dict[Actor, UUID] = {}
        self._password_hash = hash_password(PASSWORD)

    def now(self) -> datetime:
        """The present instant."""
        return self._clock.now()

    def call(self, method: Method[A, R], arguments: A, **options: Any) -> R:
        """Ask over the broker."""
        return self._client.call(method, arguments, **options)

    def add_practice(self, name: str, **settings: Any) -> UUID:
        """A row."""
        # The fakes show everyone; who is hidden from whom is held by the matrix of hidden clients.
        shown = {"client_visibility": ClientVisibility.EVERYONE}
        fields = PracticeFields(name=name, **(CONTACT | shown | settings))
        practice_id = new_id()
        with self._database.transaction() as tx:
            practices.insert_practice(tx, practice_id, fields, self.now())
        self._practices[practice_id] = Practice(practice_id, fields)
        return practice_id

    def add_practitioner(self, practice_id: UUID, role: Role, email: str) -> Actor:
        """A row, with a hash of the password that is made once for all."""
        person_id = new_id()
        with self._database.transaction() as tx:
            practices.insert_practitioner(
                tx,
                person_id,
                practice_id,
                PractitionerFields(name="Dr Rivera", email=email, role=role),
                email_key=email,
                password_hash=self._password_hash,
                now=self.now(),
            )
        return Actor(kind=ActorKind.PRACTITIONER, id=person_id, practice_id=practice_id, role=role)

    def add_client(self, practice_id: UUID, name: str, **fields: Any) -> Actor:
        """A row."""
        checked = check_client_fields(
            ClientFields(name=name, **fields),
            today=self.now().date(),
            default_timezone=CONTACT["timezone"],
            default_language=CONTACT["language"],
        )
        client_id = new_id()
        with self._database.transaction() as tx:
            clients.insert_client(tx, client_id, practice_id, checked, remark=None, now=self.now())
        return Actor(kind=ActorKind.CLIENT, id=client_id, practice_id=practice_id)

    def add_link(self, client: Actor, token_hash: str, *, target: Target, age: timedelta) -> UUID:
        """A row and its token's."""
        link_id, created_at = new_id(), self.now() - age
        practice_id, client_id = _ids(client)
        days = self._practices[practice_id].fields.link_days
        with self._database.transaction() as tx:
            client_record = clients.find(tx, client_id, practice_id)
            if client_record is None:
                message = f"{client.label} is no client"
                raise ValueError(message)
            new = NewLink(
                id=link_id,
                practice_id=practice_id,
                client_id=client_id,
                cause=LinkCause.SHARED,
                target=target,
                created_at=created_at,
                expires_at=created_at + timedelta(days=days),
                mailed_to=client_record.fields.email,
            )
            links.insert_link(tx, new)
            links.insert_token(tx, link_id, token_hash, created_at)
        return link_id

    def add_device(self, owner: Actor, device_hash: str, *, age: timedelta) -> UUID:
        """A row."""
        device_id = new_id()
        practice_id, owner_id = _ids(owner)
        is_clients = owner.kind is ActorKind.CLIENT
        new = NewDevice(
            device_hash=device_hash,
            kind=DeviceKind.CLIENT if is_clients else DeviceKind.PRACTITIONER,
            practice_id=practice_id,
            owner_id=owner_id,
            user_agent=FIREFOX,
            address="",
        )
        lifetime = self._practices[practice_id].device_lifetime if is_clients else CONSOLE
        with self._database.transaction() as tx:
            devices.insert_device(tx, device_id, new, lifetime, self.now() - age)
        return device_id

    def add_form(self, client: Actor, sender: Actor, document: FormDocument) -> UUID:
        """Saved as a template, published and sent."""
        saved = self._do(SAVE_TEMPLATE, SaveTemplate(document=document), sender)
        self._do(PUBLISH_TEMPLATE, PublishTemplate(template_id=saved.template_id), sender)
        client_id = _ids(client)[1]
        send = SendForm(client_id=client_id, template_id=saved.template_id)
        return self._do(SEND_FORM, send, sender).request_id

    def withdraw_form(self, form_id: UUID, sender: Actor) -> None:
        """By the practice."""
        self._do(WITHDRAW_REQUEST, GetRequest(request_id=form_id), sender)

    def add_schedule(self, client: Actor, with_whom: Actor, starts_at: datetime) -> None:
        """Booked by the practice, and written down by it."""
        client_id = _ids(client)[1]
        if with_whom not in self._offers:
            self._offers[with_whom] = self._offer(with_whom)
        booking = BookForClient(
            client_id=client_id,
            service_id=self._offers[with_whom],
            starts_at=starts_at,
            despite=True,
        )
        self._do(BOOK_FOR_CLIENT, booking, with_whom)
        session = RecordSession(
            client_id=client_id,
            title=TITLE,
            started_at=starts_at - SESSION_BEFORE,
            minutes=LENGTH.seconds // 60,
            timezone=ZONE,
        )
        self._do(RECORD_SESSION, session, with_whom)

    def _offer(self, practitioner: Actor) -> UUID:
        """A bookable service of the practitioner, and the hours."""
        hours = SaveAvailability(version=0, availability=made_hours())
        self._do(SAVE_AVAILABILITY, hours, practitioner)
        fields = ServiceFields(title=TITLE, place=MEETING, **NO_NOTICE)
        return self._do(ADD_SERVICE, AddService(fields=fields), practitioner).service_id

    def _do(self, method: Method[A, R], arguments: A, actor: Actor) -> R:
        return self.call(method, arguments, actor=actor, idempotency_key=str(uuid4()))


def _stop(services: list[RunningService]) -> None:
    """End them beside each other."""
    for service in services:
        service.process.terminate()
    for service in services:
        service.process.wait(STOP_SECONDS)


def _ids(actor: Actor) -> tuple[UUID, UUID]:
    if actor.practice_id is None or actor.id is None:
        message = f"{actor.label} belongs to no practice"
        raise ValueError(message)
    return actor.practice_id, actor.id
