"""Each process is a user of its own at RabbitMQ: what the broker refuses, and the services."""

import time
import uuid

import kombu
import msgspec
import pytest
from amqp import Message
from amqp.exceptions import AccessRefused, PreconditionFailed
from toy import contract
from toy.contract import Say
from toy.tables import chassis

from portal_chassis.broker import topology
from portal_chassis.broker.wire import Request
from portal_chassis.embedded.rabbitmq_accounts import uri_as
from portal_chassis.rpc.client import RpcClient
from portal_contracts.actor import service_actor
from portal_contracts.broker_accounts import user_of
from portal_contracts.catalogue import PROCESSES, SERVICES, SUBSCRIPTIONS, call_queue
from portal_contracts.errors import Forbidden, Unavailable
from tests.kit.service_processes import start_service
from tests.kit.waiting import eventually

QUEUE = "notifications.on_portal_link_shared"
QUEUES = [*(one.queue for one in SUBSCRIPTIONS), *map(call_queue, SERVICES), "dead-letters"]
FORGERS = [name for name in SERVICES if name != "identity_links"]
every_process = pytest.mark.parametrize("process", PROCESSES)


@pytest.fixture
def refused(amqp_uri):
    """``refused("forms", "basic_get", "a queue")``: whether the broker refuses it to that user."""

    def ask(process, method, *arguments, **options):
        with kombu.Connection(uri_as(process, amqp_uri)) as connection:
            channel = connection.channel()
            try:
                getattr(channel, method)(*arguments, **options)
                channel.basic_qos(0, 1, False)
            except AccessRefused:
                return True
            return False

    return ask


# --- what the broker refuses ----------------------------------------------------------------------


@every_process
def test_nobody_publishes_an_event_of_another(refused, process):
    for service in SERVICES:
        event = (Message(b"{}", user_id=user_of(process)), f"{service}.events", "key")
        assert refused(process, "basic_publish", *event) == (service != process)
    assert refused(process, "basic_publish", Message(b""), "dead-letters", "")


@every_process
def test_nobody_reads_a_queue_of_another(refused, process):
    for queue in QUEUES:
        mine = queue == f"rpc-{process}" or queue.startswith(f"{process}.")
        if not mine:
            for method in ("basic_get", "basic_consume", "queue_purge"):
                assert refused(process, method, queue), queue


@every_process
def test_nobody_declares_or_deletes_what_is_not_the_queue_of_its_calls(refused, process):
    for queue in [*QUEUES, f"{process}.on_everything", "anything"]:
        if queue != f"rpc-{process}":
            assert refused(process, "queue_declare", queue, durable=True, auto_delete=False)
            assert refused(process, "queue_delete", queue)
    for exchange in [one.name for one in topology.exchanges()] + ["anything"]:
        assert refused(process, "exchange_declare", exchange, "fanout", durable=True)
        assert refused(process, "exchange_delete", exchange)


@every_process
def test_nobody_lets_the_messages_of_others_come_by(refused, process):
    mine = f"rpc-{process}"
    if process in SERVICES:
        options = topology.rpc_queue(process).queue_arguments
        arguments = {"durable": True, "auto_delete": False, "arguments": options}
        assert not refused(process, "queue_declare", mine, **arguments)
    for exchange in topology.exchanges():
        if exchange.name != f"{process}.calls":
            assert refused(process, "queue_bind", mine, exchange.name, "#")


@every_process
def test_nobody_speaks_in_the_name_of_another(amqp_uri, process):
    exchange = "forms.calls" if process == "gateway" else f"{process}.events"
    for other in (*map(user_of, PROCESSES), "latchkey", "guest"):
        if other != user_of(process):
            with kombu.Connection(uri_as(process, amqp_uri)) as connection:
                channel = connection.channel()
                channel.basic_publish(Message(b"", user_id=other), exchange, "key")
                with pytest.raises(PreconditionFailed):
                    channel.basic_qos(0, 1, False)


def test_the_gateway_reaches_no_queue_past_the_exchanges_of_calls(refused):
    for queue in QUEUES:
        assert refused("gateway", "basic_publish", Message(b"{}"), "", queue)


# --- what a service does not believe --------------------------------------------------------------


def handled(toy, event):
    return any(row.event_id == event.id for row in toy.rows(chassis.inbox))


@pytest.mark.parametrize("process", [*FORGERS, None])
def test_an_event_of_a_service_is_believed_of_that_service_alone(
    toy, look_into, shared_event, process
):
    broker, event = look_into(toy.amqp_uri), shared_event()
    broker.publish(
        msgspec.json.encode(event), routing_key=QUEUE, process=process, message_id=str(event.id)
    )
    assert eventually(lambda: broker.take("dead-letters"))
    [line] = [one for one in toy.service.log_lines() if one.get("message_id") == str(event.id)]
    assert (line["event"], line["user"]) == ("event_forged", process and user_of(process))
    assert not handled(toy, event)
    assert f'consumer="{QUEUE}",outcome="forged"' in toy.service.metrics()


