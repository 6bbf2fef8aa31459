"""Authority, colleagues and the access log."""

from __future__ import annotations

from typing import Any

from identity_links.operations import access_log, authority, colleagues
from portal_chassis.call import Call
from portal_chassis.rpc.entry_point import rpc
from portal_contracts.calls import Done, Nothing
from portal_contracts.identity_links.rpc.access import (
    LIST_ACCESS,
    LIST_PRACTITIONERS,
    MAY,
    RECORD_REFUSAL,
    AccessPage,
    Authority,
    ListAccess,
    May,
    Practitioners,
    RecordRefusal,
)


class AccessCalls:
    """Authority, colleagues and the access log."""

    database: Any

    @rpc(MAY)
    def may(self, command: May, call: Call) -> Authority:
        """Whether a practitioner may do something to a client."""
        with self.database.autocommit() as tx:
            return authority.may(tx, command, call)

    @rpc(RECORD_REFUSAL)
    def record_refusal(self, command: RecordRefusal, call: Call) -> Done:
        """Write down a refusal by the gateway."""
        with self.database.transaction() as tx:
            access_log.record_refusal(tx, command, call, now=call.now)
            return Done()

    @rpc(LIST_ACCESS)
    def list_access(self, command: ListAccess, call: Call) -> AccessPage:
        """The access log, newest first."""
        with self.database.transaction() as tx:
            return access_log.list_access(tx, command, call)

    @rpc(LIST_PRACTITIONERS)
    def list_practitioners(self, _command: Nothing, call: Call) -> Practitioners:
        """Who works in the actor's practice."""
        with self.database.transaction() as tx:
            return colleagues.list_practitioners(tx, call)
