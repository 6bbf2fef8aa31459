"""Opening a portal link: looking at it, and coming in by it."""

from __future__ import annotations

from datetime import datetime

import structlog

from identity_links.domain.access import Access, Act, done_by, note
from identity_links.domain.attribution import Attribution
from identity_links.domain.devices import DeviceKind, NewDevice
from identity_links.domain.links import Visit, decide_entry
from identity_links.domain.networks import counted_network, normalise_address
from identity_links.domain.people import ClientsDevice, PortalLink
from identity_links.domain.second_check import WRONG
from identity_links.messages import client_actor, standing
from identity_links.operations import second_check
from identity_links.storage import access_log, devices, links
from portal_chassis.database.sealed import Sealer
from portal_chassis.database.transactions import Transaction
from portal_chassis.ids import new_id
from portal_contracts.actor import NOBODY, Caller
from portal_contracts.errors import Conflict, Forbidden
from portal_contracts.identity_links.rpc.entering import (
    Entry,
    EntryOutcome,
    InspectLink,
    LinkStanding,
    RedeemLink,
)
from portal_contracts.identity_links.rpc.targets import LONGEST_USER_AGENT, LinkState
from portal_contracts.text import cut_line

log = structlog.get_logger(__name__)

_INSIDE = frozenset({EntryOutcome.ENTERED, EntryOutcome.ALREADY_IN})
_MAY_BE_LOCKED = frozenset({EntryOutcome.TOO_MANY_TRIES, *WRONG.values()})


def inspect_link(tx: Transaction, command: InspectLink, *, now: datetime) -> LinkStanding:
    """Tell how a link stands; counts a scan, and changes nothing else."""
    link = links.by_token(tx, command.token_hash)
    if link is None:
        return standing(None, LinkState.UNKNOWN)
    links.count_scan(tx, link.id)
    return standing(link, link.state(now))


def redeem_link(
    tx: Transaction, command: RedeemLink, caller: Caller, *, sealer: Sealer, now: datetime
) -> Entry:
    """Sign a device in by a link, or say what stands in the way.

    That is what `domain.links.decide_entry` finds, and then `second_check.judge`.

    The link's row is locked, so of two devices that open a single-use link at
    the same moment one enters. The same device hash again gets the same answer
    and no second device. Every refusal is a reply, so a wrong answer to the second
    check is counted by the very transaction that refuses it.

    Raises:
        Conflict: ``device_taken``: the device hash is another device's, or its device has ended.
        Forbidden: ``mailed_link_needed``: the practice saw the link, and a program would come in.
    """
    visitor = Attribution(NOBODY, caller.request_id, command.address or caller.address)
    link = links.by_token(tx, command.token_hash, lock=True)
    if link is None:
        access_log.count_refusal(tx, counted_network(visitor.address), now)
        unknown = standing(None, LinkState.UNKNOWN)
        return Entry(outcome=EntryOutcome.DEAD, standing=unknown)
    if command.as_bearer and link.revealed:
        raise Forbidden("mailed_link_needed", "A program enters by a link that was mailed.")
    repeated = devices.clients_device(tx, command.device_hash, now)
    if repeated is not None and repeated.link_id == link.id:
        entered = standing(link, LinkState.LIVE, inside=True)
        return Entry(outcome=EntryOutcome.ENTERED, standing=entered)
    current = _current_device(tx, command, now)
    outcome = _decide(link, current, command, now)
    if outcome is EntryOutcome.ENTERED:
        outcome = second_check.judge(tx, link, command, visitor, sealer=sealer, now=now)
    if outcome is EntryOutcome.ENTERED:
        _enter(tx, link, current, command, visitor, now)
    elif outcome is EntryOutcome.ALREADY_IN and current is not None:
        links.count_open(tx, link.id, now, use_up=False)
        devices.mark_visit(tx, link.client.id, now)
        _come_by_mail(tx, link, current, visitor, now)
    elif outcome in {EntryOutcome.DEAD, EntryOutcome.TOO_MANY_TRIES}:
        access_log.count_refusal(tx, counted_network(visitor.address), now)
    asks = current is not None and outcome is EntryOutcome.OTHER_CLIENT
    wait = second_check.wait_seconds(tx, link.client.id, now) if outcome in _MAY_BE_LOCKED else 0
    return Entry(
        outcome=outcome,
        standing=standing(link, link.state(now), inside=outcome in _INSIDE),
        other_first_name=current.client.greeting_name if current and asks else None,
        retry_after_seconds=wait or None,
    )


def _current_device(tx: Transaction, command: RedeemLink, now: datetime) -> ClientsDevice | None:
    if command.current_device_hash is None:
        return None
    return devices.clients_device(tx, command.current_device_hash, now)


def _decide(
    link: PortalLink, current: ClientsDevice | None, command: RedeemLink, now: datetime
) -> EntryOutcome:
    visit = Visit(
        pressed=command.pressed,
        switch=command.switch,
        current_client_id=current.client.id if current else None,
    )
    policy = link.practice.link_policy
    return decide_entry(link.state(now), policy, link.client.id, visit)


def _enter(
    tx: Transaction,
    link: PortalLink,
    current: ClientsDevice | None,
    command: RedeemLink,
    visitor: Attribution,
    now: datetime,
) -> None:
    fields = link.practice.fields
    accesses = _leave(tx, current, command, visitor, now)
    device_id = new_id()
    new = NewDevice(
        device_hash=command.device_hash,
        kind=DeviceKind.CLIENT,
        practice_id=link.practice.id,
        owner_id=link.client.id,
        user_agent=cut_line(command.user_agent, LONGEST_USER_AGENT),
        address=normalise_address(visitor.address),
        link_id=link.id,
    )
    if not devices.insert_device(tx, device_id, new, link.practice.device_lifetime, now):
        raise Conflict("device_taken", "Make a new cookie and try again.")
    links.count_open(tx, link.id, now, use_up=fields.single_use)
    devices.mark_visit(tx, link.client.id, now)
    entered = note(
        visitor,
        Act.DEVICE_ENTERED,
        link.practice.id,
        now,
        client_id=link.client.id,
        subject_id=device_id,
    )
    revealed_link = link.id if link.revealed else None
    client = client_actor(link.client, link.practice, revealed_link)
    access_log.append(tx, done_by(entered, client), *accesses)
    log.info("device_entered", link_id=str(link.id), device_id=str(device_id))


def _come_by_mail(
    tx: Transaction,
    link: PortalLink,
    current: ClientsDevice,
    visitor: Attribution,
    now: datetime,
) -> None:
    """A mailed link on a device that a shown one let in: its user reads the client's mail."""
    if current.revealed_link is None or link.revealed:
        return
    devices.come_by(tx, current.id, link.id)
    entered = note(
        visitor,
        Act.DEVICE_ENTERED,
        link.practice.id,
        now,
        client_id=link.client.id,
        subject_id=current.id,
    )
    access_log.append(tx, done_by(entered, client_actor(link.client, link.practice, None)))


def _leave(
    tx: Transaction,
    current: ClientsDevice | None,
    command: RedeemLink,
    visitor: Attribution,
    now: datetime,
) -> list[Access]:
    """End the other client's device that this one takes the place of."""
    if current is None or command.current_device_hash is None:
        return []
    if devices.end_by_hash(tx, command.current_device_hash, now) is None:
        return []
    ended = note(
        visitor,
        Act.DEVICE_ENDED,
        current.practice.id,
        now,
        client_id=current.client.id,
        subject_id=current.id,
    )
    client = client_actor(current.client, current.practice, current.revealed_link)
    return [done_by(ended, client)]
