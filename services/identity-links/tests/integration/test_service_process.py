"""The released process over RabbitMQ: the first path, refusals, repetition, health."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import msgspec
import pytest
from sqlalchemy import func, select

from identity_links.operations.passwords import hash_password
from identity_links.storage import tables
from portal_chassis.broker.publisher import PERSISTENT, Publisher
from portal_chassis.clock import Clock
from portal_chassis.embedded.rabbitmq_accounts import uri_as
from portal_contracts.actor import NOBODY, Actor, service_actor
from portal_contracts.calls import Nothing
from portal_contracts.envelope import Aggregate, Event
from portal_contracts.errors import Forbidden, Invalid, NotFound, PortalError
from portal_contracts.identity_links.rpc.access import (
    LIST_ACCESS,
    MAY,
    RECORD_REFUSAL,
    ListAccess,
    May,
    RecordRefusal,
)
from portal_contracts.identity_links.rpc.clients import (
    ADD_CLIENT,
    EDIT_CLIENT,
    GET_CLIENT,
    LIST_CLIENTS,
    SET_CLIENT_STATUS,
    AddClient,
    ClientFields,
    ClientStatus,
    EditClient,
    GetClient,
    ListClients,
    SetClientStatus,
)
from portal_contracts.identity_links.rpc.devices import (
    LIST_CLIENT_DEVICES,
    LIST_OWN_DEVICES,
    RESOLVE_DEVICE,
    REVOKE_DEVICE,
    SIGN_IN,
    ListClientDevices,
    ResolveDevice,
    RevokeDevice,
    SignIn,
)
from portal_contracts.identity_links.rpc.entering import (
    INSPECT_LINK,
    REDEEM_LINK,
    REQUEST_LINK,
    EntryOutcome,
    InspectLink,
    RedeemLink,
    RequestLink,
)
from portal_contracts.identity_links.rpc.links import (
    CREATE_LINK,
    LIST_LINKS,
    PREPARE_LINK,
    REVOKE_ALL_LINKS,
    REVOKE_LINK,
    SHARE_LINK,
    CreateLink,
    ListLinks,
    PrepareLink,
    RevokeAllLinks,
    RevokeLink,
    ShareLink,
)
from portal_contracts.identity_links.rpc.targets import LinkCause, LinkState
from portal_contracts.notifications.events import AccessRecorded
from portal_contracts.permissions import Permission
from tests.kit.callers import Callers
from tests.kit.servers import lasting_service
from tests.kit.waiting import eventually

PASSWORD = "correct horse battery"
FIELDS = ClientFields(name="Anna Schmidt", email="anna@example.org", remark="Mornings.")


@pytest.fixture(scope="module")
def lasting(request):
    with lasting_service("identity_links", request) as lasting:
        yield lasting


@pytest.fixture
def service(lasting):
    yield lasting.process
    lasting.clear()


@pytest.fixture
def database(service, lasting):
    return lasting.database


@pytest.fixture
def amqp_uri(lasting):
    return lasting.amqp_uri


@pytest.fixture
def world(world):
    world.now = Clock().now()
    return world


@pytest.fixture
def call(amqp_uri, service):
    client = Callers(amqp_uri)

    def ask(method, command, actor=NOBODY, key=None, **options):
        if method.mutates and key is None:
            key = str(uuid4())
        options = {"address": "192.0.2.7", "request_id": "req-7"} | options
        return client.call(method, command, actor=actor, idempotency_key=key, **options)

    yield ask
    client.close()


@pytest.fixture
def owner(world) -> Actor:
    return world.practitioner(
        world.practice(), email="rivera@practice.example", password_hash=hash_password(PASSWORD)
    )


def sign_in(call, password, fresh_hash, **options):
    command = SignIn(
        **(
            {
                "email": "rivera@practice.example",
                "password": password,
                "device_hash": fresh_hash(),
                "address": "192.0.2.7",
            }
            | options
        )
    )
    return call(SIGN_IN, command)


def test_from_signing_in_to_the_client_s_portal(call, service, owner, world, fresh_hash):
    desk = sign_in(call, PASSWORD, fresh_hash)
    assert desk.actor == owner
    added = call(ADD_CLIENT, AddClient(fields=FIELDS), desk.actor)
    shared = call(SHARE_LINK, ShareLink(client_id=added.client_id), desk.actor)
    token, cookie = fresh_hash(), fresh_hash()
    command = PrepareLink(link_id=shared.link_id, token_hash=token)
    facts = call(PREPARE_LINK, command, service_actor("notifications"))
    assert (facts.email, facts.state) == ("anna@example.org", LinkState.LIVE)
    assert call(INSPECT_LINK, InspectLink(token_hash=token)).first_name == "Anna"
    entry = call(REDEEM_LINK, RedeemLink(token_hash=token, device_hash=cookie))
    assert entry.outcome is EntryOutcome.ENTERED
    portal = call(RESOLVE_DEVICE, ResolveDevice(device_hash=cookie))
    assert portal.client.id == added.client_id
    details = call(GET_CLIENT, GetClient(client_id=added.client_id), desk.actor)
    assert details.remark == "Mornings."
    assert len(call(LIST_OWN_DEVICES, Nothing(), portal.actor).items) == 1
    assert [act for act, _ in world.acts(owner.practice_id)][2:] == [
        "sign_in",
        "client.added",
        "link.shared",
        "device.entered",
        "client.opened",
    ]
    for secret in ("Anna", "anna@", "rivera@", PASSWORD, "Mornings", token, cookie):
        assert secret not in service.log_text()


def commands(client_id, link_id, device_id):
    """Every practitioner's call that names something."""
    return {
        GET_CLIENT: GetClient(client_id=client_id),
        EDIT_CLIENT: EditClient(client_id=client_id, version=1, fields=FIELDS),
        SET_CLIENT_STATUS: SetClientStatus(client_id=client_id, status=ClientStatus.ARCHIVED),
        SHARE_LINK: ShareLink(client_id=client_id),
        CREATE_LINK: CreateLink(client_id=client_id, cause=LinkCause.QR, token_hash="0" * 64),
        LIST_LINKS: ListLinks(client_id=client_id),
        REVOKE_LINK: RevokeLink(link_id=link_id),
        REVOKE_ALL_LINKS: RevokeAllLinks(client_id=client_id),
        LIST_CLIENT_DEVICES: ListClientDevices(client_id=client_id),
        REVOKE_DEVICE: RevokeDevice(device_id=device_id),
        LIST_ACCESS: ListAccess(client_id=client_id),
    }


