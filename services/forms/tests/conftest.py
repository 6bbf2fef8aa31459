"""What the tests of forms share: a database, rows to put into it, and the service on it."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
import pytest
from sqlalchemy import insert, select

from forms.service import FormsService
from forms.storage import tables
from portal_chassis.call import Call
from portal_chassis.database.sealed import Sealer
from portal_chassis.database.transactions import Database
from portal_chassis.ids import new_id
from portal_contracts.actor import Actor, ActorKind, Role
from portal_contracts.calls import Method
from portal_contracts.envelope import Event
from portal_contracts.errors import Forbidden, NotFound, PortalError
from portal_contracts.forms.events import EVENTS, FormAccessRecorded
from portal_contracts.forms.rpc import filling, requests, submissions, templates
from portal_contracts.forms.rpc.questions import Answers, FormDocument
from portal_contracts.identity_links.rpc.access import Authority
from portal_contracts.identity_links.rpc.caseload import LIST_VISIBLE_CLIENTS, VisibleClients
from portal_contracts.permissions import has_permission

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
            "revision": 1,
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
            "revision": 1,
        }
        return self._insert(tables.response, **(row | values))


EVENT_OF_TYPE = {one.TYPE: one for one in EVENTS}


@dataclasses.dataclass
class IdentityLinks:
    """identity-links as forms asks it: whose client is who."""

    clients: dict[UUID, UUID] = dataclasses.field(default_factory=dict)
    archived: set[UUID] = dataclasses.field(default_factory=set)
    visible: list[UUID] | None = None

    def call(
        self, method: Method, command: Any, **_circumstances: Any
    ) -> Authority | VisibleClients:
        if method is LIST_VISIBLE_CLIENTS:
            return VisibleClients(client_ids=self.visible)
        practice_id = command.actor.practice_id
        if not has_permission(command.actor, command.permission):
            raise Forbidden("not_allowed")
        if practice_id is None or self.clients.get(command.client_id) != practice_id:
            raise NotFound("not_found")
        active = command.client_id not in self.archived
        return Authority(practice_id=practice_id, client_id=command.client_id, active=active)


@dataclasses.dataclass
class World:
    """The service in this process, asked as over the broker; two practices' people."""

    database: Database
    service: FormsService
    identity: IdentityLinks
    sealer: Sealer
    now: datetime = NOW

    def ask(self, actor: Actor, method: Method, command: Any, key: str | None = None) -> Any:
        if method.mutates:
            key = key or str(new_id())
        call = Call(actor, "request-1", key, method, self.now, "192.0.2.7", command)
        try:
            return getattr(self.service, method.name)(command, call)
        except (Forbidden, NotFound) as error:
            with self.database.transaction() as tx:
                self.service.on_call_refused(tx, call, error)
            raise

    def practitioner(self, practice_id: UUID | None = None, role: Role = Role.OWNER) -> Actor:
        return Actor(
            kind=ActorKind.PRACTITIONER,
            id=new_id(),
            practice_id=practice_id or new_id(),
            role=role,
        )

    def client_of(self, practitioner: Actor) -> Actor:
        client = Actor(kind=ActorKind.CLIENT, id=new_id(), practice_id=practitioner.practice_id)
        self.identity.clients[client.id] = client.practice_id
        return client

    def published(self, practitioner: Actor, document: FormDocument) -> UUID:
        command = templates.SaveTemplate(document=document)
        template_id = self.ask(practitioner, templates.SAVE_TEMPLATE, command).template_id
        publish = templates.PublishTemplate(template_id=template_id)
        self.ask(practitioner, templates.PUBLISH_TEMPLATE, publish)
        return template_id

    def from_library(self, practitioner: Actor, key: str) -> UUID:
        command = templates.AddFromLibrary(key=key)
        return self.ask(practitioner, templates.ADD_FROM_LIBRARY, command).template_id

    def sent(self, practitioner: Actor, client: Actor, template_id: UUID, **options: Any) -> UUID:
        command = requests.SendForm(
            client_id=client.id, template_id=template_id, **({"again": True} | options)
        )
        return self.ask(practitioner, requests.SEND_FORM, command).request_id

    def opened(self, client: Actor, request_id: UUID) -> filling.ClientForm:
        return self.ask(client, filling.OPEN_FORM, filling.OpenForm(request_id=request_id))

    def saved(
        self,
        client: Actor,
        request_id: UUID,
        revision: int,
        answers: Answers,
        key: str | None = None,
    ) -> filling.AnswersSaved:
        command = filling.SaveAnswers(request_id=request_id, revision=revision, answers=answers)
        return self.ask(client, filling.SAVE_ANSWERS, command, key)

    def typed(
        self, client: Actor, request_id: UUID, revision: int, /, keep: bool = False, **typed: str
    ) -> filling.SectionSaved:
        """The only section of a form, saved as a page sends it."""
        section = self.opened(client, request_id).document.sections[0].id
        command = filling.SaveSection(
            request_id=request_id,
            number=1,
            section=section,
            revision=revision,
            typed=typed,
            keep=keep,
        )
        return self.ask(client, filling.SAVE_SECTION, command)

    def submitted(self, client: Actor, request_id: UUID, revision: int) -> filling.Submitted:
        command = filling.SubmitForm(request_id=request_id, revision=revision)
        return self.ask(client, filling.SUBMIT_FORM, command)

    def answer_sheet(
        self, practitioner: Actor, request_id: UUID, submission_id: UUID | None = None
    ) -> requests.AnswerSheet:
        command = requests.OpenAnswers(request_id=request_id, submission_id=submission_id)
        return self.ask(practitioner, requests.OPEN_ANSWERS, command)

    def unlocked(self, practitioner: Actor, request_id: UUID, reason: str = "The dose.") -> Any:
        command = submissions.UnlockForm(request_id=request_id, reason=reason)
        return self.ask(practitioner, submissions.UNLOCK_FORM, command)

    def refusal(self, doing: Any, *arguments: Any, **options: Any) -> PortalError:
        with pytest.raises(PortalError) as error:
            doing(*arguments, **options)
        return error.value

    def events(self, kind: type | None = None) -> list[Any]:
        """What was published, in order; of one kind if asked."""
        outbox = tables.chassis.outbox
        with self.database.transaction() as tx:
            rows = tx.execute(select(outbox.c.type, outbox.c.body).order_by(outbox.c.id)).all()
        found = [
            msgspec.json.decode(row.body, type=Event[EVENT_OF_TYPE[row.type]]).data for row in rows
        ]
        return [one for one in found if kind is None or isinstance(one, kind)]

    def acts(self) -> list[tuple[str, str]]:
        return [(one.act, one.outcome) for one in self.events(FormAccessRecorded)]


@pytest.fixture
def world(database) -> World:
    service, identity, sealer = FormsService(), IdentityLinks(), Sealer(b"k" * 32)
    service.database, service.rpc_client, service.sealer = database, identity, sealer
    return World(database, service, identity, sealer)


@pytest.fixture
def database(migrated_database) -> Database:
    return migrated_database("forms")


@pytest.fixture
def practice(database) -> Practice:
    return Practice(database)
