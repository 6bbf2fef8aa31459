"""What happens while the broker, or the way to it, is gone; and after its return."""

import os
import signal
import time
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
from toy import contract
from toy.contract import Say
from toy.tables import chassis

from portal_chassis.clock import Clock
from portal_chassis.embedded.ports import LOOPBACK, free_port
from portal_chassis.embedded.rabbitmq_accounts import uri_as
from portal_chassis.events import outbox
from portal_chassis.ids import new_id
from portal_chassis.rpc.client import RpcClient
from portal_contracts.errors import Unavailable
from portal_contracts.notifications.events import AccessRecorded
from tests.kit.waiting import eventually

ACCESS_QUEUE = "identity_links.on_access_recorded"


def answers(rpc, actor, **options):
    """Whether the toy answers a call."""
    try:
        return rpc.call(contract.ECHO, Say(word="w"), actor=actor, **options).word == "w"
    except Unavailable:
        return False


@pytest.fixture
def wire_to(toy, wire_of):
    """A network of its own to the toy's broker."""
    wire = wire_of(toy.amqp_uri)
    yield wire
    wire.close()


@pytest.fixture
def client(wire_to):
    client = RpcClient(uri_as("gateway", wire_to.amqp_uri), "tests")
    yield client
    client.close()


def test_a_client_whose_network_was_cut_goes_on_by_itself(wire_to, client, practitioner):
    assert answers(client, practitioner)
    wire_to.cut()
    eventually(lambda: answers(client, practitioner, timeout_seconds=1))
    wire_to.cut(for_good=True)
    began = time.monotonic()
    assert not answers(client, practitioner, timeout_seconds=20)
    assert time.monotonic() - began < 10
    wire_to.mend()
    eventually(lambda: answers(client, practitioner, timeout_seconds=1))


def test_a_call_into_a_silent_network_ends_at_its_deadline(wire_to, client, practitioner):
    assert answers(client, practitioner)
    wire_to.freeze()
    began = time.monotonic()
    with ThreadPoolExecutor(12) as threads:
        found = list(
            threads.map(
                lambda _number: answers(client, practitioner, timeout_seconds=0.7), range(12)
            )
        )
    assert not any(found)
    assert time.monotonic() - began < 5
    wire_to.thaw()
    eventually(lambda: answers(client, practitioner, timeout_seconds=1))


def test_a_reply_that_is_lost_ends_the_call_at_its_deadline(start_toy, wire, practitioner):
    toy = start_toy(service_uri=wire.amqp_uri)
    pending = toy.rpc.submit(
        contract.SLOW, Say(word="unheard", seconds=1), actor=practitioner, timeout_seconds=1.5
    )
    eventually(lambda: "began unheard" in toy.words())
    wire.cut(for_good=True)
    began = time.monotonic()
    with pytest.raises(Unavailable) as failure:
        pending.result()
    assert failure.value.code == "service_unavailable"
    assert time.monotonic() - began < 5
    eventually(lambda: "ended unheard" in toy.words())
    wire.mend()
    eventually(lambda: answers(toy.rpc, practitioner, timeout_seconds=1))
    assert toy.service.process.poll() is None


def test_a_service_whose_network_is_cut_again_and_again_goes_on(
    start_toy, wire, broker, shared_event, practitioner
):
    toy = start_toy(service_uri=wire.amqp_uri)
    events = [shared_event() for _ in range(30)]
    for number, event in enumerate(events):
        broker.share(event)
        if number % 10 == 5:
            wire.cut()
    eventually(lambda: len(toy.rows(chassis.inbox)) == 30)
    assert sorted(toy.words()) == ["counted"] + ["handled"] * 30
    eventually(lambda: answers(toy.rpc, practitioner, timeout_seconds=1))
    assert toy.service.process.poll() is None


def test_a_service_stops_also_while_the_broker_is_away(start_toy, wire):
    toy = start_toy(service_uri=wire.amqp_uri)
    wire.cut(for_good=True)
    eventually(lambda: "broker_unreachable" in toy.service.log_text())
    assert not toy.service.is_ready()
    assert toy.service.stop() == 0


