"""Forms sent to clients, and what came back."""

from __future__ import annotations

from typing import Any

from forms.operations import review, sending
from portal_chassis.authority.ownership import require_practitioner
from portal_chassis.authority.require_authority import require_authority
from portal_chassis.call import Call
from portal_chassis.rpc.entry_point import rpc
from portal_contracts.forms.rpc import requests as contract
from portal_contracts.permissions import Permission


class RequestCalls:
    """Forms sent to clients, and what came back."""

    database: Any
    sealer: Any
    rpc_client: Any

    @rpc(contract.SEND_FORM)
    def send_form(self, command: contract.SendForm, call: Call) -> contract.Sent:
        """Send a form to a client."""
        by = require_practitioner(call.actor, Permission.FORMS_SEND)
        client = require_authority(self.rpc_client, call, command.client_id, Permission.FORMS_SEND)
        sent: contract.Sent = self.database.once(
            call, lambda tx: sending.send_form(tx, command, call, by, client)
        )
        return sent

    @rpc(contract.LIST_REQUESTS)
    def list_requests(self, command: contract.ListRequests, call: Call) -> contract.RequestPage:
        """Forms that were sent."""
        by = require_practitioner(call.actor, Permission.FORMS_READ)
        with self.database.transaction() as tx:
            return review.list_requests(tx, command, by)

    @rpc(contract.GET_REQUEST)
    def get_request(self, command: contract.GetRequest, call: Call) -> contract.RequestRow:
        """One form that was sent."""
        by = require_practitioner(call.actor, Permission.FORMS_READ)
        with self.database.transaction() as tx:
            return review.get_request(tx, command, by)

    @rpc(contract.WITHDRAW_REQUEST)
    def withdraw_request(self, command: contract.GetRequest, call: Call) -> contract.RequestChanged:
        """Take a form back."""
        by = require_practitioner(call.actor, Permission.FORMS_SEND)
        changed: contract.RequestChanged = self.database.once(
            call, lambda tx: sending.withdraw_request(tx, command, call, by)
        )
        return changed

    @rpc(contract.OPEN_ANSWERS)
    def open_answers(self, command: contract.GetRequest, call: Call) -> contract.AnswerSheet:
        """What a client submitted."""
        by = require_practitioner(call.actor, Permission.ANSWERS_READ)
        with self.database.transaction() as tx:
            return review.open_answers(tx, command, call, by, self.sealer)

    @rpc(contract.REVIEW_ANSWERS)
    def review_answers(self, command: contract.GetRequest, call: Call) -> contract.RequestChanged:
        """Mark a submitted form as reviewed."""
        by = require_practitioner(call.actor, Permission.ANSWERS_REVIEW)
        changed: contract.RequestChanged = self.database.once(
            call, lambda tx: review.review_answers(tx, command, call, by)
        )
        return changed

    @rpc(contract.LIST_SCORES)
    def list_scores(self, command: contract.GetRequest, call: Call) -> contract.Scores:
        """The client's scores in this form over time."""
        by = require_practitioner(call.actor, Permission.ANSWERS_READ)
        with self.database.transaction() as tx:
            return review.list_scores(tx, command, call, by, self.sealer)
