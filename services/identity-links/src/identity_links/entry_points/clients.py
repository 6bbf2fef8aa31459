"""Clients of a practice."""

from __future__ import annotations

from identity_links.entry_points.wiring import Wiring
from identity_links.operations import addresses, client_lists, clients, duplicates
from portal_chassis.call import Call
from portal_chassis.database.transactions import Transaction
from portal_chassis.rpc.entry_point import rpc
from portal_chassis.rpc.runs_in import RunsIn
from portal_contracts.identity_links.rpc.clients import (
    ADD_CLIENT,
    CONFIRM_ADDRESS,
    EDIT_CLIENT,
    GET_CLIENT,
    LIST_CLIENTS,
    NAME_CLIENTS,
    RESTORE_ADDRESS,
    SET_CLIENT_STATUS,
    AddClient,
    ClientAdded,
    ClientChanged,
    ClientDetails,
    ClientNames,
    ClientPage,
    EditClient,
    GetClient,
    ListClients,
    NameClients,
    SetClientStatus,
    SettleAddress,
)
from portal_contracts.identity_links.rpc.duplicates import (
    CHECK_DUPLICATES,
    LIST_DUPLICATES,
    CheckDuplicates,
    ListDuplicates,
    PossibleDuplicates,
)


class ClientCalls(Wiring):
    """Clients of a practice."""

    @rpc(LIST_CLIENTS)
    def list_clients(self, tx: Transaction, command: ListClients, call: Call) -> ClientPage:
        """Search, filter and page the clients."""
        return client_lists.list_clients(tx, command, call)

    @rpc(GET_CLIENT, runs_in=RunsIn.TRANSACTION)
    def get_client(self, tx: Transaction, command: GetClient, call: Call) -> ClientDetails:
        """One client's details."""
        return clients.get_client(tx, command, call, sealer=self.sealer, now=call.now)

    @rpc(NAME_CLIENTS)
    def name_clients(self, tx: Transaction, command: NameClients, call: Call) -> ClientNames:
        """Names for ids."""
        return client_lists.name_clients(tx, command, call)

    @rpc(ADD_CLIENT)
    def add_client(self, tx: Transaction, command: AddClient, call: Call) -> ClientAdded:
        """Add a client."""
        return clients.add_client(tx, command, call, now=call.now, sealer=self.sealer)

    @rpc(CHECK_DUPLICATES)
    def check_duplicates(
        self, tx: Transaction, command: CheckDuplicates, call: Call
    ) -> PossibleDuplicates:
        """Who there is already like a client who is not added yet."""
        return duplicates.check_duplicates(tx, command, call)

    @rpc(LIST_DUPLICATES)
    def list_duplicates(
        self, tx: Transaction, command: ListDuplicates, call: Call
    ) -> PossibleDuplicates:
        """Who may be the same person as a client."""
        return duplicates.list_duplicates(tx, command, call, now=call.now)

    @rpc(EDIT_CLIENT)
    def edit_client(self, tx: Transaction, command: EditClient, call: Call) -> ClientChanged:
        """Change a client."""
        return clients.edit_client(tx, command, call, now=call.now, sealer=self.sealer)

    @rpc(SET_CLIENT_STATUS)
    def set_client_status(
        self, tx: Transaction, command: SetClientStatus, call: Call
    ) -> ClientChanged:
        """Archive a client, or make the client active again."""
        return clients.set_client_status(tx, command, call, now=call.now)

    @rpc(CONFIRM_ADDRESS)
    def confirm_address(self, tx: Transaction, command: SettleAddress, call: Call) -> ClientChanged:
        """Let a client's new e-mail address be mailed to."""
        return addresses.confirm_address(tx, command, call, now=call.now)

    @rpc(RESTORE_ADDRESS)
    def restore_address(self, tx: Transaction, command: SettleAddress, call: Call) -> ClientChanged:
        """Put a client's former e-mail address back."""
        return addresses.restore_address(tx, command, call, now=call.now)
