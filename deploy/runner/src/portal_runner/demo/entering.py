"""Since when the demo clients are in the practice, and when they have opened the portal."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from gateway.web.tokens import new_secret, sha256
from identity_links.domain.attribution import Attribution
from identity_links.operations import clients, entering, links, mailing
from portal_chassis.database.transactions import Transaction
from portal_contracts.actor import NOBODY, service_actor
from portal_contracts.identity_links.rpc.clients import AddClient
from portal_contracts.identity_links.rpc.entering import RedeemLink
from portal_contracts.identity_links.rpc.links import PrepareLink, ShareLink
from portal_runner.demo.history import DAY, HOUR, Past
from portal_runner.demo.people import Person

_BROWSER = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 Safari"
_REQUEST = "demo"


def add_person(tx: Transaction, past: Past, person: Person) -> UUID:
    """Add a client on the day of the first contact, and open the portal as often as it was."""
    by = Attribution(past.practitioner, _REQUEST)
    command = AddClient(fields=person.fields)
    added_at = past.now - person.known_days * DAY
    added = clients.add_client(tx, command, by, sealer=past.sealer, now=added_at)
    for days_ago in person.visits:
        earlier = HOUR + timedelta(minutes=days_ago * 17 % 180)
        _visit(tx, past, added.client_id, past.now - days_ago * DAY - earlier)
    return added.client_id


def _visit(tx: Transaction, past: Past, client_id: UUID, at: datetime) -> None:
    """A link is mailed; the client comes in by it on her phone."""
    by = Attribution(past.practitioner, _REQUEST)
    mailed_at = at - timedelta(minutes=20)
    link = links.share_link(tx, ShareLink(client_id=client_id), by, now=mailed_at)
    token_hash = sha256(new_secret())
    mailing.prepare_link(
        tx,
        PrepareLink(link_id=link.link_id, token_hash=token_hash),
        Attribution(service_actor("notifications"), _REQUEST),
        now=mailed_at,
    )
    redeem = RedeemLink(
        token_hash=token_hash, device_hash=sha256(new_secret()), pressed=True, user_agent=_BROWSER
    )
    entering.redeem_link(tx, redeem, Attribution(NOBODY, _REQUEST), sealer=past.sealer, now=at)
