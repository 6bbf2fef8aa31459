"""Forms sent to clients, and what came back."""

from __future__ import annotations

from forms.entry_points.wiring import Wiring
from forms.operations import review, sending
from portal_chassis.authority.ownership import Client, Practitioner
from portal_chassis.authority.who import about_client, by_practitioner
from portal_chassis.call import Call
from portal_chassis.database.transactions import Transaction
from portal_chassis.rpc.entry_point import rpc
from portal_chassis.rpc.runs_in import RunsIn
from portal_contracts.forms.rpc import requests as contract
from portal_contracts.permissions import Permission


class RequestCalls(Wiring):
    """Forms sent to clients, and what came back."""

    @rpc(contract.SEND_FORM, who=about_client(Permission.FORMS_SEND))
    def send_form(
        self, tx: Transaction, command: contract.SendForm, call: Call, client: Client
    ) -> contract.Sent:
        """Send a form to a client."""
        return sending.send_form(tx, command, call, client)

    @rpc(contract.LIST_REQUESTS, who=by_practitioner(Permission.FORMS_READ))
    def list_requests(
        self, tx: Transaction, command: contract.ListRequests, call: Call, by: Practitioner
    ) -> contract.RequestPage:
        """Forms that were sent."""
        return review.list_requests(tx, command, by)

    @rpc(contract.COUNT_OPEN_FORMS, who=by_practitioner(Permission.FORMS_READ))
    def count_open_forms(
        self, tx: Transaction, command: contract.CountOpenForms, call: Call, by: Practitioner
    ) -> contract.OpenForms:
        """How many forms wait for each of some clients."""
        return review.count_open_forms(tx, command, by)

    @rpc(contract.GET_REQUEST, who=by_practitioner(Permission.FORMS_READ))
    def get_request(
        self, tx: Transaction, command: contract.GetRequest, call: Call, by: Practitioner
    ) -> contract.RequestRow:
        """One form that was sent."""
        return review.get_request(tx, command, by)

    @rpc(contract.WITHDRAW_REQUEST, who=by_practitioner(Permission.FORMS_SEND))
    def withdraw_request(
        self, tx: Transaction, command: contract.GetRequest, call: Call, by: Practitioner
    ) -> contract.RequestChanged:
        """Take a form back."""
        return sending.withdraw_request(tx, command, call, by)

    @rpc(
        contract.OPEN_ANSWERS,
        who=by_practitioner(Permission.ANSWERS_READ),
        runs_in=RunsIn.TRANSACTION,
    )
    def open_answers(
        self, tx: Transaction, command: contract.GetRequest, call: Call, by: Practitioner
    ) -> contract.AnswerSheet:
        """What a client submitted."""
        return review.open_answers(tx, command, call, by, self.sealer)

    @rpc(contract.REVIEW_ANSWERS, who=by_practitioner(Permission.ANSWERS_REVIEW))
    def review_answers(
        self, tx: Transaction, command: contract.ReviewAnswers, call: Call, by: Practitioner
    ) -> contract.RequestChanged:
        """Mark a submitted form as reviewed."""
        return review.review_answers(tx, command, call, by)

    @rpc(
        contract.LIST_SCORES,
        who=by_practitioner(Permission.ANSWERS_READ),
        runs_in=RunsIn.TRANSACTION,
    )
    def list_scores(
        self, tx: Transaction, command: contract.GetRequest, call: Call, by: Practitioner
    ) -> contract.Scores:
        """The client's scores in this form over time."""
        return review.list_scores(tx, command, call, by, self.sealer)