def call_of(actor, word):
    return msgspec.json.encode(
        Request(
            actor=actor,
            request_id="forged",
            arguments=msgspec.Raw(msgspec.json.encode(Say(word=word))),
        )
    )


@pytest.mark.parametrize("process", [*SERVICES, None])
@pytest.mark.parametrize("as_service", [True, False])
def test_a_service_makes_no_call_that_is_not_its_to_make(
    toy, look_into, practitioner, process, as_service
):
    broker, word = look_into(toy.amqp_uri), f"forged {uuid.uuid4()}"
    actor = service_actor(process or "forms") if as_service else practitioner
    broker.publish(
        call_of(actor, word),
        routing_key="rpc-notifications",
        process=process,
        headers={"method": "slow", "deadline_ms": int((time.time() + 5) * 1000)},
        reply_to="dead-letters",
    )
    reply = msgspec.json.decode(eventually(lambda: broker.take("dead-letters")).body)
    assert (reply["error"]["kind"], reply["error"]["code"]) == ("Forbidden", "not_allowed")
    assert f"began {word}" not in toy.words()


@pytest.mark.parametrize("service", [*SERVICES, "gateway", "identity-links-admin"])
def test_the_gateway_is_no_service(toy, service):
    with pytest.raises(Forbidden) as refusal:
        toy.rpc.call(
            contract.SLOW, Say(word=service), actor=service_actor(service), request_id=service
        )
    assert refusal.value.code == "not_allowed"
    assert f"began {service}" not in toy.words()
    line = [one for one in toy.service.log_lines() if one["event"] == "call_forged"][-1]
    assert (line["actor"], line["user"]) == (f"service:{service}", "latchkey-gateway")
    assert 'method="notifications.slow",outcome="forged"' in toy.service.metrics()


# --- a former release beside this one -------------------------------------------------------------


def test_unnamed_senders_are_believed_while_that_is_set_and_forgers_never(
    start_toy, look_into, shared_event, practitioner
):
    toy = start_toy(PORTAL_UNNAMED_SENDERS=True)
    broker, unnamed, forged = look_into(toy.amqp_uri), shared_event(), shared_event()
    broker.publish(msgspec.json.encode(forged), routing_key=QUEUE, process="forms")
    broker.publish(msgspec.json.encode(unnamed), routing_key=QUEUE)
    eventually(lambda: handled(toy, unnamed))
    assert eventually(lambda: broker.take("dead-letters"))
    assert not handled(toy, forged)
    with pytest.raises(Forbidden):
        toy.rpc.call(contract.ECHO, Say(word="x"), actor=service_actor("forms"))
    # The former gateway's way: straight to the queue, as the user that everybody was.
    headers = {"method": "slow", "deadline_ms": int((time.time() + 5) * 1000)}
    broker.publish(
        call_of(practitioner, "former"), routing_key="rpc-notifications", headers=headers
    )
    eventually(lambda: "ended former" in toy.words())


def test_a_service_does_not_start_as_a_user_nobody_would_believe(database, amqp_uri, tmp_path):
    for uri in (amqp_uri, uri_as("gateway", amqp_uri)):
        started = start_service("notifications", database, amqp_uri, tmp_path, PORTAL_AMQP_URI=uri)
        assert started.process.wait(30) == 2
        said = started.log_text()
        assert "PORTAL_AMQP_URI: its user must be latchkey-notifications" in said
        assert amqp_uri.split(":")[2].split("@")[0] not in said


def test_a_call_that_the_broker_refuses_does_not_wait_for_its_deadline(amqp_uri, practitioner):
    client = RpcClient(uri_as("forms", amqp_uri), "tests")
    began = time.monotonic()
    with pytest.raises(Unavailable, match="broker_unavailable"):
        client.call(contract.ECHO, Say(word="x"), actor=practitioner, timeout_seconds=20)
    assert time.monotonic() - began < 10
    client.close()


def test_a_service_cannot_answer_in_the_place_of_another(amqp_uri, look_into, practitioner):
    broker, client = look_into(amqp_uri), RpcClient(uri_as("gateway", amqp_uri), "tests")
    for service in ("forms", "notifications"):
        with kombu.Connection(amqp_uri) as connection:
            queue = topology.rpc_queue(service)(connection.channel())
            queue.queue_declare()
            queue.queue_bind()
    asked = client.submit(contract.MISSING, Say(word="x"), actor=practitioner, timeout_seconds=2)
    client.submit(contract.ECHO, Say(word="x"), actor=practitioner)
    (of_forms,) = eventually(lambda: broker.take_all("rpc-forms"))
    (of_toy,) = eventually(lambda: broker.take_all("rpc-notifications"))
    address, number = (of_toy.properties[key] for key in ("reply_to", "correlation_id"))
    assert of_forms.properties["reply_to"] == address
    assert not set(number.split("-")) & set(of_forms.properties["correlation_id"].split("-"))
    said = msgspec.json.encode({"result": {"word": "forged"}})
    for guess in (number, *map(str, range(50)), ""):
        broker.publish(said, routing_key=address, process="notifications", correlation_id=guess)
    with pytest.raises(Unavailable):
        asked.result()
    client.close()
