"""Who sees which clients."""

from __future__ import annotations

from identity_links.entry_points.wiring import Wiring
from identity_links.operations import caseloads, client_visibility
from identity_links.operations.confirming import Desk
from portal_chassis.call import Call
from portal_chassis.database.transactions import Transaction
from portal_chassis.rpc.entry_point import rpc
from portal_chassis.rpc.runs_in import RunsIn
from portal_contracts.calls import Done, Nothing
from portal_contracts.identity_links.rpc import caseload as contract


class CaseloadCalls(Wiring):
    """Who sees which clients."""

    @rpc(contract.LIST_VISIBLE_CLIENTS)
    def list_visible_clients(
        self, tx: Transaction, command: contract.ListVisibleClients, call: Call
    ) -> contract.VisibleClients:
        """Which clients whoever asks sees."""
        return caseloads.list_visible_clients(tx, command, call, now=call.now)

    @rpc(contract.GET_CASELOAD)
    def get_caseload(
        self, tx: Transaction, command: contract.GetCaseload, call: Call
    ) -> contract.ClientCaseload:
        """Who sees a client."""
        return caseloads.get_caseload(tx, command, call, now=call.now)

    @rpc(contract.SHARE_CLIENT)
    def share_client(
        self, tx: Transaction, command: contract.ShareClient, call: Call
    ) -> contract.CaseloadChanged:
        """Show a client to a colleague too."""
        return caseloads.share_client(tx, command, call, now=call.now)

    @rpc(contract.WITHDRAW_CLIENT)
    def withdraw_client(
        self, tx: Transaction, command: contract.WithdrawClient, call: Call
    ) -> contract.CaseloadChanged:
        """Show a client to a colleague no more."""
        return caseloads.withdraw_client(tx, command, call, now=call.now)

    @rpc(contract.HAND_OVER_CLIENT)
    def hand_over_client(
        self, tx: Transaction, command: contract.HandOverClient, call: Call
    ) -> contract.CaseloadChanged:
        """Make a colleague a client's main practitioner."""
        return caseloads.hand_over_client(tx, command, call, now=call.now)

    @rpc(contract.FILL_CASELOADS)
    def fill_caseloads(self, tx: Transaction, command: contract.FillCaseloads, call: Call) -> Done:
        """Put clients into the caseloads of those who meet them."""
        return client_visibility.fill_caseloads(tx, command, call, now=call.now)

    @rpc(contract.READ_VISIBILITY)
    def read_visibility(
        self, tx: Transaction, _command: Nothing, call: Call
    ) -> contract.Visibility:
        """Whose clients the practice shows."""
        return client_visibility.read_visibility(tx, call)

    @rpc(contract.SET_VISIBILITY, runs_in=RunsIn.NOTHING)
    def set_visibility(self, command: contract.SetVisibility, call: Call) -> Done:
        """Choose whose clients the practice shows."""
        return client_visibility.set_visibility(
            Desk(self.database, self.password_turn, self.sealer, call.now), command, call
        )
