"""The demo practice of `portal try` and `portal stack`: one practitioner, a few clients.

It is made once, through the same operations and calls that people use; a
later start finds it again by what ``demo.json`` remembers. Names and
addresses are made up, and the addresses reach nobody (RFC 2606).
"""

from __future__ import annotations

import json
import secrets
from dataclasses import asdict, dataclass, replace
from datetime import date
from pathlib import Path
from uuid import UUID

import structlog

from gateway.tokens import derived_link_token, new_secret, sha256
from identity_links.domain.practice_fields import PracticeFields, PractitionerFields
from identity_links.operations import practices
from identity_links.operations.passwords import hash_password
from portal_chassis.clock import Clock
from portal_chassis.database import Database
from portal_chassis.rpc_client import RpcClient
from portal_contracts.actor import NOBODY, Actor, Role
from portal_contracts.errors import Conflict, NotFound, PortalError
from portal_contracts.identity_links.rpc import (
    ADD_CLIENT,
    CREATE_LINK,
    END_DEVICE,
    INSPECT_LINK,
    LIST_CLIENTS,
    SIGN_IN,
    AddClient,
    ClientFields,
    CreateLink,
    EndDevice,
    InspectLink,
    LinkState,
    ListClients,
    SignIn,
)
from portal_contracts.identity_links.rpc.things import LinkCause
from portal_runner.running import write_private

log = structlog.get_logger(__name__)

EMAIL = "rivera@example.org"
TIMEOUT_SECONDS = 20.0

PRACTICE = PracticeFields(
    name="Lindenhof Practice",
    contact_email="hello@example.org",
    contact_phone="+49 30 5550100",
    timezone="Europe/Berlin",
)
PRACTITIONER = PractitionerFields(name="Dr Maya Rivera", email=EMAIL, role=Role.OWNER)
CLIENTS = (
    ClientFields(
        name="Anna Berg",
        email="anna.berg@example.org",
        pronouns="she/her",
        phone="+49 30 5550111",
        date_of_birth=date(1988, 4, 12),
        tags=["Tuesdays"],
    ),
    ClientFields(name="Ben Okafor", email="ben.okafor@example.org", timezone="Europe/London"),
    ClientFields(
        name="Chiara Rossi", preferred_name="Chia", email="chiara.rossi@example.org", language="de"
    ),
)


@dataclass(frozen=True)
class DemoPractice:
    """What is remembered of the demo practice between two starts.

    Attributes:
        email: its practitioner signs in with it.
        password: … and with this one, made for this installation.
        clients_added: the demo clients were added; who deletes one has deleted it.
        client_id: the client whose link is shown.
        link_token: of her portal link.
    """

    email: str
    password: str
    clients_added: bool = False
    client_id: str = ""
    link_token: str = ""


def prepare_demo(path: Path, runtime_url: str, rpc: RpcClient) -> DemoPractice:
    """Make the demo practice, or find it again.

    Args:
        path: of ``demo.json``.
        runtime_url: the database of identity-links.
        rpc: calls the services, which run already.
    """
    demo = _remembered(path)
    if demo is None:
        # Remembered first: a start that is interrupted here finds its password again.
        demo = DemoPractice(EMAIL, secrets.token_urlsafe(12))
        _remember(path, demo)
    _add_practice(demo, runtime_url)
    try:
        return _fill(path, demo, rpc)
    except PortalError as error:
        # Somebody has changed the password, or a service is not well; the portal runs anyway.
        log.warning("demo_incomplete", code=error.code)
        return demo


def is_demo(path: Path) -> bool:
    """Whether the data folder of this ``demo.json`` holds the demo practice."""
    return path.exists()


def _remembered(path: Path) -> DemoPractice | None:
    if not path.exists():
        return None
    return DemoPractice(**json.loads(path.read_text("utf-8")))


def _remember(path: Path, demo: DemoPractice) -> None:
    write_private(path, json.dumps(asdict(demo), indent=2))


def _add_practice(demo: DemoPractice, runtime_url: str) -> None:
    """Add practice and practitioner in one transaction; nothing when they are there."""
    if demo.clients_added:
        return
    password_hash = hash_password(demo.password)
    database = Database(runtime_url, pool_size=1, application_name="demo")
    now = Clock().now()
    try:
        with database.transaction() as tx:
            practice_id = practices.add_practice(tx, PRACTICE, now=now)
            practices.add_practitioner(
                tx, practice_id, PRACTITIONER, password_hash=password_hash, now=now
            )
    except Conflict:
        log.info("demo_practice_found")
    finally:
        database.dispose()


def _fill(path: Path, demo: DemoPractice, rpc: RpcClient) -> DemoPractice:
    device = sha256(new_secret())
    signed_in = rpc.call(
        SIGN_IN,
        SignIn(email=demo.email, password=demo.password, device_hash=device, user_agent="Demo"),
        actor=NOBODY,
        timeout_seconds=TIMEOUT_SECONDS,
    )
    try:
        if not demo.clients_added:
            client_id = _add_clients(rpc, signed_in.actor)
            demo = replace(demo, clients_added=True, client_id=str(client_id))
            _remember(path, demo)
        if not _is_live(rpc, demo.link_token):
            demo = replace(demo, link_token=_new_link(rpc, signed_in.actor, UUID(demo.client_id)))
            _remember(path, demo)
    finally:
        rpc.call(END_DEVICE, EndDevice(device_hash=device), actor=signed_in.actor)
    return demo


def _add_clients(rpc: RpcClient, actor: Actor) -> UUID:
    """Add the demo clients that are missing; the first one's id."""
    page = rpc.call(LIST_CLIENTS, ListClients(status=None, limit=200), actor=actor)
    known = {row.email: row.id for row in page.items}
    for fields in CLIENTS:
        if fields.email not in known:
            added = rpc.call(
                ADD_CLIENT,
                AddClient(fields=fields),
                actor=actor,
                idempotency_key=new_secret(),
                timeout_seconds=TIMEOUT_SECONDS,
            )
            known[fields.email] = added.client_id
    return known[CLIENTS[0].email]


def _is_live(rpc: RpcClient, token: str) -> bool:
    if not token:
        return False
    standing = rpc.call(INSPECT_LINK, InspectLink(token_hash=sha256(token)), actor=NOBODY)
    return standing.state is LinkState.LIVE


def _new_link(rpc: RpcClient, actor: Actor, client_id: UUID) -> str:
    """A portal link for the first demo client; empty when she is no longer there."""
    token = derived_link_token(new_secret(), "demo")
    link = CreateLink(client_id=client_id, cause=LinkCause.COPIED, token_hash=sha256(token))
    try:
        rpc.call(CREATE_LINK, link, actor=actor, idempotency_key=new_secret())
    except (Conflict, NotFound):
        return ""
    return token
