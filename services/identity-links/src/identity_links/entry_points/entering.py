"""A client enters by link, or asks for a new one."""

from __future__ import annotations

from identity_links.entry_points.wiring import Wiring
from identity_links.operations import entering, new_links, second_check
from portal_chassis.call import Call
from portal_chassis.database.transactions import Transaction, after_commit
from portal_chassis.rpc.entry_point import rpc
from portal_chassis.rpc.runs_in import RunsIn
from portal_contracts.identity_links.rpc.entering import (
    INSPECT_LINK,
    REDEEM_LINK,
    RENEW_LINK,
    REQUEST_LINK,
    Entry,
    InspectLink,
    LinkRequested,
    LinkStanding,
    RedeemLink,
    RenewLink,
    RequestLink,
)
from portal_contracts.identity_links.rpc.entry_codes import (
    PREPARE_ENTRY_CODE,
    SEND_ENTRY_CODE,
    EntryCodeFacts,
    PrepareEntryCode,
    SendEntryCode,
)


class EnteringCalls(Wiring):
    """A client enters by link, or asks for a new one."""

    @rpc(INSPECT_LINK, runs_in=RunsIn.TRANSACTION)
    def inspect_link(self, tx: Transaction, command: InspectLink, call: Call) -> LinkStanding:
        """How a link stands; counts a scan."""
        return entering.inspect_link(tx, command, now=call.now)

    @rpc(REDEEM_LINK, runs_in=RunsIn.TRANSACTION)
    def redeem_link(self, tx: Transaction, command: RedeemLink, call: Call) -> Entry:
        """Sign a device in by a link, or say what stands in the way."""
        return entering.redeem_link(tx, command, call, sealer=self.sealer, now=call.now)

    @rpc(SEND_ENTRY_CODE, runs_in=RunsIn.TRANSACTION)
    def send_entry_code(self, tx: Transaction, command: SendEntryCode, call: Call) -> Entry:
        """Have the code mailed that a new device needs."""
        return second_check.send_entry_code(tx, command, call, now=call.now)

    @rpc(PREPARE_ENTRY_CODE, runs_in=RunsIn.TRANSACTION)
    def prepare_entry_code(
        self, tx: Transaction, command: PrepareEntryCode, call: Call
    ) -> EntryCodeFacts:
        """Make a code for one sending attempt, tell the facts of its mail."""
        return second_check.prepare_entry_code(tx, command, call, sealer=self.sealer, now=call.now)

    @rpc(RENEW_LINK, runs_in=RunsIn.TRANSACTION)
    def renew_link(self, tx: Transaction, command: RenewLink, call: Call) -> LinkRequested:
        """Mail a new link to the client of a dead one."""
        return new_links.renew_link(tx, command, call, now=call.now)

    @rpc(REQUEST_LINK, runs_in=RunsIn.TRANSACTION)
    def request_link(self, tx: Transaction, command: RequestLink, call: Call) -> LinkRequested:
        """Take a request by e-mail address; `answer_link_requests` answers it right after."""
        after_commit(tx, lambda: self.jobs.wake("answer_link_requests"))
        return new_links.request_link(tx, command, call, now=call.now)
