"""A client's forms, filling them in, and the facts that mails are written from."""

from __future__ import annotations

from forms.entry_points.checks import of_portal
from forms.entry_points.wiring import Wiring
from forms.operations import filling, portal, saving
from portal_chassis.authority.ownership import Client
from portal_chassis.authority.who import by_client
from portal_chassis.call import Call
from portal_chassis.database.transactions import Transaction
from portal_chassis.rpc.entry_point import rpc
from portal_chassis.rpc.runs_in import RunsIn
from portal_contracts.calls import Nothing, PortalOf
from portal_contracts.forms.rpc import filling as contract


class FillingCalls(Wiring):
    """A client's forms, filling them in, and the facts that mails are written from."""

    @rpc(contract.FORMS_TO_DO, who=of_portal)
    def forms_to_do(
        self, tx: Transaction, command: PortalOf, call: Call, client: Client
    ) -> contract.FormsToDo:
        """What waits for the client who asks, or for the one whose portal is previewed."""
        return portal.forms_to_do(tx, client)

    @rpc(contract.PORTAL_FORMS, who=of_portal)
    def portal_forms(
        self, tx: Transaction, command: PortalOf, call: Call, client: Client
    ) -> contract.PortalForms:
        """The forms of the client who asks, or of the one whose portal is previewed."""
        return portal.portal_forms(tx, client)

    @rpc(contract.OPEN_FORM, who=by_client, runs_in=RunsIn.TRANSACTION)
    def open_form(
        self, tx: Transaction, command: contract.OpenForm, call: Call, client: Client
    ) -> contract.ClientForm:
        """One's own form with the answers so far."""
        return filling.open_form(tx, command, call, client, self.sealer)

    @rpc(contract.DRAFT_KEY, who=by_client, runs_in=RunsIn.TRANSACTION)
    def draft_key(
        self, tx: Transaction, command: Nothing, call: Call, client: Client
    ) -> contract.DraftKey:
        """What seals a client's typing until it is saved."""
        return filling.draft_key(tx, client, self.sealer)

    @rpc(contract.SAVE_ANSWERS, who=by_client, runs_in=RunsIn.TRANSACTION)
    def save_answers(
        self, tx: Transaction, command: contract.SaveAnswers, call: Call, client: Client
    ) -> contract.AnswersSaved:
        """Save answers into the draft; the operation itself knows a repetition."""
        return saving.save_answers(tx, command, call, client, self.sealer)

    @rpc(contract.SAVE_SECTION, who=by_client, runs_in=RunsIn.TRANSACTION)
    def save_section(
        self, tx: Transaction, command: contract.SaveSection, call: Call, client: Client
    ) -> contract.SectionSaved:
        """Save a section as it was typed."""
        return saving.save_section(tx, command, call, client, self.sealer)

    @rpc(contract.SUBMIT_FORM, who=by_client)
    def submit_form(
        self, tx: Transaction, command: contract.SubmitForm, call: Call, client: Client
    ) -> contract.Submitted:
        """Send the draft."""
        return filling.submit_form(tx, command, call, client, self.sealer)

    @rpc(contract.READ_FORM_FACTS)
    def read_form_facts(
        self, tx: Transaction, command: contract.ReadFormFacts, call: Call
    ) -> contract.FormFacts:
        """What a mail about a form is written from."""
        return portal.read_form_facts(tx, command.request_id, call.actor)
