"""What the client's portal shows of forms, and the facts that mails are written from."""

from __future__ import annotations

from uuid import UUID

from forms.messages import facts_to_wire, portal_to_wire, to_do_to_wire
from forms.operations.require_request import require_request
from forms.storage import requests
from portal_chassis.authority.ownership import Client, require_client
from portal_chassis.database.transactions import Transaction
from portal_contracts.actor import Actor, ActorKind
from portal_contracts.calls import PortalOf
from portal_contracts.errors import NotFound
from portal_contracts.forms.rpc.filling import FormFacts, FormsToDo, PortalForms
from portal_contracts.permissions import require_kind

MOST_SUBMITTED = 100


def require_own_portal(actor: Actor, command: PortalOf) -> Client:
    """The client who asks, about nobody else's portal.

    Raises:
        Forbidden: ``not_allowed``: the actor is no client.
        NotFound: ``not_found``: it is another client's portal.
    """
    client = require_client(actor)
    if command.client_id not in {None, client.id}:
        raise NotFound("not_found", "There is no such thing.")
    return client


def forms_to_do(tx: Transaction, client: Client) -> FormsToDo:
    """The forms that wait for a client, the most urgent first; nothing that was withdrawn."""
    return FormsToDo(to_do=[to_do_to_wire(one) for one in requests.open_of(tx, client)])


def portal_forms(tx: Transaction, client: Client) -> PortalForms:
    """The forms that wait for a client, and those already sent; nothing that was withdrawn."""
    submitted = requests.answered_of(tx, client, limit=MOST_SUBMITTED)
    # Those in hand are all of them unless they fill the page.
    total = len(submitted)
    if total == MOST_SUBMITTED:
        total = requests.count_answered(tx, client)
    return portal_to_wire(requests.open_of(tx, client), submitted, submitted_total=total)


def read_form_facts(tx: Transaction, request_id: UUID, actor: Actor) -> FormFacts:
    """A request as it is now, for the service that writes a mail.

    Raises:
        Forbidden: ``not_allowed``: the actor is no service.
        NotFound: ``form_not_found``.
    """
    require_kind(actor, ActorKind.SERVICE)
    return facts_to_wire(require_request(requests.find(tx, request_id)))
