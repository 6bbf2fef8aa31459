"""A practice of its own beside the demo, made and filled by programs alone."""

from __future__ import annotations

import hashlib
import secrets
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from identity_links.domain.attribution import Attribution
from identity_links.domain.practice_fields import PractitionerFields
from identity_links.operations import api_tokens, practices
from portal_chassis.clock import Clock
from portal_chassis.database.transactions import Database
from portal_chassis.embedded.postgres import EmbeddedPostgres
from portal_contracts.actor import Actor, ActorKind, Role
from portal_contracts.identity_links.rpc.api_tokens import CreateApiToken
from portal_contracts.identity_links.rpc.practice import PracticeFields
from portal_contracts.identity_links.rpc.targets import ClientVisibility
from portal_contracts.permissions import Permission
from tests.kit.portal.portals import Portal
from tests.kit.portal.programs import Program
from tests.kit.waiting import eventually

WORD = "Kestrel"
"""It stands in every text of such a practice, and nowhere else."""
ZONE = "Europe/Berlin"
ALL_DAY = [[{"start": "00:00", "end": "24:00"}] for _ in range(7)]
MAILS = 4
"""So many mails go out to a client who enters, and to whom `fill` gives one of each kind."""
NO_PASSWORD = "-"


@dataclass(frozen=True)
class ApiPractice:
    """One practice.

    Attributes:
        portal: where it is.
        owner: its one practitioner.
        program: the owner's, with every scope.
    """

    portal: Portal
    owner: Actor
    program: Program

    def token(self, scopes: Sequence[Permission], days: int = 1) -> Program:
        """Another program of the practitioner's, with these scopes."""
        with identity_database(self.portal) as database:
            return program_of(self.portal, database, self.owner, scopes, days)


@dataclass(frozen=True)
class ApiClient:
    """A client of such a practice who has entered by a mailed link.

    Attributes:
        ids: one id of each thing of the client's, or of the practice's, by its name in the paths.
        link_token: of the link by which the client came.
        program: the client's.
    """

    ids: dict[str, str]
    link_token: str
    program: Program


def add_practice(portal: Portal) -> ApiPractice:
    """A new practice with a practitioner whose program may do everything."""
    email = f"{WORD.lower()}.{uuid.uuid4().hex[:8]}@example.org"
    now = Clock().now()
    with identity_database(portal) as database:
        with database.transaction() as tx:
            # Roles and scopes alone decide here; who is hidden from whom has tests of its own.
            said = PracticeFields(
                name=f"{WORD} Practice",
                contact_email=email,
                client_visibility=ClientVisibility.EVERYONE,
            )
            practice_id = practices.add_practice(tx, said, now=now)
            fields = PractitionerFields(name=f"{WORD} Owner", email=email, role=Role.OWNER)
            owner_id = practices.add_practitioner(
                tx, practice_id, fields, password_hash=NO_PASSWORD, now=now
            )
        owner = Actor(
            kind=ActorKind.PRACTITIONER, id=owner_id, practice_id=practice_id, role=Role.OWNER
        )
        program = program_of(portal, database, owner, list(Permission), 1)
    return ApiPractice(portal, owner, program)


def add_client(practice: ApiPractice, name: str = WORD) -> ApiClient:
    """A client who has entered by a mailed link."""
    address = f"{name.lower()}.{uuid.uuid4().hex[:8]}@example.org"
    desk = practice.program
    client_id = desk.post("/clients", {"name": f"{name} Client", "email": address})["id"]
    link = desk.post(f"/clients/{client_id}/links/mail")
    [mail] = practice.portal.wait_for_mails(address)
    token = practice.portal.portal_link_in(mail).rpartition("/")[2]
    session = Program(desk.base_url).post("/portal-sessions", {"link_token": token})
    program = Program(desk.base_url, session["bearer"])
    [device] = program.get("/portal/devices")["items"]
    ids = {"client_id": client_id, "link_id": link["id"], "device_id": device["id"]}
    return ApiClient(ids, token, program)


