"""identity-links in memory: the clients of a practice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from msgspec.structs import asdict, replace

from identity_links.domain.access import Act
from identity_links.domain.address_changes import WaitingAddress, after_change
from identity_links.domain.client_fields import check_client_fields
from identity_links.domain.client_search import search_terms, search_text
from identity_links.domain.folding import sort_key
from identity_links.domain.second_check import Check, check_of
from identity_links.storage.cursors import ClientCursor, decode_client_cursor
from portal_contracts.actor import Actor
from portal_contracts.changes import changed, held
from portal_contracts.errors import Conflict, Invalid, NotFound
from portal_contracts.identity_links.rpc.clients import (
    AddClient,
    ClientAdded,
    ClientChanged,
    ClientDetails,
    ClientFields,
    ClientNames,
    ClientPage,
    ClientRow,
    ClientSort,
    ClientStatus,
    EditClient,
    GetClient,
    ListClients,
    NameClients,
    SetClientStatus,
    SettleAddress,
)
from portal_contracts.identity_links.rpc.clients import (
    WaitingAddress as WaitingAddressShown,
)
from portal_contracts.identity_links.rpc.targets import LinkState
from portal_contracts.permissions import (
    Permission,
    has_permission,
    may_reveal,
    require_permission,
    require_reveal,
)
from tests.kit.gateway.fake_caseloads import FakeCaseloads
from tests.kit.gateway.state import FakeClient, FakePractice

_NEVER = datetime(1, 1, 1, tzinfo=UTC)


@dataclass
class FakeClients(FakeCaseloads):
    """Clients: list, read, add, change, archive."""

    def list_clients(self, command: ListClients, actor: Actor) -> ClientPage:
        """Search, filter and page."""
        require_permission(actor, Permission.CLIENTS_READ)
        after = decode_client_cursor(command.cursor, command.sort) if command.cursor else None
        own = [each for each in self.clients.values() if each.practice.id == actor.practice_id]
        found = [
            client
            for client in _in_order(own, command.sort)
            if command.status in (None, client.status)
            and (client.waiting is not None or not command.address_waits)
            and command.practitioner_id in (None, *self.caseloads.get(client.id, {}))
            and _matches(client, command.search)
        ]
        rest = found if after is None else _beyond(own, found, after)
        shown = rest[: command.limit]
        more = len(rest) > command.limit
        return ClientPage(
            items=[self._client_row(client) for client in shown],
            next_cursor=_cursor(shown[-1], command.sort) if more else None,
            total=len(found),
        )

    def _client_row(self, client: FakeClient) -> ClientRow:
        main = self._main(client)
        return ClientRow(
            id=client.id,
            name=client.fields.name,
            preferred_name=client.fields.preferred_name,
            email=client.fields.email,
            status=client.status,
            tags=client.fields.tags,
            last_visit_at=client.last_visit_at,
            main_practitioner_id=main,
            main_practitioner=self.practitioners[main].name if main else "",
        )

    def get_client(self, command: GetClient, actor: Actor) -> ClientDetails:
        """One client; reading a remark is logged."""
        require_permission(actor, Permission.CLIENTS_READ)
        client = self.client_of(command.client_id, actor)
        may_read = command.with_remark and has_permission(actor, Permission.REMARK_READ)
        if may_read and client.fields.remark:
            self.note(actor, Act.CLIENT_OPENED, client)
        remark = (client.fields.remark or "") if may_read else None
        return ClientDetails(
            **asdict(replace(client.fields, remark=remark)),
            id=client.id,
            version=client.version,
            status=client.status,
            created_at=client.created_at,
            last_visit_at=client.last_visit_at,
            waiting_address=self._waiting_address(client),
        )

    def _waiting_address(self, client: FakeClient) -> WaitingAddressShown | None:
        waiting = client.waiting
        if waiting is None:
            return None
        person = self.practitioners.get(waiting.changed_by) if waiting.changed_by else None
        return WaitingAddressShown(
            former_email=waiting.confirmed_email,
            changed_by=person.name if person else "",
            changed_at=waiting.changed_at,
        )

    def name_clients(self, command: NameClients, actor: Actor) -> ClientNames:
        """Names of the practice's own."""
        require_permission(actor, Permission.CLIENTS_READ)
        return ClientNames(
            names={
                str(client.id): client.fields.name
                for client in self.clients.values()
                if client.id in command.client_ids and client.practice.id == actor.practice_id
            }
        )

    def add_client(self, command: AddClient, actor: Actor) -> ClientAdded:
        """A new one."""
        require_permission(actor, Permission.CLIENTS_WRITE)
        if command.fields.remark:
            require_permission(actor, Permission.REMARK_WRITE)
        practice = self.practices.get(actor.practice_id) if actor.practice_id else None
        if practice is None:
            raise NotFound("not_found")
        fields = self._checked(practice, command.fields)
        likely = [one.id for one in self.like(fields, actor)]
        if command.seen_duplicates is not None and not set(likely) <= set(command.seen_duplicates):
            raise Conflict("possible_duplicates")
        client = FakeClient(practice, fields, self.clock.now())
        self.clients[client.id] = client
        main = self.whose(command, actor)
        if main is not None:
            self.put(client, main, actor)
        self.note(actor, Act.CLIENT_ADDED, client)
        return ClientAdded(client_id=client.id, version=client.version, possible_duplicates=likely)

    def edit_client(self, command: EditClient, actor: Actor) -> ClientChanged:
        """Changed, unless someone was quicker; what is left out and a remark of None stay."""
        require_permission(actor, Permission.CLIENTS_WRITE)
        if held(command.fields).get("remark") is not None:
            require_permission(actor, Permission.REMARK_WRITE)
        client = self.client_of(command.client_id, actor)
        said = changed(replace(client.fields, remark=None), command.fields)
        fields = self._checked(client.practice, said, client.fields)
        if command.version != client.version:
            raise Conflict("stale_version")
        if fields.date_of_birth != client.born:
            self.unlock(client)
        self.note(actor, Act.CLIENT_EDITED, client)
        client.waiting = after_change(
            client.fields.email,
            client.waiting,
            fields.email,
            confirms=may_reveal(actor),
            changed_by=actor.id,
            now=self.clock.now(),
        )
        if fields.email != client.fields.email:
            self.note(actor, Act.ADDRESS_CHANGED, client)
            self._leave_address(client, actor, end_devices=command.end_devices)
        kept = client.fields.remark if fields.remark is None else fields.remark
        client.fields = replace(fields, remark=kept)
        client.version += 1
        return ClientChanged(client_id=client.id, version=client.version)

    def confirm_address(self, command: SettleAddress, actor: Actor) -> ClientChanged:
        """It can be mailed to."""
        require_reveal(actor)
        client, _ = self._waiting(command, actor)
        self.note(actor, Act.ADDRESS_CONFIRMED, client)
        return self._settled(client)

    def restore_address(self, command: SettleAddress, actor: Actor) -> ClientChanged:
        """The one before it is back."""
        client, waiting = self._waiting(command, actor)
        self.note(actor, Act.ADDRESS_RESTORED, client)
        client.fields = replace(client.fields, email=waiting.confirmed_email)
        return self._settled(client)

    def set_client_status(self, command: SetClientStatus, actor: Actor) -> ClientChanged:
        """Archived, or active again; nothing changes where it is so already."""
        require_permission(actor, Permission.CLIENTS_WRITE)
        client = self.client_of(command.client_id, actor)
        if client.status is not command.status:
            client.version += 1
            active = command.status is ClientStatus.ACTIVE
            self.note(actor, Act.CLIENT_ACTIVATED if active else Act.CLIENT_ARCHIVED, client)
            if not active:
                self.shut_out(client, actor)
            client.status = command.status
        return ClientChanged(client_id=client.id, version=client.version)

    def _waiting(self, command: SettleAddress, actor: Actor) -> tuple[FakeClient, WaitingAddress]:
        require_permission(actor, Permission.CLIENTS_WRITE)
        client = self.client_of(command.client_id, actor)
        if command.version != client.version:
            raise Conflict("stale_version")
        if client.waiting is None:
            raise Conflict("address_settled")
        return client, client.waiting

    @staticmethod
    def _settled(client: FakeClient) -> ClientChanged:
        client.waiting = None
        client.version += 1
        return ClientChanged(client_id=client.id, version=client.version)

    def _leave_address(self, client: FakeClient, actor: Actor, *, end_devices: bool) -> None:
        """Revoke what was mailed to the former address, and end the devices if wished."""
        now = self.clock.now()
        for link in self.links.values():
            mailed = link.client is client and not link.revealed
            if mailed and link.standing(now) is LinkState.LIVE:
                link.state = LinkState.REVOKED
                self.note(actor, Act.LINK_REVOKED, client)
        if end_devices:
            self._end_devices(client, actor)

    def shut_out(self, client: FakeClient, actor: Actor) -> None:
        """Revoke the client's live links and end the client's devices."""
        now = self.clock.now()
        self.unlock(client)
        for link in self.links.values():
            if link.client is client and link.standing(now) is LinkState.LIVE:
                link.state = LinkState.REVOKED
                self.note(actor, Act.LINK_REVOKED, client)
        self._end_devices(client, actor)

    def _end_devices(self, client: FakeClient, actor: Actor) -> None:
        now = self.clock.now()
        for device in list(self.devices.values()):
            if device.owner is client and device.works(now):
                self.end(device)
                self.note(actor, Act.DEVICE_REVOKED, client)

    def _checked(
        self, practice: FakePractice, fields: ClientFields, present: ClientFields | None = None
    ) -> ClientFields:
        return check_client_fields(
            fields,
            present_timezone=present.timezone if present else None,
            today=self.clock.now().astimezone(ZoneInfo(practice.fields.timezone)).date(),
            default_timezone=practice.fields.timezone,
            default_language=practice.fields.language,
            date_of_birth_required=check_of(practice.fields.second_check, None, fields.email)
            is Check.IMPOSSIBLE,
        )


def _in_order(clients: Sequence[FakeClient], sort: ClientSort) -> list[FakeClient]:
    if sort is ClientSort.NAME:
        return sorted(clients, key=lambda each: (sort_key(each.fields.name), each.id))
    if sort is ClientSort.ADDED:
        return sorted(clients, key=lambda each: (each.created_at, each.id), reverse=True)
    return sorted(clients, key=lambda each: (each.last_visit_at or _NEVER, each.id), reverse=True)


def _matches(client: FakeClient, search: str) -> bool:
    words = search_text(client.fields)
    return all(
        any(all(f" {word}" in words for word in way) for way in term.ways)
        for term in search_terms(search)
    )


def _beyond(
    own: Sequence[FakeClient], found: Sequence[FakeClient], after: ClientCursor
) -> list[FakeClient]:
    places = [each.id for each in _in_order(own, after.sort)]
    if after.client_id not in places:
        raise Invalid("cursor_invalid")
    place = places.index(after.client_id)
    return [each for each in found if places.index(each.id) > place]


def _cursor(client: FakeClient, sort: ClientSort) -> str:
    visit = client.last_visit_at if sort is ClientSort.LAST_VISIT else None
    return ClientCursor(sort, client.id, visit).encode()
