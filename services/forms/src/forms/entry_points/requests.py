"""Forms sent to clients, and what came back."""

from __future__ import annotations

from forms.entry_points.checks import sight_of_request
from forms.entry_points.wiring import Wiring
from forms.operations import listing, review, sending
from portal_chassis.authority.ownership import Client, Practitioner
from portal_chassis.authority.seen import Seen, Sight
from portal_chassis.authority.who import about_client, by_practitioner, seen
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

    @rpc(contract.LIST_REQUESTS, who=seen)
    def list_requests(
        self, tx: Transaction, command: contract.ListRequests, call: Call, found: Seen
    ) -> contract.RequestPage:
        """Forms that were sent."""
        return listing.list_requests(tx, command, found, now=call.now)

    @rpc(contract.COUNT_OPEN_FORMS, who=seen)
    def count_open_forms(
        self, tx: Transaction, command: contract.CountOpenForms, _call: Call, found: Seen
    ) -> contract.OpenForms:
        """How many forms wait for each of some clients."""
        return listing.count_open_forms(tx, command, found)

    @rpc(contract.COUNT_REQUESTS, who=seen)
    def count_requests(
        self, tx: Transaction, command: contract.CountRequests, call: Call, found: Seen
    ) -> contract.RequestCounts:
        """How many forms were sent."""
        return listing.count_requests(tx, command, found, now=call.now)

    @rpc(contract.GET_REQUEST, who=sight_of_request(Permission.FORMS_READ))
    def get_request(
        self, tx: Transaction, command: contract.GetRequest, call: Call, sight: Sight
    ) -> contract.RequestRow:
        """One form that was sent."""
        return review.get_request(tx, command, call.actor, sight)

    @rpc(
        contract.WITHDRAW_REQUEST,
        who=by_practitioner(Permission.FORMS_SEND),
        checks=[sight_of_request(Permission.FORMS_SEND)],
    )
    def withdraw_request(
        self, tx: Transaction, command: contract.GetRequest, call: Call, by: Practitioner
    ) -> contract.RequestChanged:
        """Take a form back, or an unlocking."""
        return sending.withdraw_request(tx, command, call, by, self.sealer)

    @rpc(
        contract.RESEND_FORM,
        who=by_practitioner(Permission.FORMS_SEND),
        checks=[sight_of_request(Permission.FORMS_SEND)],
    )
    def resend_form(
        self, tx: Transaction, command: contract.GetRequest, call: Call, by: Practitioner
    ) -> contract.RequestChanged:
        """Mail once more that a form waits."""
        return sending.resend_form(tx, command, call, by)

    @rpc(
        contract.CHANGE_DUE_DAY,
        who=by_practitioner(Permission.FORMS_SEND),
        checks=[sight_of_request(Permission.FORMS_SEND)],
    )
    def change_due_day(
        self, tx: Transaction, command: contract.ChangeDueDay, call: Call, by: Practitioner
    ) -> contract.RequestChanged:
        """Ask for a form by another day."""
        return sending.change_due_day(tx, command, call, by)

    @rpc(
        contract.OPEN_ANSWERS,
        who=by_practitioner(Permission.ANSWERS_READ),
        checks=[sight_of_request(Permission.ANSWERS_READ)],
        runs_in=RunsIn.TRANSACTION,
    )
    def open_answers(
        self, tx: Transaction, command: contract.OpenAnswers, call: Call, by: Practitioner
    ) -> contract.AnswerSheet:
        """What a client submitted."""
        return review.open_answers(tx, command, call, by, self.sealer)

    @rpc(
        contract.REVIEW_ANSWERS,
        who=by_practitioner(Permission.ANSWERS_REVIEW),
        checks=[sight_of_request(Permission.ANSWERS_REVIEW)],
    )
    def review_answers(
        self, tx: Transaction, command: contract.ReviewAnswers, call: Call, by: Practitioner
    ) -> contract.RequestChanged:
        """Mark a submitted form as reviewed."""
        return review.review_answers(tx, command, call, by)

    @rpc(
        contract.LIST_SCORES,
        who=by_practitioner(Permission.ANSWERS_READ),
        checks=[sight_of_request(Permission.ANSWERS_READ)],
        runs_in=RunsIn.TRANSACTION,
    )
    def list_scores(
        self, tx: Transaction, command: contract.GetRequest, call: Call, by: Practitioner
    ) -> contract.Scores:
        """The client's scores in this form over time."""
        return review.list_scores(tx, command, call, by, self.sealer)
