"""Authority, colleagues and the access log."""

from __future__ import annotations

from identity_links.entry_points.wiring import Wiring
from identity_links.operations import access_log, authority, colleagues
from portal_chassis.call import Call
from portal_chassis.database.transactions import Transaction
from portal_chassis.rpc.entry_point import rpc
from portal_chassis.rpc.runs_in import RunsIn
from portal_contracts.calls import Done, Nothing
from portal_contracts.identity_links.rpc.access import (
    LIST_ACCESS,
    LIST_OWN_VISITS,
    LIST_PRACTITIONERS,
    MAY,
    RECORD_REFUSAL,
    AccessPage,
    Authority,
    ListAccess,
    ListOwnVisits,
    May,
    Practitioners,
    RecordRefusal,
    Visits,
)


class AccessCalls(Wiring):
    """Authority, colleagues and the access log."""

    @rpc(MAY)
    def may(self, tx: Transaction, command: May, call: Call) -> Authority:
        """Whether a practitioner may do something to a client."""
        return authority.may(tx, command, call, now=call.now)

    @rpc(RECORD_REFUSAL, runs_in=RunsIn.TRANSACTION)
    def record_refusal(self, tx: Transaction, command: RecordRefusal, call: Call) -> Done:
        """Write down a refusal by the gateway."""
        return access_log.record_refusal(tx, command, call, now=call.now)

    @rpc(LIST_ACCESS)
    def list_access(self, tx: Transaction, command: ListAccess, call: Call) -> AccessPage:
        """The access log, newest first."""
        return access_log.list_access(tx, command, call, now=call.now)

    @rpc(LIST_OWN_VISITS)
    def list_own_visits(self, tx: Transaction, command: ListOwnVisits, call: Call) -> Visits:
        """When a client was in the own portal, a day each."""
        return access_log.list_own_visits(tx, command, call)

    @rpc(LIST_PRACTITIONERS)
    def list_practitioners(self, tx: Transaction, _command: Nothing, call: Call) -> Practitioners:
        """Who works in the actor's practice."""
        return colleagues.list_practitioners(tx, call)
