"""identity-links in memory: a client comes in by a link, or asks for a new one."""

from __future__ import annotations

from dataclasses import dataclass

from identity_links.domain.access import Act
from identity_links.domain.email_addresses import normalise_email
from identity_links.domain.links import Visit, decide_entry
from identity_links.domain.networks import counted_network, normalise_address
from identity_links.domain.second_check import WRONG
from identity_links.domain.throttle import LINK_BY_NETWORK, LINK_BY_PERSON
from portal_contracts.actor import Actor
from portal_contracts.errors import Conflict, Forbidden
from portal_contracts.identity_links.rpc.entering import (
    Entry,
    EntryOutcome,
    InspectLink,
    LinkRequested,
    LinkStanding,
    RedeemLink,
    RenewLink,
    RequestLink,
)
from portal_contracts.identity_links.rpc.targets import LinkCause, LinkState, Target
from tests.kit.gateway.fake_second_check import FakeSecondCheck
from tests.kit.gateway.state import LINK_LIFETIME, FakeClient, FakeDevice, FakeLink

FIRST_WAIT_SECONDS = LINK_BY_PERSON.wait_after(1)


@dataclass
class FakeEntering(FakeSecondCheck):
    """What concerns whoever wants to come in."""

    def inspect_link(self, command: InspectLink, _actor: Actor) -> LinkStanding:
        """Look only."""
        link = self.by_hash(command.token_hash)
        if link is None:
            return self.standing(None)
        link.scans += 1
        return self.standing(link)

    def redeem_link(self, command: RedeemLink, _actor: Actor) -> Entry:
        """Sign a device in, or say what stands in the way."""
        link = self.by_hash(command.token_hash)
        if link is None:
            return Entry(outcome=EntryOutcome.DEAD, standing=self.standing(None))
        if command.as_bearer and link.revealed:
            raise Forbidden("mailed_link_needed")
        repeated = self.device_of_client(command.device_hash)
        if repeated is not None and repeated[0].link is link:
            entered = self.standing(link, LinkState.LIVE, inside=True)
            return Entry(outcome=EntryOutcome.ENTERED, standing=entered)
        self.come_from(command.address)
        current = self.device_of_client(command.current_device_hash or "")
        outcome = self._decide(link, command, current[1] if current else None)
        if outcome is EntryOutcome.ENTERED:
            outcome = self.judge(link, command)
        inside = outcome in {EntryOutcome.ENTERED, EntryOutcome.ALREADY_IN}
        standing = self.standing(link, inside=inside)
        if outcome is EntryOutcome.ENTERED:
            self._enter(link, command, current[0] if current else None)
        elif outcome is EntryOutcome.ALREADY_IN and current is not None:
            self._count_open(link)
            if current[0].revealed_link is not None and not link.revealed:
                current[0].link = link
                self.note(current[0].actor, Act.DEVICE_ENTERED, link.client)
        may_be_locked = outcome in {EntryOutcome.TOO_MANY_TRIES, *WRONG.values()}
        wait = self.wait_of(link.client) if may_be_locked else 0
        asks = current is not None and outcome is EntryOutcome.OTHER_CLIENT
        return Entry(
            outcome=outcome,
            standing=standing,
            other_first_name=current[1].greeting_name if current and asks else None,
            retry_after_seconds=wait or None,
        )

    def renew_link(self, command: RenewLink, _actor: Actor) -> LinkRequested:
        """One answer for all; the client of a dead link is mailed a new one."""
        if wait := self._count(command.address, f"link_by_token {command.token_hash}"):
            return LinkRequested(retry_after_seconds=wait)
        link = self.by_hash(command.token_hash)
        now = self.clock.now()
        dead = link is not None and link.standing(now) is not LinkState.LIVE
        if link is not None and dead and not link.of_another_address:
            self._mail_on_request(link.client, link.target)
        return LinkRequested(retry_after_seconds=FIRST_WAIT_SECONDS)

    def request_link(self, command: RequestLink, _actor: Actor) -> LinkRequested:
        """One answer for all; each client with the address is mailed a link."""
        key = (normalise_email(command.email) or command.email).lower()
        if wait := self._count(command.address, f"link_by_email {key}"):
            return LinkRequested(retry_after_seconds=wait)
        for client in list(self.clients.values()):
            if client.fields.email.lower() == key:
                self._mail_on_request(client, command.target)
        return LinkRequested(retry_after_seconds=FIRST_WAIT_SECONDS)

    def new_link(
        self, client: FakeClient, cause: LinkCause, target: Target, hashes: set[str]
    ) -> FakeLink:
        """A link that works from now on."""
        now = self.clock.now()
        link = FakeLink(client, cause, now, now + LINK_LIFETIME, hashes, target)
        self.links[link.id] = link
        return link

    def device_of_client(self, device_hash: str) -> tuple[FakeDevice, FakeClient] | None:
        """A client's device that is signed in, and whose it is."""
        device = self.devices.get(device_hash)
        if device is None or not isinstance(device.owner, FakeClient):
            return None
        return (device, device.owner) if device.works(self.clock.now()) else None

    def _decide(
        self, link: FakeLink, command: RedeemLink, current: FakeClient | None
    ) -> EntryOutcome:
        return decide_entry(
            link.standing(self.clock.now()),
            link.client.practice.policy,
            link.client.id,
            Visit(
                pressed=command.pressed,
                switch=command.switch,
                current_client_id=current.id if current else None,
            ),
        )

    def _enter(self, link: FakeLink, command: RedeemLink, current: FakeDevice | None) -> None:
        if command.device_hash in {*self.devices, *self.ended}:
            raise Conflict("device_taken")
        if current is not None:
            self.end(current)
        device = FakeDevice(
            link.client,
            command.device_hash,
            self.clock.now(),
            command.user_agent,
            normalise_address(self.address),
            link,
        )
        self.devices[device.hash] = device
        self._count_open(link)
        if link.client.practice.policy.single_use:
            link.state = LinkState.USED
        self.note(device.actor, Act.DEVICE_ENTERED, link.client)
        if current is not None and isinstance(current.owner, FakeClient):
            self.note(current.actor, Act.DEVICE_ENDED, current.owner)

    def _count_open(self, link: FakeLink) -> None:
        link.opens += 1
        link.last_used_at = link.client.last_visit_at = self.clock.now()

    def _count(self, address: str, person: str) -> int:
        self.come_from(address)
        now, network = self.clock.now(), counted_network(self.address)
        by_network = self.limits.count_try(f"link_by_network {network}", LINK_BY_NETWORK, now)
        return by_network or self.limits.count_try(person, LINK_BY_PERSON, now)

    def _mail_on_request(self, client: FakeClient, target: Target) -> None:
        key = f"link_by_client {client.id}"
        if not client.active or client.waiting is not None:
            return
        if self.limits.count_try(key, LINK_BY_PERSON, self.clock.now()):
            return
        self.requested.append(client.fields.email)
        now = self.clock.now()
        for earlier in self.links.values():
            asked_for = earlier.client is client and earlier.cause is LinkCause.REQUESTED
            if asked_for and earlier.standing(now) is LinkState.LIVE:
                earlier.expires_at = now
        link = self.new_link(client, LinkCause.REQUESTED, target, set())
        self.note_by_nobody(Act.LINK_REQUESTED, client)
        self.mail(client, link.id, "portal_link")
