"""A client's forms, filling them in, and the facts that mails are written from."""

from __future__ import annotations

from typing import Any

from forms.messages import overview_to_wire, to_do_to_wire
from forms.operations import filling, portal
from portal_chassis.authority.ownership import Client, require_client
from portal_chassis.authority.require_authority import require_authority
from portal_chassis.call import Call
from portal_chassis.rpc.entry_point import rpc
from portal_contracts.actor import ActorKind
from portal_contracts.calls import PortalOf
from portal_contracts.forms.rpc import filling as contract
from portal_contracts.permissions import Permission


class FillingCalls:
    """A client's forms, filling them in, and the facts that mails are written from."""

    database: Any
    sealer: Any
    rpc_client: Any

    @rpc(contract.FORMS_TO_DO)
    def forms_to_do(self, command: PortalOf, call: Call) -> contract.FormsToDo:
        """What waits for the client who asks, or for the one whose portal is previewed."""
        client = self._client_of_portal(command, call)
        with self.database.autocommit() as tx:
            waiting = portal.forms_to_do(tx, client)
        return contract.FormsToDo(to_do=[to_do_to_wire(one) for one in waiting])

    @rpc(contract.PORTAL_FORMS)
    def portal_forms(self, command: PortalOf, call: Call) -> contract.PortalForms:
        """The forms of the client who asks, or of the one whose portal is previewed."""
        client = self._client_of_portal(command, call)
        with self.database.autocommit() as tx:
            overview = portal.portal_forms(tx, client)
        return overview_to_wire(overview)

    @rpc(contract.OPEN_FORM)
    def open_form(self, command: contract.OpenForm, call: Call) -> contract.ClientForm:
        """One's own form with the answers so far."""
        client = require_client(call.actor)
        with self.database.transaction() as tx:
            return filling.open_form(tx, command, call, client, self.sealer)

    @rpc(contract.SAVE_ANSWERS)
    def save_answers(self, command: contract.SaveAnswers, call: Call) -> contract.AnswersSaved:
        """Save answers into the draft; the operation itself knows a repetition."""
        client = require_client(call.actor)
        with self.database.transaction() as tx:
            return filling.save_answers(tx, command, call, client, self.sealer)

    @rpc(contract.SUBMIT_FORM)
    def submit_form(self, command: contract.SubmitForm, call: Call) -> contract.Submitted:
        """Send the draft."""
        client = require_client(call.actor)
        submitted: contract.Submitted = self.database.once(
            call, lambda tx: filling.submit_form(tx, command, call, client, self.sealer)
        )
        return submitted

    @rpc(contract.READ_FORM_FACTS)
    def read_form_facts(self, command: contract.ReadFormFacts, call: Call) -> contract.FormFacts:
        """What a mail about a form is written from."""
        with self.database.autocommit() as tx:
            return portal.read_form_facts(tx, command.request_id, call.actor)

    def _client_of_portal(self, command: PortalOf, call: Call) -> Client:
        if call.actor.kind is ActorKind.PRACTITIONER and command.client_id is not None:
            return require_authority(
                self.rpc_client, call, command.client_id, Permission.CLIENTS_READ
            )
        return portal.require_own_portal(call.actor, command)
