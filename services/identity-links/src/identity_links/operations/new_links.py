"""A client asks for a new link: by a dead one, or by e-mail address.

Asking by address takes the same path for known and unknown ones: the request
is stored, the answer is given, and a job looks who it is. So neither the
answer nor its timing tells whether an address is known.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import structlog

from identity_links.domain.access import MAX_REQUEST_ID, Access, Act, note, refused
from identity_links.domain.attribution import Attribution
from identity_links.domain.email_addresses import email_key, normalise_email
from identity_links.domain.links import is_of_another_address
from identity_links.domain.networks import counted_network, normalise_address
from identity_links.domain.people import ClientRecord
from identity_links.domain.throttle import (
    LINK_BY_NETWORK,
    LINK_BY_PERSON,
    throttle_key,
)
from identity_links.operations.links import mail_link
from identity_links.storage import (
    access_log,
    clients,
    link_requests,
    links,
    practices,
    throttle,
)
from portal_chassis.database.transactions import Transaction
from portal_chassis.ids import new_id
from portal_contracts.actor import NOBODY, Caller
from portal_contracts.identity_links.rpc.entering import LinkRequested, RenewLink, RequestLink
from portal_contracts.identity_links.rpc.targets import LinkCause, LinkState, Target
from portal_contracts.text import cut_line, line

log = structlog.get_logger(__name__)

_FIRST_WAIT = LINK_BY_PERSON.wait_after(1)


def request_link(
    tx: Transaction, command: RequestLink, caller: Caller, *, now: datetime
) -> LinkRequested:
    """Ask for a new link by an address; `answer_request` does the rest.

    The same for every address, known, unknown or no address at all; too many
    requests, by address or from one network, get the same kind of answer and
    are not stored.
    """
    address = command.address or caller.address
    typed = normalise_email(command.email) or ""
    key = email_key(typed) or line(command.email).lower()
    wait = _count(tx, address, throttle_key("link_by_email", key), now)
    if wait:
        return LinkRequested(retry_after_seconds=wait)
    link_requests.insert_request(
        tx,
        new_id(),
        email_key=key,
        address=normalise_address(address),
        request_id=cut_line(caller.request_id, MAX_REQUEST_ID),
        target=command.target,
        now=now,
    )
    return LinkRequested(retry_after_seconds=_FIRST_WAIT)


def renew_link(
    tx: Transaction, command: RenewLink, caller: Caller, *, now: datetime
) -> LinkRequested:
    """Mail a new link to the client of one that no longer works; see `PortalLinkShared`.

    It goes to the address on file and nowhere else, so that a revoked link brings whoever
    holds it nothing. An unknown token, a link that still works, one that was mailed to a
    former address, and an archived client get the same answer, and nothing is mailed. Logged
    as ``link.requested``.
    """
    address = command.address or caller.address
    visitor = Attribution(NOBODY, caller.request_id, address)
    wait = _count(tx, address, throttle_key("link_by_token", command.token_hash), now)
    if wait:
        return LinkRequested(retry_after_seconds=wait)
    link = links.by_token(tx, command.token_hash)
    if link is not None and link.state(now) is not LinkState.LIVE:
        client = clients.find_to_link(tx, link.client.id, link.practice.id)
        if client is not None and _may_be_mailed(client, link.mailed_to):
            access_log.append(tx, *_mail(tx, client, link.target, visitor, now))
    return LinkRequested(retry_after_seconds=_FIRST_WAIT)


def answer_request(tx: Transaction, *, now: datetime) -> int:
    """Answer the oldest request by e-mail address; how many were answered (0 or 1).

    Every active client with the address, in whichever practice, is mailed a
    link: publishes `PortalLinkShared` for each. Logged as ``link.requested``.
    """
    request = link_requests.take_one(tx)
    if request is None:
        return 0
    visitor = Attribution(NOBODY, request.request_id, request.address)
    accesses: list[Access] = []
    for client in clients.active_with_email(tx, request.email_key):
        accesses += _mail(tx, client, request.target, visitor, now)
    access_log.append(tx, *accesses)
    return 1


def _may_be_mailed(client: ClientRecord, mailed_to: str | None) -> bool:
    """Whether a link that was made for an address brings the client another one."""
    former = is_of_another_address(mailed_to, client.fields.email)
    return client.active and client.waiting is None and not former


def _mail(
    tx: Transaction,
    client: ClientRecord,
    target: Target,
    visitor: Attribution,
    now: datetime,
) -> list[Access]:
    """Make the link unless this client was mailed one a moment ago; what is to be logged.

    It takes the place of those asked for before: whoever asks does not leave a trail of links
    that work. What the practice mailed stays.
    """
    asked = note(visitor, Act.LINK_REQUESTED, client.practice_id, now, client_id=client.id)
    key = throttle_key("link_by_client", str(client.id))
    if throttle.count_try(tx, key, LINK_BY_PERSON, now):
        return [refused(asked, "too_many_tries")]
    practice = practices.practice_fields(tx, client.practice_id)
    if practice is None:
        return []
    links.end_requested(tx, client.id, now)
    made = mail_link(tx, client, practice, LinkCause.REQUESTED, target, visitor, now=now)
    return [replace(asked, subject_id=made.link_id)]


def _count(tx: Transaction, address: str, person_key: str, now: datetime) -> int:
    """Count a request from a network and for a person; seconds to wait, 0 when it is heard."""
    network = throttle_key("link_by_network", counted_network(address))
    return throttle.count_try(tx, network, LINK_BY_NETWORK, now) or throttle.count_try(
        tx, person_key, LINK_BY_PERSON, now
    )
