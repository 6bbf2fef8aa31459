"""Clients of a practice."""

from __future__ import annotations

from typing import Any

from identity_links.entry_points.once import once
from identity_links.operations import clients
from portal_chassis.rpc.entry_point import Call, rpc
from portal_contracts.identity_links import rpc as contract


class ClientCalls:
    """Clients of a practice."""

    database: Any
    sealer: Any

    @rpc(contract.LIST_CLIENTS)
    def list_clients(self, command: contract.ListClients, call: Call) -> contract.ClientPage:
        """Search, filter and page the clients."""
        with self.database.transaction() as tx:
            return clients.list_clients(tx, command, call)

    @rpc(contract.GET_CLIENT)
    def get_client(self, command: contract.GetClient, call: Call) -> contract.ClientDetails:
        """One client's details."""
        with self.database.transaction() as tx:
            return clients.get_client(tx, command, call, sealer=self.sealer, now=call.now)

    @rpc(contract.NAME_CLIENTS)
    def name_clients(self, command: contract.NameClients, call: Call) -> contract.ClientNames:
        """Names for ids."""
        with self.database.transaction() as tx:
            return clients.name_clients(tx, command, call)

    @rpc(contract.ADD_CLIENT)
    def add_client(self, command: contract.AddClient, call: Call) -> contract.ClientChanged:
        """Add a client."""
        return once(self.database, clients.add_client, command, call, sealer=self.sealer)

    @rpc(contract.EDIT_CLIENT)
    def edit_client(self, command: contract.EditClient, call: Call) -> contract.ClientChanged:
        """Change a client."""
        return once(self.database, clients.edit_client, command, call, sealer=self.sealer)

    @rpc(contract.SET_CLIENT_STATUS)
    def set_client_status(
        self, command: contract.SetClientStatus, call: Call
    ) -> contract.ClientChanged:
        """Archive a client, or make her active again."""
        return once(self.database, clients.set_client_status, command, call)
