"""Makes the demo practice once, or finds it again by what ``demo.json`` remembers.

Everything goes through the operations and calls that people use. Names and
addresses are made up, and the addresses reach nobody (RFC 2606).
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

import structlog

from gateway.web.tokens import derived_link_token, new_secret, sha256
from identity_links.operations import practices
from identity_links.operations.passwords import hash_password
from portal_chassis.clock import Clock
from portal_chassis.database.sealed import Sealer
from portal_chassis.database.transactions import Database
from portal_chassis.embedded.running_portal import write_private
from portal_chassis.rpc.client import RpcClient
from portal_contracts.actor import NOBODY, Actor
from portal_contracts.errors import Conflict, NotFound, PortalError
from portal_contracts.identity_links.rpc.clients import (
    LIST_CLIENTS,
    ListClients,
)
from portal_contracts.identity_links.rpc.devices import END_DEVICE, SIGN_IN, EndDevice, SignIn
from portal_contracts.identity_links.rpc.entering import INSPECT_LINK, InspectLink
from portal_contracts.identity_links.rpc.links import CREATE_LINK, CreateLink
from portal_contracts.identity_links.rpc.targets import LinkCause, LinkState
from portal_runner.databases import ServiceDatabase
from portal_runner.demo import elsewhere, entering, history, paperwork, people, present, undone
from portal_runner.demo.history import Past
from portal_runner.demo.present import Console, ask

log = structlog.get_logger(__name__)

OPEN_FOR = timedelta(days=400)
"""The practice is older than its first client."""


@dataclass(frozen=True)
class DemoPractice:
    """What is remembered of the demo practice between two starts.

    Attributes:
        email: its practitioner signs in with it.
        password: … and with this one, made for this installation.
        clients_added: the demo clients were added; who deletes one has deleted it.
        filled: the calendar and the forms were filled, once.
        client_id: the client whose link is shown.
        link_token: of that client's portal link.
    """

    email: str
    password: str
    clients_added: bool = False
    filled: bool = False
    client_id: str = ""
    link_token: str = ""


@dataclass(frozen=True)
class DemoContext:
    """What is needed to make the demo practice.

    Attributes:
        path: of ``demo.json``.
        databases: of all services.
        sealer: by which they seal.
        rpc: calls the services, which run already.
    """

    path: Path
    databases: Mapping[str, ServiceDatabase]
    sealer: Sealer
    rpc: RpcClient


def prepare_demo(context: DemoContext) -> DemoPractice:
    """Make the demo practice, or find it again."""
    demo = _remembered(context.path)
    if demo is None:
        # Remembered first: a start that is interrupted here finds its password again.
        demo = DemoPractice(people.EMAIL, secrets.token_urlsafe(12))
        _remember(context.path, demo)
    _add_practice(demo, context.databases["identity_links"].runtime_url)
    try:
        return _fill(context, demo)
    except PortalError as error:
        # Somebody has changed the password, or a service is not well; the portal runs anyway.
        log.warning("demo_incomplete", code=error.code)
        return _remembered(context.path) or demo


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
    opened_at = Clock().now() - OPEN_FOR
    try:
        with database.transaction() as tx:
            practice_id = practices.add_practice(tx, people.PRACTICE, now=opened_at)
            practices.add_practitioner(
                tx, practice_id, people.PRACTITIONER, password_hash=password_hash, now=opened_at
            )
    except Conflict:
        log.info("demo_practice_found")
    finally:
        database.dispose()


def _fill(context: DemoContext, demo: DemoPractice) -> DemoPractice:
    rpc, device = context.rpc, sha256(new_secret())
    sign_in = SignIn(
        email=demo.email,
        password=demo.password,
        device_hash=device,
        user_agent="Demo",
        # The same at each start: nobody is mailed of a new sign-in that is ours.
        browser_hash=sha256(f"demo browser {demo.password}"),
    )
    signed_in = ask(rpc, SIGN_IN, sign_in, actor=NOBODY)
    console = Console(rpc, signed_in.actor)
    try:
        if not demo.clients_added:
            clients = _add_clients(context, console)
            anna = str(clients[people.ANNA.fields.email])
            demo = replace(demo, clients_added=True, client_id=anna)
            _remember(context.path, demo)
        if not _is_live(rpc, demo.link_token):
            demo = replace(demo, link_token=_new_link(console, UUID(demo.client_id)))
            _remember(context.path, demo)
        if not demo.filled:
            _fill_calendar_and_forms(context, console)
            demo = replace(demo, filled=True)
            _remember(context.path, demo)
    finally:
        ask(rpc, END_DEVICE, EndDevice(device_hash=device), actor=signed_in.actor)
    return demo


def _add_clients(context: DemoContext, console: Console) -> dict[str, UUID]:
    """Add the demo clients that are missing; the ids of all by their addresses."""
    page = console.do(LIST_CLIENTS, ListClients(status=None, limit=200))
    known = {row.email: row.id for row in page.items}
    missing = [person for person in people.PEOPLE if person.fields.email not in known]
    with (
        _past(context, "identity_links", console.actor, Clock().now()) as past,
        past.transaction() as tx,
    ):
        for person in missing:
            known[person.fields.email] = entering.add_person(tx, past, person)
    return known


def _fill_calendar_and_forms(context: DemoContext, console: Console) -> None:
    now = Clock().now()
    clients = _add_clients(context, console)
    services = present.offer(console, now)
    templates = present.add_forms(console)
    present.make_own_forms(console)
    with _past(context, "scheduling", console.actor, now) as past:
        history.write_sessions(past, services, clients)
        undone.write_today(past, services, clients)
    with _past(context, "forms", console.actor, now) as past:
        paperwork.write_forms(past, templates, clients)
    present.plan(console, services, clients, now)
    present.ask_for_one(console, services, clients, now)
    present.send_forms(console, templates, clients, now)
    with _past(context, "scheduling", console.actor, now) as past:
        undone.let_one_expire(past, console, services, clients)
        elsewhere.add_busy_calendars(past)
    with _past(context, "notifications", console.actor, now) as past:
        undone.let_a_mail_fail(past, console, clients)


@contextmanager
def _past(context: DemoContext, service: str, actor: Actor, now: datetime) -> Iterator[Past]:
    database = Database(context.databases[service].owner_url, pool_size=1, application_name="demo")
    try:
        yield Past(database, context.sealer, actor, now)
    finally:
        database.dispose()


def _is_live(rpc: RpcClient, token: str) -> bool:
    if not token:
        return False
    standing = ask(rpc, INSPECT_LINK, InspectLink(token_hash=sha256(token)), actor=NOBODY)
    return standing.state is LinkState.LIVE


def _new_link(console: Console, client_id: UUID) -> str:
    """A portal link for the first demo client; empty when that client is no longer there."""
    token = derived_link_token(new_secret(), "demo")
    link = CreateLink(client_id=client_id, cause=LinkCause.COPIED, token_hash=sha256(token))
    try:
        console.do(CREATE_LINK, link)
    except (Conflict, NotFound):
        return ""
    return token