def test_a_service_stops_also_while_the_network_is_silent(start_toy, wire):
    toy = start_toy(service_uri=wire.amqp_uri)
    wire.freeze()
    assert toy.service.stop() == 0


def test_a_service_that_finds_no_broker_waits_for_it_and_stops_when_told(
    start_toy_process, database
):
    service = start_toy_process(database, f"amqp://guest:secret@{LOOPBACK}:{free_port()}//")

    def checks():
        return (service.readiness() or {}).get("checks", {})

    # Until it has room at its database, it tells of that, and then of its broker alone.
    told = {"database": "ok", "broker": "the broker does not answer"}.items()
    eventually(lambda: told <= checks().items())
    eventually(lambda: "broker_unreachable" in service.log_text())
    assert service.stop() == 0
    assert "secret" not in service.log_text()


def test_a_client_that_finds_no_broker_is_unavailable_and_closes(practitioner):
    client = RpcClient(f"amqp://guest:guest@{LOOPBACK}:{free_port()}//", "tests")
    began = time.monotonic()
    with pytest.raises(Unavailable) as failure:
        client.call(contract.ECHO, Say(word="w"), actor=practitioner, timeout_seconds=0.5)
    assert failure.value.code == "broker_unavailable"
    client.close()
    with pytest.raises(Unavailable):
        client.call(contract.ECHO, Say(word="w"), actor=practitioner, timeout_seconds=0.5)
    assert time.monotonic() - began < 4
    assert not client._replies._waiting


def test_a_closed_client_leaves_nothing_behind(wire_to, client, practitioner):
    assert answers(client, practitioner)
    began = time.monotonic()
    client.close()
    assert time.monotonic() - began < 5
    eventually(lambda: wire_to.connections() == 0)


def test_a_call_under_way_fails_at_once_when_its_connection_is_lost(
    toy, wire_to, client, practitioner
):
    pending = client.submit(
        contract.SLOW, Say(word="cut off", seconds=2), actor=practitioner, timeout_seconds=20
    )
    eventually(lambda: "began cut off" in toy.words())
    wire_to.cut()
    began = time.monotonic()
    with pytest.raises(Unavailable) as failure:
        pending.result()
    assert failure.value.code == "broker_unavailable"
    assert time.monotonic() - began < 10
    eventually(lambda: answers(client, practitioner, timeout_seconds=1))


def test_a_broker_that_stops_and_comes_back_loses_nothing(
    start_toy, rabbitmq, broker, shared_event, database, practitioner
):
    toy, now = start_toy(), Clock().now()
    before = [shared_event() for _ in range(3)]
    os.kill(toy.service.process.pid, signal.SIGSTOP)
    for event in before:
        broker.share(event)
    rabbitmq.settle()
    rabbitmq.stop()
    os.kill(toy.service.process.pid, signal.SIGCONT)
    began = time.monotonic()
    with pytest.raises(Unavailable) as failure:
        toy.rpc.call(contract.ECHO, Say(word="w"), actor=practitioner, timeout_seconds=20)
    assert failure.value.code == "broker_unavailable"
    assert time.monotonic() - began < 10
    with database.transaction() as tx:
        committed = [
            outbox.record(
                tx,
                AccessRecorded(act="thing.added", outcome="done"),
                practice_id=uuid.UUID(int=1),
                aggregate=("thing", new_id()),
                actor=practitioner,
                request_id="request-1",
                now=now,
            )
            for _ in range(20)
        ]
    eventually(lambda: any(row.last_error == "broker_away" for row in toy.rows(chassis.outbox)))
    rabbitmq.start()
    eventually(lambda: answers(toy.rpc, practitioner, timeout_seconds=1), within=15)
    eventually(lambda: all(row.sent_at for row in toy.rows(chassis.outbox)), within=15)
    eventually(lambda: toy.words().count("handled") == 3, within=15)
    published = {one.properties["message_id"] for one in broker.take_all(ACCESS_QUEUE)}
    assert published == {str(one) for one in committed}
    assert toy.service.process.poll() is None
