"""The mail log."""

from __future__ import annotations

from uuid import UUID

from notifications.entry_points.wiring import Wiring
from notifications.operations import mail_log
from portal_chassis.authority.seen import (
    FindClient,
    Seen,
    require_client_of,
    require_sight,
    seen_by,
)
from portal_chassis.call import Call
from portal_chassis.database.transactions import Transaction, after_commit
from portal_chassis.rpc.entry_point import rpc
from portal_chassis.rpc.runs_in import RunsIn
from portal_contracts.notifications import rpc as contract
from portal_contracts.permissions import Permission


def may_resend(service: Wiring, command: contract.ResendDelivery, call: Call) -> None:
    """Refuse whoever may not send this client's mails again.

    Raises:
        Forbidden: ``not_allowed``.
        NotFound: ``delivery_not_found``, also where the client is hidden from the actor.
        Unavailable: identity-links does not answer.
    """
    permission = Permission.DELIVERIES_RESEND
    find_client = _client_of_delivery(service, command, call, permission)
    not_found = mail_log.delivery_not_found
    require_client_of(service.rpc_client, call, find_client, permission, not_found)


def may_open(service: Wiring, command: contract.OpenDelivery, call: Call) -> None:
    """Refuse whoever does not see the client of a mail; see `require_sight`."""
    permission = Permission.DELIVERIES_READ
    find_client = _client_of_delivery(service, command, call, permission)
    not_found = mail_log.delivery_not_found
    require_sight(service.rpc_client, call, find_client, permission, not_found)


def _client_of_delivery(
    service: Wiring,
    command: contract.OpenDelivery | contract.ResendDelivery,
    call: Call,
    permission: Permission,
) -> FindClient:
    def find() -> UUID | None:
        with service.database.autocommit() as tx:
            return mail_log.client_of_delivery(tx, command.delivery_id, call.actor, permission)

    return find


def whose_mails(service: Wiring, command: contract.ListDeliveries, call: Call) -> Seen:
    """Finds whose mails are listed: of clients whom the actor sees, or of one caseload's.

    Raises:
        Unavailable: identity-links does not answer.
    """
    return seen_by(service.rpc_client, call, caseload_of=command.practitioner_id)


class MailLogCalls(Wiring):
    """The mail log."""

    @rpc(contract.LIST_DELIVERIES, who=whose_mails)
    def list_deliveries(
        self, tx: Transaction, command: contract.ListDeliveries, call: Call, found: Seen
    ) -> contract.DeliveryPage:
        """The mail log, the newest first, or what is still on its way."""
        return mail_log.list_deliveries(tx, command, found, now=call.now)

    @rpc(contract.OPEN_DELIVERY, checks=[may_open], runs_in=RunsIn.TRANSACTION)
    def open_delivery(
        self, tx: Transaction, command: contract.OpenDelivery, call: Call
    ) -> contract.DeliveredMail:
        """One mail as it was sent, its link masked."""
        return mail_log.open_delivery(tx, command, call, self.sealer)

    @rpc(contract.RESEND_DELIVERY, checks=[may_resend])
    def resend_delivery(
        self, tx: Transaction, command: contract.ResendDelivery, call: Call
    ) -> contract.Resent:
        """Send a mail again."""
        after_commit(tx, lambda: self.jobs.wake("send_due_deliveries"))
        return mail_log.resend_delivery(tx, command, call, now=call.now)
