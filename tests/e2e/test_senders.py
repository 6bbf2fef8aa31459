"""The portal as processes: the gateway's password makes nobody a service, and nobody needs more."""

from __future__ import annotations

import json
import uuid

import pytest

from portal_chassis.broker.publisher import PERSISTENT, Publisher, Unroutable
from portal_chassis.embedded.rabbitmq_accounts import uri_as
from portal_chassis.rpc.client import RpcClient
from portal_contracts.actor import service_actor
from portal_contracts.calls import GATEWAY
from portal_contracts.catalogue import PROCESSES
from portal_contracts.errors import Forbidden
from portal_contracts.identity_links.rpc.links import PREPARE_LINK, PrepareLink
from portal_contracts.scheduling.rpc.overview import READ_SUMMARY_FACTS, ReadSummaryFacts
from tests.kit.portal.journeys import begin_journey

pytestmark = pytest.mark.timeout(180)

FORGED = "forged-by-a-test"


def test_whoever_holds_the_gateway_s_password_is_no_service(portal_stack):
    broker = uri_as(GATEWAY, portal_stack.facts["amqp_uri"])
    client = RpcClient(broker, "tests")
    some_id = uuid.uuid4()
    asked = {
        PREPARE_LINK: PrepareLink(link_id=some_id, token_hash="a" * 64),
        READ_SUMMARY_FACTS: ReadSummaryFacts(session_id=some_id),
    }
    for method, arguments in asked.items():
        with pytest.raises(Forbidden):
            client.call(method, arguments, actor=service_actor("notifications"), request_id=FORGED)
    client.close()
    publisher = Publisher(broker)
    with pytest.raises(Unroutable):
        publisher.publish(
            b"{}",
            exchange="scheduling.events",
            routing_key="scheduling.appointment.booked.v1",
            delivery_mode=PERSISTENT,
        )
    publisher.close()


def test_every_process_is_let_do_what_it_needs_and_is_believed(portal_stack):
    begin_journey(portal_stack, "Berta")
    for path, text in portal_stack.logs().items():
        forged = [line for line in text.splitlines() if "_forged" in line and FORGED not in line]
        assert forged == [], path.name
    found = portal_stack.command("doctor", "--json", "--var", str(portal_stack.folder))
    states = {one["subject"]: one["state"] for one in json.loads(found.stdout)}
    assert {states[f"rights of {process}"] for process in PROCESSES} == {"ok"}
