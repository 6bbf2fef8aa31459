"""Calls over RabbitMQ, each as the process that its actor speaks through."""

from __future__ import annotations

from typing import Any, TypeVar

import msgspec

from portal_chassis.embedded.rabbitmq_accounts import uri_as
from portal_chassis.rpc.client import RpcClient
from portal_contracts.actor import Actor
from portal_contracts.calls import GATEWAY, Method
from portal_contracts.catalogue import PROCESSES

A = TypeVar("A", bound=msgspec.Struct)
R = TypeVar("R", bound=msgspec.Struct)

PATIENCE_SECONDS = 20.0


class Callers:
    """The gateway, and the services where one of them is the actor of a call it may make.

    Where it may not, the gateway makes the call in its name: that is refused by the service.

    Args:
        amqp_uri: the private node, for its owner.
    """

    def __init__(self, amqp_uri: str) -> None:
        self._clients = {
            process: RpcClient(uri_as(process, amqp_uri), "tests") for process in PROCESSES
        }

    def call(self, method: Method[A, R], arguments: A, *, actor: Actor, **options: Any) -> R:
        """See `RpcClient.call`; a machine that is busy besides has time enough to answer."""
        options = {"timeout_seconds": PATIENCE_SECONDS} | options
        service = actor.service or GATEWAY
        process = service if service in method.callers else GATEWAY
        return self.of(process).call(method, arguments, actor=actor, **options)

    def of(self, process: str) -> RpcClient:
        """The client of one process."""
        return self._clients[process]

    def close(self) -> None:
        """Close all of them."""
        for client in self._clients.values():
            client.close()