def test_every_refused_call_is_one_denied_row_and_reads_like_an_unknown_id(
    call, owner, world, as_client
):
    anna = world.client(owner)
    link = world.link(owner, anna)
    world.redeem(link.token_hash)
    command = ListClientDevices(client_id=anna)
    [device] = call(LIST_CLIENT_DEVICES, command, owner).items
    stranger = world.owner()
    log_before = world.acts(owner.practice_id)
    for method, foreign in commands(anna, link.id, device.id).items():
        unknown = commands(uuid4(), uuid4(), uuid4())[method]
        answers = []
        for one in (foreign, unknown):
            before = len(world.log(stranger.practice_id))
            with pytest.raises(NotFound) as refused:
                call(method, one, stranger)
            answers.append((refused.value.code, refused.value.detail, refused.value.fields))
            rows = world.log(stranger.practice_id)[before:]
            assert [(row.outcome, row.reason, row.detail) for row in rows] == [
                ("denied", "not_found", method.address)
            ]
            assert (rows[0].actor_id, rows[0].address) == (stranger.id, "192.0.2.7")
        assert answers[0] == answers[1]
    assert world.acts(owner.practice_id) == log_before


def test_a_client_s_refused_call_is_a_row_in_her_practice(call, owner, world, as_client):
    anna = world.client(owner)
    with pytest.raises(Forbidden):
        call(LIST_CLIENTS, ListClients(), as_client(anna, owner.practice_id))
    row = world.log(owner.practice_id)[-1]
    assert (row.act, row.outcome, row.actor_id) == ("request.refused", "denied", anna)


def test_nobody_s_refused_calls_are_counted_and_services_are_not(call, owner, world, fresh_hash):
    before = world.acts(owner.practice_id)
    with pytest.raises(Forbidden):
        call(LIST_CLIENTS, ListClients())
    with pytest.raises(NotFound):
        call(RESOLVE_DEVICE, ResolveDevice(device_hash=fresh_hash()))
    asked = May(actor=owner, client_id=uuid4(), permission=Permission.CLIENTS_READ)
    with pytest.raises(NotFound):
        call(MAY, asked, service_actor("notifications"))
    with world.database.transaction() as tx:
        counted = tx.execute(select(func.sum(tables.refusal_count.c.refusals))).scalar_one()
    assert counted == 2
    assert world.acts(owner.practice_id) == before


