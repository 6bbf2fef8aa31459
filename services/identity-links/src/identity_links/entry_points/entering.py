"""A client enters by link, or asks for a new one."""

from __future__ import annotations

from typing import Any

from identity_links.operations import entering, new_links
from portal_chassis.call import Call
from portal_chassis.database.transactions import after_commit
from portal_chassis.rpc.entry_point import rpc
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


class EnteringCalls:
    """A client enters by link, or asks for a new one."""

    database: Any
    jobs: Any

    @rpc(INSPECT_LINK)
    def inspect_link(self, command: InspectLink, call: Call) -> LinkStanding:
        """How a link stands; counts a scan."""
        with self.database.transaction() as tx:
            return entering.inspect_link(tx, command, now=call.now)

    @rpc(REDEEM_LINK)
    def redeem_link(self, command: RedeemLink, call: Call) -> Entry:
        """Sign a device in by a link, or say what stands in the way."""
        with self.database.transaction() as tx:
            return entering.redeem_link(tx, command, call, now=call.now)

    @rpc(RENEW_LINK)
    def renew_link(self, command: RenewLink, call: Call) -> LinkRequested:
        """Mail a new link to the client of a dead one."""
        with self.database.transaction() as tx:
            return new_links.renew_link(tx, command, call, now=call.now)

    @rpc(REQUEST_LINK)
    def request_link(self, command: RequestLink, call: Call) -> LinkRequested:
        """Take a request by e-mail address; `answer_link_requests` answers it right after."""
        with self.database.transaction() as tx:
            after_commit(tx, lambda: self.jobs.wake("answer_link_requests"))
            return new_links.request_link(tx, command, call, now=call.now)
