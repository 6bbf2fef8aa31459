"""Who acts, or whom a call is about: found before the call's transaction, as `rpc` takes it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol
from uuid import UUID

from portal_chassis.authority.ownership import (
    Client,
    Practitioner,
    require_client,
    require_practitioner,
)
from portal_chassis.authority.require_authority import require_authority
from portal_chassis.authority.seen import Seen, seen_by
from portal_chassis.call import Call
from portal_chassis.rpc.client import RpcClient
from portal_contracts.permissions import Permission


class CallsOthers(Protocol):
    """A service that calls other services."""

    @property
    def rpc_client(self) -> RpcClient:
        """What it calls them by."""


class NamesClient(Protocol):
    """Arguments that name a client."""

    @property
    def client_id(self) -> UUID:
        """The client's id."""


def by_client(_service: object, _command: object, call: Call) -> Client:
    """The client who asks; see `require_client`."""
    return require_client(call.actor)


def by_practitioner(permission: Permission) -> Callable[[object, object, Call], Practitioner]:
    """Finds the practitioner who asks; see `require_practitioner`."""

    def find(_service: object, _command: object, call: Call) -> Practitioner:
        return require_practitioner(call.actor, permission)

    return find


def seen(service: CallsOthers, _command: object, call: Call) -> Seen:
    """Finds the clients whom the practitioner who asks sees; see `seen_by`."""
    return seen_by(service.rpc_client, call)


def about_client(permission: Permission) -> Callable[[CallsOthers, NamesClient, Call], Client]:
    """Finds the client whom a practitioner's call names; see `require_authority`."""

    def find(service: CallsOthers, command: NamesClient, call: Call) -> Client:
        return require_authority(service.rpc_client, call, command.client_id, permission)

    return find
