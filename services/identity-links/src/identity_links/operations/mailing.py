"""What mails are written from: the link that comes with one, and its facts."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from msgspec import structs

from identity_links.domain.links import expires_at, is_complete_target
from identity_links.domain.people import Client, PortalLink, Practice
from identity_links.messages.mail_facts import facts_without_link, link_facts, practitioner_facts
from identity_links.operations.authority import not_found
from identity_links.storage import links, practices
from portal_chassis.database.transactions import Transaction
from portal_chassis.ids import new_id
from portal_contracts.actor import ActorKind, Caller
from portal_contracts.errors import Conflict, Invalid
from portal_contracts.identity_links.rpc.links import (
    LinkFacts,
    PractitionerFacts,
    PrepareLink,
    PrepareMailLink,
    ReadPractitionerFacts,
)
from portal_contracts.identity_links.rpc.targets import LinkCause, LinkState
from portal_contracts.permissions import require_kind


def prepare_link(
    tx: Transaction, command: PrepareLink, caller: Caller, *, now: datetime
) -> LinkFacts:
    """Register the token of one sending attempt, and tell what the mail is written from.

    Safe to repeat with the same token. A link that is no longer live takes no
    token; the facts say so. Nor does one of a client whose new address waits to be
    confirmed: the facts say that, and no address.

    Raises:
        Forbidden: ``not_allowed``: only services mail links.
        NotFound: ``not_found``.
        Conflict: ``token_taken``: the token is another link's.
    """
    require_kind(caller.actor, ActorKind.SERVICE)
    link = links.by_id(tx, command.link_id)
    if link is None:
        raise not_found()
    if not link.client.address_confirmed:
        return facts_without_link(link.client, link.practice, link.target, now)
    return _registered(tx, link, command.token_hash, now)


def prepare_mail_link(
    tx: Transaction, command: PrepareMailLink, caller: Caller, *, now: datetime
) -> LinkFacts:
    """The link that comes with a mail: made at the first ask for its delivery.

    Otherwise as `prepare_link`. For an archived client none is made, and the
    facts say that the client is not active. One that was revoked with its address has left
    its delivery, which gets another, for the address of now. It is made also where a second
    check is asked for that cannot be made: the mail tells more than the link.

    Whoever is written to next is told of along with it, as `read_practitioner_facts` tells it.

    Raises:
        Forbidden: ``not_allowed``: only services mail links.
        NotFound: ``not_found``: no such client.
        Invalid: ``target_incomplete``.
        Conflict: ``token_taken``: the token is another link's.
    """
    require_kind(caller.actor, ActorKind.SERVICE)
    if not is_complete_target(command.target):
        fields = {"target": "invalid"}
        raise Invalid("target_incomplete", "Home has no id, the rest has one.", fields=fields)
    found = practices.client_to_mail(tx, command.client_id, command.also_to)
    if found is None:
        raise not_found()
    facts = _facts_with_link(tx, command, found.client, found.practice, now)
    if found.also_to is None:
        return facts
    told = practitioner_facts(found.also_to, found.practice)
    return structs.replace(facts, practitioner=told)


def _facts_with_link(
    tx: Transaction, command: PrepareMailLink, client: Client, practice: Practice, now: datetime
) -> LinkFacts:
    if not client.address_confirmed:
        return facts_without_link(client, practice, command.target, now)
    made = _made(tx, command, client, practice, now) if client.active else None
    if made is not None:
        return link_facts(made, now)
    link = links.of_delivery(tx, command.delivery_id)
    if link is None:
        return facts_without_link(client, practice, command.target, now)
    if link.client.id != command.client_id:
        raise not_found()
    return _registered(tx, link, command.token_hash, now)


def read_practitioner_facts(
    tx: Transaction, command: ReadPractitionerFacts, caller: Caller
) -> PractitionerFacts:
    """What a mail to a practitioner is written from.

    Raises:
        Forbidden: ``not_allowed``: only services write mails.
        NotFound: ``not_found``.
    """
    require_kind(caller.actor, ActorKind.SERVICE)
    practitioner_and_practice = practices.practitioner_with_practice(tx, command.practitioner_id)
    if practitioner_and_practice is None:
        raise not_found()
    return practitioner_facts(*practitioner_and_practice)


def register_token(tx: Transaction, link_id: UUID, token_hash: str, now: datetime) -> None:
    """Register a token of a link; safe to repeat.

    Raises:
        Conflict: ``token_taken``: the token is another link's.
    """
    if not links.insert_token(tx, link_id, token_hash, now):
        raise _token_taken()


def _token_taken() -> Conflict:
    return Conflict("token_taken", "This token belongs to another link.")


def _registered(tx: Transaction, link: PortalLink, token_hash: str, now: datetime) -> LinkFacts:
    if link.state(now) is LinkState.LIVE:
        register_token(tx, link.id, token_hash, now)
    return link_facts(link, now)


def _made(
    tx: Transaction, command: PrepareMailLink, client: Client, practice: Practice, now: datetime
) -> PortalLink | None:
    """A new link for the delivery, with its token; None where it has one.

    Raises:
        Conflict: ``token_taken``.
    """
    link = PortalLink(
        id=new_id(),
        cause=LinkCause.MAILED,
        target=command.target,
        created_at=now,
        expires_at=expires_at(now, practice.fields.link_days),
        revoked_at=None,
        used_at=None,
        mailed_to=client.email,
        client=client,
        practice=practice,
    )
    stored = links.insert_link_of_delivery(tx, command.delivery_id, link, command.token_hash)
    if stored.made and not stored.registered:
        raise _token_taken()
    return link if stored.made else None
