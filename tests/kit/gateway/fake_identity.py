"""identity-links in memory: all of it, with the links of a practice's clients."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from identity_links.domain.access import Act
from identity_links.domain.links import is_complete_target
from portal_chassis.authority.ownership import own_id
from portal_contracts.actor import Actor
from portal_contracts.calls import Done
from portal_contracts.errors import Conflict, Invalid, NotFound
from portal_contracts.identity_links.rpc.links import (
    CreateLink,
    Link,
    LinkCreated,
    Links,
    ListLinks,
    RevokeAllLinks,
    RevokeLink,
    ShareLink,
)
from portal_contracts.identity_links.rpc.targets import LinkCause, LinkState
from portal_contracts.permissions import Permission, require_permission, require_reveal
from tests.kit.gateway.fake_practice import FakePracticeSettings
from tests.kit.gateway.state import FakeClient, FakeLink


@dataclass
class FakeIdentityLinks(FakePracticeSettings):
    """The whole service, method by method.

    It decides by the rules of the real one's domain; what is kept, in which
    order it is asked and what is refused is its own, and held against the real
    service by the scenarios of `tests/contract`.
    """

    def share_link(self, command: ShareLink, actor: Actor) -> LinkCreated:
        """Mailed."""
        require_permission(actor, Permission.LINKS_MAIL)
        client = self._may_be_linked(command, actor)
        if client.waiting is not None:
            raise Conflict("address_waits")
        link = self.new_link(client, LinkCause.SHARED, command.target, set())
        self.note(actor, Act.LINK_SHARED, client)
        self.mail(client, link.id, "portal_link")
        return LinkCreated(link_id=link.id, expires_at=link.expires_at)

    def create_link(self, command: CreateLink, actor: Actor) -> LinkCreated:
        """To copy, or as a QR code."""
        require_reveal(actor)
        client = self._may_be_linked(command, actor)
        if command.cause not in {LinkCause.COPIED, LinkCause.QR}:
            raise Invalid("cause_not_allowed", fields={"cause": "invalid"})
        if any(command.token_hash in link.hashes for link in self.links.values()):
            raise Conflict("token_taken")
        link = self.new_link(client, command.cause, command.target, {command.token_hash})
        link.made_by = self.practitioners[own_id(actor)].name
        self.note(actor, Act.LINK_CREATED, client)
        return LinkCreated(link_id=link.id, expires_at=link.expires_at)

    def list_links(self, command: ListLinks, actor: Actor) -> Links:
        """Newest first."""
        require_permission(actor, Permission.LINKS_READ)
        client = self.client_of(command.client_id, actor)
        own = [link for link in reversed(self.links.values()) if link.client is client]
        newest = sorted(own, key=_made, reverse=True)
        wait = self.wait_of(client)
        return Links(
            items=[self._shown(link) for link in newest],
            locked_until=self.clock.now() + timedelta(seconds=wait) if wait else None,
        )

    def revoke_link(self, command: RevokeLink, actor: Actor) -> Done:
        """One; done also when it was revoked before."""
        require_permission(actor, Permission.LINKS_REVOKE)
        link = self.links.get(command.link_id)
        if link is None or link.client.practice.id != actor.practice_id:
            raise NotFound("not_found")
        if link.state is not LinkState.REVOKED:
            link.state = LinkState.REVOKED
            self.note(actor, Act.LINK_REVOKED, link.client)
        return Done()

    def revoke_all_links(self, command: RevokeAllLinks, actor: Actor) -> Done:
        """All of a client that work, and the client's devices."""
        require_permission(actor, Permission.LINKS_REVOKE)
        self.shut_out(self.client_of(command.client_id, actor), actor)
        return Done()

    def _may_be_linked(self, command: ShareLink | CreateLink, actor: Actor) -> FakeClient:
        client = self.client_of(command.client_id, actor)
        if not is_complete_target(command.target):
            raise Invalid("target_incomplete", fields={"target": "invalid"})
        if not client.active:
            raise Conflict("client_archived")
        return client

    def _shown(self, link: FakeLink) -> Link:
        return Link(
            id=link.id,
            cause=link.cause,
            target=link.target,
            state=link.standing(self.clock.now()),
            created_at=link.created_at,
            expires_at=link.expires_at,
            last_used_at=link.last_used_at,
            opens=link.opens,
            scans=link.scans,
            delivery_id=link.delivery_id,
        )


def _made(link: FakeLink) -> datetime:
    return link.created_at