def test_the_gateway_writes_down_its_own_refusals(call, owner, world):
    command = RecordRefusal(route="/clients/{id}", method="POST", reason="csrf_failed")
    call(RECORD_REFUSAL, command, owner)
    row = world.log(owner.practice_id)[-1]
    assert (row.act, row.reason, row.address) == ("request.refused", "csrf_failed", "192.0.2.7")


def test_a_failed_sign_in_is_one_row(call, owner, world, fresh_hash):
    with pytest.raises(Forbidden) as refused:
        sign_in(call, "wrong password", fresh_hash)
    assert refused.value.code == "sign_in_failed"
    assert world.acts(owner.practice_id)[2:] == [("sign_in.failed", "denied")]


def test_a_waiting_time_reaches_the_caller(call, owner, fresh_hash):
    for _ in range(5):
        with pytest.raises(Forbidden):
            sign_in(call, "wrong password", fresh_hash)
    with pytest.raises(Forbidden) as refused:
        sign_in(call, PASSWORD, fresh_hash)
    assert refused.value.code == "too_many_tries"
    assert 0 < refused.value.retry_after_seconds <= 30


def test_the_same_key_in_parallel_adds_one_client(call, owner, world):
    key = str(uuid4())
    with ThreadPoolExecutor(10) as pool:
        answers = list(
            pool.map(
                lambda _: call(ADD_CLIENT, AddClient(fields=FIELDS), owner, key=key),
                range(20),
            )
        )
    assert len({answer.client_id for answer in answers}) == 1
    assert call(LIST_CLIENTS, ListClients(), owner).total == 1
    other = msgspec.structs.replace(FIELDS, name="Ben")
    with pytest.raises(Invalid):
        call(ADD_CLIENT, AddClient(fields=other), owner, key=key)


def test_a_new_link_by_address_is_made_right_after_and_timing_tells_nothing(call, owner, world):
    clients = 15
    for number in range(clients):
        world.client(owner, name=f"Client {number}", email=f"known{number}@example.org")
    seconds = {"known": [], "other": []}
    for number in range(clients):
        for kind, found in seconds.items():
            command = RequestLink(
                email=f"{kind}{number}@example.org", address=f"198.51.100.{number}"
            )
            began = time.perf_counter()
            assert call(REQUEST_LINK, command).retry_after_seconds == 60
            found.append(time.perf_counter() - began)
    eventually(lambda: linked(world) == clients)
    # What each took without what else the machine had to do.
    known, other = (min(found) for found in seconds.values())
    assert abs(known - other) < 0.5 * max(known, other) + 0.005


def linked(world):
    with world.database.transaction() as tx:
        waiting = tx.execute(select(func.count()).select_from(tables.link_request)).scalar_one()
        links = tx.execute(select(func.count()).select_from(tables.portal_link)).scalar_one()
    assert waiting == 0
    return links


def test_another_service_s_report_is_written_down_once(amqp_uri, service, owner, world):
    event = Event(
        id=uuid4(),
        type=AccessRecorded.TYPE,
        occurred_at=world.now,
        practice_id=owner.practice_id,
        aggregate=Aggregate(type="delivery", id=uuid4(), seq=1),
        actor=owner,
        request_id="req-9",
        data=AccessRecorded(act="delivery.opened", outcome="done"),
    )
    publisher = Publisher(uri_as("notifications", amqp_uri))
    for _ in range(2):
        publisher.publish(
            msgspec.json.encode(event),
            exchange="notifications.events",
            routing_key=event.type,
            delivery_mode=PERSISTENT,
            message_id=str(event.id),
        )
    publisher.close()
    eventually(lambda: ("delivery.opened", "done") in world.acts(owner.practice_id))
    eventually(lambda: handled(world) == 1)
    assert world.acts(owner.practice_id).count(("delivery.opened", "done")) == 1


def handled(world):
    inbox = tables.chassis.inbox
    with world.database.transaction() as tx:
        query = select(func.count()).select_from(inbox).where(inbox.c.handled_at.is_not(None))
        return tx.execute(query).scalar_one()


def test_a_device_hash_that_is_none_is_refused_before_anything(call):
    with pytest.raises(PortalError):
        call(RESOLVE_DEVICE, ResolveDevice(device_hash="lk_raw_token"))


def test_it_is_ready_and_stops_when_told(start_service, database):
    service = start_service("identity_links", database=database)
    found = service.readiness()
    assert found["service"] == "identity_links"
    assert set(found["checks"].values()) == {"ok"}
    assert service.stop() == 0
