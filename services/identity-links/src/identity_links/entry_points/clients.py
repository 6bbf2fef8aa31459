"""Clients of a practice."""

from __future__ import annotations

from typing import Any

from identity_links.entry_points.once import once
from identity_links.operations import clients
from portal_chassis.call import Call
from portal_chassis.rpc.entry_point import rpc
from portal_contracts.identity_links.rpc.clients import (
    ADD_CLIENT,
    EDIT_CLIENT,
    GET_CLIENT,
    LIST_CLIENTS,
    NAME_CLIENTS,
    SET_CLIENT_STATUS,
    AddClient,
    ClientChanged,
    ClientDetails,
    ClientNames,
    ClientPage,
    EditClient,
    GetClient,
    ListClients,
    NameClients,
    SetClientStatus,
)


class ClientCalls:
    """Clients of a practice."""

    database: Any
    sealer: Any

    @rpc(LIST_CLIENTS)
    def list_clients(self, command: ListClients, call: Call) -> ClientPage:
        """Search, filter and page the clients."""
        with self.database.transaction() as tx:
            return clients.list_clients(tx, command, call)

    @rpc(GET_CLIENT)
    def get_client(self, command: GetClient, call: Call) -> ClientDetails:
        """One client's details."""
        with self.database.transaction() as tx:
            return clients.get_client(tx, command, call, sealer=self.sealer, now=call.now)

    @rpc(NAME_CLIENTS)
    def name_clients(self, command: NameClients, call: Call) -> ClientNames:
        """Names for ids."""
        with self.database.transaction() as tx:
            return clients.name_clients(tx, command, call)

    @rpc(ADD_CLIENT)
    def add_client(self, command: AddClient, call: Call) -> ClientChanged:
        """Add a client."""
        return once(self.database, clients.add_client, command, call, sealer=self.sealer)

    @rpc(EDIT_CLIENT)
    def edit_client(self, command: EditClient, call: Call) -> ClientChanged:
        """Change a client."""
        return once(self.database, clients.edit_client, command, call, sealer=self.sealer)

    @rpc(SET_CLIENT_STATUS)
    def set_client_status(self, command: SetClientStatus, call: Call) -> ClientChanged:
        """Archive a client, or make the client active again."""
        return once(self.database, clients.set_client_status, command, call)
