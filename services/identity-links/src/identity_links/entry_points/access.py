"""Authority, colleagues and the access log."""

from __future__ import annotations

from typing import Any

from identity_links.operations import access_log, authority, colleagues
from portal_chassis.rpc.entry_point import Call, rpc
from portal_contracts.calls import Done, Nothing
from portal_contracts.identity_links import rpc as contract


class AccessCalls:
    """Authority, colleagues and the access log."""

    database: Any

    @rpc(contract.MAY)
    def may(self, command: contract.May, call: Call) -> contract.Authority:
        """Whether a practitioner may do something to a client."""
        with self.database.autocommit() as tx:
            return authority.may(tx, command, call)

    @rpc(contract.RECORD_REFUSAL)
    def record_refusal(self, command: contract.RecordRefusal, call: Call) -> Done:
        """Write down a refusal by the gateway."""
        with self.database.transaction() as tx:
            access_log.record_refusal(tx, command, call, now=call.now)
            return Done()

    @rpc(contract.LIST_ACCESS)
    def list_access(self, command: contract.ListAccess, call: Call) -> contract.AccessPage:
        """The access log, newest first."""
        with self.database.transaction() as tx:
            return access_log.list_access(tx, command, call)

    @rpc(contract.LIST_PRACTITIONERS)
    def list_practitioners(self, _command: Nothing, call: Call) -> contract.Practitioners:
        """Who works in the actor's practice."""
        with self.database.transaction() as tx:
            return colleagues.list_practitioners(tx, call)
