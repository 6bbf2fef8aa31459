"""Two services in one process over the in-memory broker, as the standalone portal runs them.

One is the toy; of the other, identity-links, there is only the outbox and its
relay. Arguments: the addresses of their two databases. Prints what it saw as JSON.
"""
# ruff: noqa: E402 - it patches the process before anything else is imported

import os

os.environ["PSYCOPG_WAIT_FUNC"] = "wait_selector"

import eventlet

eventlet.monkey_patch()

import json
import statistics
import sys
import time
import uuid
from datetime import timedelta

from sqlalchemy import select, text

from notifications import contract
from notifications.service import Settings, ToyService
from notifications.tables import chassis
from portal_chassis.broker import topology
from portal_chassis.clock import Clock
from portal_chassis.database.transactions import Database
from portal_chassis.events import acknowledgements, outbox, relay
from portal_chassis.ids import new_id
from portal_chassis.logging import configure_logging
from portal_chassis.process.container import make_container
from portal_chassis.process.runtime import build_runtime
from portal_chassis.rpc.client import RpcClient
from portal_contracts.actor import NOBODY
from portal_contracts.errors import Unavailable
from portal_contracts.identity_links.events import PortalLinkShared
from portal_contracts.identity_links.rpc.targets import LinkCause

MEMORY = "memory://"
NOT_TAKEN_SECONDS, TAKEN_SECONDS = 0.3, 20.0
"""How long a sender waits for a row that is not taken, and at most for one that is."""


class Sender:
    """identity-links' outbox."""

    def __init__(self, url):
        self.database = Database(url)
        self.relay = relay.Relay("identity_links", self.database, MEMORY, "sender")
        self.now = Clock().now()

    def share(self):
        with self.database.transaction() as tx:
            return outbox.record(
                tx,
                PortalLinkShared(link_id=new_id(), client_id=new_id(), cause=LinkCause.SHARED),
                practice_id=uuid.UUID(int=1),
                aggregate=("portal_link", new_id()),
                actor=NOBODY,
                request_id="request-1",
                now=self.now,
            )

    def publish(self, *, within=TAKEN_SECONDS):
        """Publish what is due once more, as after any pause; the outcomes of the unsent."""
        relay.MEMORY_CONFIRM_SECONDS = within
        self.now += timedelta(minutes=10)
        self.relay.publish_due(self.now)
        with self.database.transaction() as tx:
            unsent = chassis.outbox.c.sent_at.is_(None)
            return list(tx.execute(select(chassis.outbox.c.last_error).where(unsent)).scalars())


def handled(runtime):
    with runtime.database.transaction() as tx:
        return tx.execute(
            text("SELECT count(*) FROM inbox WHERE handled_at IS NOT NULL")
        ).scalar_one()


def milliseconds(client):
    began = time.perf_counter()
    client.call(contract.ECHO, contract.Say(word="w"), actor=NOBODY)
    return (time.perf_counter() - began) * 1000


def main(toys_url, senders_url):
    configure_logging("toys")
    seen = {}
    topology.declare(MEMORY)
    client = RpcClient(MEMORY, "tests")
    settings = Settings(database_url=toys_url, amqp_uri=MEMORY)
    runtime = build_runtime(ToyService, settings, rpc=client)
    sender = Sender(senders_url)

    sender.share()
    seen["nobody runs"] = sender.publish(within=NOT_TAKEN_SECONDS)

    container = make_container(ToyService, runtime)
    container.start()
    seen["the service runs"] = sender.publish()
    seen["handled"] = handled(runtime)

    with Database(toys_url).transaction() as tx:
        tx.execute(text("LOCK TABLE knob IN ACCESS EXCLUSIVE MODE"))
        sender.share()
        seen["the inbox row is not committed"] = sender.publish(within=NOT_TAKEN_SECONDS)
    seen["the inbox row is committed"] = sender.publish()
    seen["handled in the end"] = handled(runtime)

    for _ in range(20):
        sender.share()
    seen["twenty more"] = sender.publish()
    seen["remembered"] = len(acknowledgements._taken)

    try:
        client.call(contract.FAIL, contract.Say(word="Anna Example"), actor=NOBODY)
    except Unavailable as error:
        seen["failure"] = error.code
    seen["call in ms"] = statistics.median(milliseconds(client) for _ in range(50))

    idle = time.process_time()
    eventlet.sleep(1)
    seen["idle CPU"] = time.process_time() - idle

    began = time.monotonic()
    container.stop()
    client.close()
    seen["seconds to stop"] = time.monotonic() - began
    print(json.dumps(seen))


main(*sys.argv[1:])