def fill(practice: ApiPractice, client: ApiClient) -> None:
    """Give the client one thing of each kind, and note its id."""
    desk, ids = practice.program, client.ids
    client_path = f"/clients/{ids['client_id']}"
    _open_for_booking(desk, ids)
    first, second, *_ = _free_times(client)
    booking = {"service_id": ids["service_id"]}
    weekly = booking | {"starts_at": first, "repeat": {"unit": "weekly", "times": 2}}
    ids["appointment_id"] = desk.post(f"{client_path}/series", weekly)["appointment_ids"][0]
    ids["hold_id"] = client.program.post("/portal/holds", booking | {"starts_at": second})["id"]
    _write_up(desk, ids)
    template = desk.post("/form-library/gad7_en/add")
    ids["template_id"] = template["row"]["id"]
    busy = {"address": "https://calendar.invalid/kestrel.ics", "name": f"{WORD} elsewhere"}
    ids["busy_calendar_id"] = desk.post("/busy-calendars", busy)["busy_calendar_id"]
    sent = desk.post(f"{client_path}/form-requests", {"template_id": ids["template_id"]})
    ids["request_id"] = sent["id"]

    def mailed() -> str:
        items = desk.get(f"/deliveries?client_id={ids['client_id']}")["items"]
        assert [one["state"] for one in items] == ["sent"] * MAILS
        return str(items[0]["id"])

    # A bearer may ask so often a minute.
    ids["delivery_id"] = eventually(mailed, within=40, every=0.5)
    invited = {"name": "Ben", "email": f"ben.{uuid.uuid4().hex[:8]}@example.org"}
    ids["invitation_id"] = desk.post("/invitations", invited)["id"]
    ids |= {"practitioner_id": str(practice.owner.id), "version": "1", "key": "gad7_en"}


def _open_for_booking(desk: Program, ids: dict[str, str]) -> None:
    hours = desk.get("/availability")
    desk.change(
        "PATCH",
        "/availability",
        {"availability": {"timezone": ZONE, "weekly": ALL_DAY}},
        version=hours["version"],
    )
    service = {
        "title": f"{WORD} Session",
        "place": "https://meet.example.org/kestrel",
        "self_scheduling": True,
        "min_notice_minutes": 0,
    }
    ids["service_id"] = desk.post("/services", service)["id"]


def _free_times(client: ApiClient) -> list[str]:
    today: datetime = Clock().now()
    asked = {
        "service_id": client.ids["service_id"],
        "first_on": (today + timedelta(days=3)).date(),
        "last_on": (today + timedelta(days=4)).date(),
        "timezone": ZONE,
    }
    found: dict[str, Any] = client.program.get(f"/portal/free-times?{urlencode(asked)}")
    starts: list[str] = found["starts"]
    return starts[::4]


def _write_up(desk: Program, ids: dict[str, str]) -> None:
    """A session with a summary that the client can read and a note that the client cannot."""
    session = {
        "title": f"{WORD} Session",
        "started_at": "2026-01-14T09:00:00Z",
        "minutes": 50,
        "timezone": ZONE,
    }
    made = desk.post(f"/clients/{ids['client_id']}/sessions", session)
    one = f"/sessions/{made['id']}"
    text = {"text": f"{WORD} sang."}
    saved = desk.change("PUT", f"{one}/summary", text, version=0)
    desk.change("POST", f"{one}/summary/share", None, version=saved["revision"])
    desk.change("PUT", f"{one}/note", text, version=0)
    ids["session_id"] = made["id"]


@contextmanager
def identity_database(portal: Portal) -> Iterator[Database]:
    """The database of identity-links, as the service itself sees it."""
    server = EmbeddedPostgres(portal.folder / "postgres")
    _, runtime_url = server.ensure_database(
        "identity_links", "identity_links_owner", "identity_links_runtime"
    )
    database = Database(runtime_url, pool_size=2)
    try:
        yield database
    finally:
        database.dispose()


def program_of(
    portal: Portal, database: Database, owner: Actor, scopes: Sequence[Permission], days: int
) -> Program:
    """A program of the practitioner's with these scopes."""
    value = f"lk_api_{secrets.token_urlsafe(32)}"
    command = CreateApiToken(
        name=f"{WORD} program",
        token_hash=hashlib.sha256(value.encode()).hexdigest(),
        scopes=list(scopes),
        days=days,
    )
    with database.transaction() as tx:
        api_tokens.create_api_token(tx, command, Attribution(owner), now=Clock().now())
    return Program(portal.listens_at, value)
