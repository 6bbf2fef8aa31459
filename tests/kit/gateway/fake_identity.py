"""identity-links in memory, second half: clients, their links, the access log."""

from __future__ import annotations

from portal_chassis.ids import new_id
from portal_contracts.actor import Actor, ActorKind
from portal_contracts.calls import Done
from portal_contracts.errors import Conflict, Invalid, NotFound
from portal_contracts.identity_links.rpc.access import (
    AccessPage,
    AccessRow,
    ListAccess,
    RecordRefusal,
)
from portal_contracts.identity_links.rpc.clients import (
    AddClient,
    ClientChanged,
    ClientDetails,
    ClientFields,
    ClientNames,
    ClientPage,
    ClientRow,
    ClientStatus,
    EditClient,
    GetClient,
    ListClients,
    NameClients,
    SetClientStatus,
)
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
from portal_contracts.permissions import Permission, has_permission, require_permission
from tests.kit.gateway.fake_bearers import FakeBearers
from tests.kit.gateway.fake_entering import LIFE
from tests.kit.gateway.state import FakeClient, FakeLink


class FakeIdentityLinks(FakeBearers):
    """The whole service, method by method."""

    def list_clients(self, command: ListClients, actor: Actor) -> ClientPage:
        """Search and filter."""
        require_permission(actor, Permission.CLIENTS_READ)
        if command.cursor is not None:
            raise Invalid("cursor_invalid")
        rows = [
            ClientRow(
                id=client.id,
                name=client.fields.name,
                preferred_name=client.fields.preferred_name,
                email=client.fields.email,
                status=client.status,
                tags=client.fields.tags,
                last_visit_at=client.last_visit_at,
            )
            for client in self.clients.values()
            if client.practice.card.id == actor.practice_id
            and command.status in (None, client.status)
            and command.search.lower() in client.fields.name.lower()
        ]
        return ClientPage(items=rows[: command.limit], next_cursor=None, total=len(rows))

    def get_client(self, command: GetClient, actor: Actor) -> ClientDetails:
        """One client."""
        require_permission(actor, Permission.CLIENTS_READ)
        client = self.client_of(command.client_id, actor)
        may_read = has_permission(actor, Permission.REMARK_READ)
        return ClientDetails(
            id=client.id,
            version=client.version,
            name=client.fields.name,
            preferred_name=client.fields.preferred_name,
            pronouns=client.fields.pronouns,
            email=client.fields.email,
            phone=client.fields.phone,
            date_of_birth=client.fields.date_of_birth,
            timezone=client.fields.timezone,
            language=client.fields.language,
            tags=client.fields.tags,
            remark=(client.fields.remark or "") if may_read else None,
            status=client.status,
            created_at=client.created_at,
            last_visit_at=client.last_visit_at,
        )

    def name_clients(self, command: NameClients, actor: Actor) -> ClientNames:
        """Names of the practice's own."""
        return ClientNames(
            names={
                str(client.id): client.fields.name
                for client in self.clients.values()
                if client.id in command.client_ids and client.practice.card.id == actor.practice_id
            }
        )

    def add_client(self, command: AddClient, actor: Actor) -> ClientChanged:
        """A new one."""
        require_permission(actor, Permission.CLIENTS_WRITE)
        _check(command.fields)
        practice = self.practitioners[actor.id or new_id()].practice
        client = FakeClient(practice, command.fields, self.clock.now())
        self.clients[client.id] = client
        return ClientChanged(client_id=client.id, version=client.version)

    def edit_client(self, command: EditClient, actor: Actor) -> ClientChanged:
        """Changed, unless someone was quicker."""
        require_permission(actor, Permission.CLIENTS_WRITE)
        client = self.client_of(command.client_id, actor)
        _check(command.fields)
        if command.version != client.version:
            raise Conflict("stale_version")
        client.fields = command.fields
        client.version += 1
        return ClientChanged(client_id=client.id, version=client.version)

    def set_client_status(self, command: SetClientStatus, actor: Actor) -> ClientChanged:
        """Archived, or active again."""
        require_permission(actor, Permission.CLIENTS_WRITE)
        client = self.client_of(command.client_id, actor)
        client.status = command.status
        client.version += 1
        return ClientChanged(client_id=client.id, version=client.version)

    # --- links and the access log ------------------------------------------------------------

    def share_link(self, command: ShareLink, actor: Actor) -> LinkCreated:
        """Mailed."""
        require_permission(actor, Permission.LINKS_SHARE)
        client = self.client_of(command.client_id, actor)
        if client.status is ClientStatus.ARCHIVED:
            raise Conflict("client_archived")
        link = self._new_link(client, LinkCause.SHARED, set())
        self.mail(client.practice.card.id, client.id, link.id)
        return LinkCreated(link_id=link.id, expires_at=link.expires_at)

    def create_link(self, command: CreateLink, actor: Actor) -> LinkCreated:
        """To copy, or as a QR code."""
        require_permission(actor, Permission.LINKS_SHARE)
        client = self.client_of(command.client_id, actor)
        link = self._new_link(client, command.cause, {command.token_hash})
        return LinkCreated(link_id=link.id, expires_at=link.expires_at)

    def list_links(self, command: ListLinks, actor: Actor) -> Links:
        """Newest first."""
        require_permission(actor, Permission.LINKS_READ)
        client = self.client_of(command.client_id, actor)
        return Links(
            items=[
                Link(
                    id=link.id,
                    cause=link.cause,
                    target=link.target,
                    state=link.state,
                    created_at=link.created_at,
                    expires_at=link.expires_at,
                    last_used_at=None,
                    opens=link.opens,
                    scans=link.scans,
                )
                for link in reversed(self.links.values())
                if link.client is client
            ]
        )

    def revoke_link(self, command: RevokeLink, actor: Actor) -> Done:
        """One."""
        require_permission(actor, Permission.LINKS_REVOKE)
        link = self.links.get(command.link_id)
        if link is None or link.client.practice.card.id != actor.practice_id:
            raise NotFound("link_not_found")
        link.state = LinkState.REVOKED
        return Done()

    def revoke_all_links(self, command: RevokeAllLinks, actor: Actor) -> Done:
        """All of a client, and her devices."""
        require_permission(actor, Permission.LINKS_REVOKE)
        client = self.client_of(command.client_id, actor)
        for link in self.links.values():
            if link.client is client:
                link.state = LinkState.REVOKED
        for device in list(self.devices.values()):
            if device.owner is client:
                del self.devices[device.hash]
        return Done()

    def record_refusal(self, command: RecordRefusal, actor: Actor) -> Done:
        """Written down."""
        self.refusals.append((actor, command))
        return Done()

    def list_access(self, command: ListAccess, actor: Actor) -> AccessPage:
        """A row that names the client it is about."""
        if actor.kind is ActorKind.CLIENT:
            client = self.clients[actor.id or new_id()]
        else:
            require_permission(actor, Permission.ACCESS_LOG_READ)
            client = self.client_of(command.client_id or new_id(), actor)
        row = AccessRow(
            seq=1,
            occurred_at=self.clock.now(),
            actor_kind="practitioner",
            actor_name="Dr Rivera",
            act="link.shared",
            outcome="done",
            client_id=client.id,
            client_name=client.fields.name,
            address="192.0.2.1",
        )
        return AccessPage(items=[row], next_cursor=None)

    def _new_link(self, client: FakeClient, cause: LinkCause, hashes: set[str]) -> FakeLink:
        now = self.clock.now()
        link = FakeLink(client, cause, now, now + LIFE, hashes)
        self.links[link.id] = link
        return link


def _check(fields: ClientFields) -> None:
    wrong = {}
    if not fields.name:
        wrong["name"] = "name_missing"
    if "@" not in fields.email:
        wrong["email"] = "email_invalid"
    if wrong:
        raise Invalid("invalid_fields", fields=wrong)
