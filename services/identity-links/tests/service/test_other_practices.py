"""Nobody sees another practice or a hidden client; every method asks for the right kind of actor.

The methods are taken from the contract: a new one has to be put into one of
the groups here before this file is green again.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from types import SimpleNamespace
from uuid import UUID, uuid4

import pytest
from msgspec.structs import replace

from identity_links.domain.attribution import Attribution
from identity_links.domain.visibility import limited
from identity_links.operations import (
    access_log,
    addresses,
    authority,
    caseloads,
    client_lists,
    client_visibility,
    clients,
    devices,
    duplicates,
    handing_over,
    invitations,
    links,
    practice_settings,
    team,
)
from identity_links.operations.practice_settings import change_practice
from identity_links.storage.cursors import ClientCursor
from portal_contracts.actor import NOBODY, Role, service_actor
from portal_contracts.errors import Conflict, Forbidden, Invalid, NotFound, PortalError
from portal_contracts.identity_links.rpc import (
    METHODS,
    accounts,
    emergency,
    password_resets,
    setup,
)
from portal_contracts.identity_links.rpc.access import (
    LIST_ACCESS,
    LIST_OWN_VISITS,
    LIST_PRACTITIONERS,
    MAY,
    RECORD_REFUSAL,
    ListAccess,
    May,
)
from portal_contracts.identity_links.rpc.api_tokens import (
    CREATE_API_TOKEN,
    LIST_API_TOKENS,
    LIST_PRACTICE_TOKENS,
    RESOLVE_BEARER,
    REVOKE_API_TOKEN,
)
from portal_contracts.identity_links.rpc.caseload import (
    FILL_CASELOADS,
    GET_CASELOAD,
    HAND_OVER_CLIENT,
    LIST_VISIBLE_CLIENTS,
    READ_VISIBILITY,
    SET_VISIBILITY,
    SHARE_CLIENT,
    WITHDRAW_CLIENT,
    CaseloadPair,
    FillCaseloads,
    GetCaseload,
    HandOverClient,
    ListVisibleClients,
    ShareClient,
    WithdrawClient,
)
from portal_contracts.identity_links.rpc.clients import (
    ADD_CLIENT,
    CONFIRM_ADDRESS,
    EDIT_CLIENT,
    GET_CLIENT,
    LIST_CLIENTS,
    NAME_CLIENTS,
    RESTORE_ADDRESS,
    SET_CLIENT_STATUS,
    AddClient,
    ClientFields,
    ClientSort,
    ClientStatus,
    EditClient,
    GetClient,
    ListClients,
    NameClients,
    SetClientStatus,
    SettleAddress,
)
from portal_contracts.identity_links.rpc.devices import (
    END_DEVICE,
    LIST_CLIENT_DEVICES,
    LIST_OWN_DEVICES,
    RESOLVE_CONSOLE_DEVICE,
    RESOLVE_DEVICE,
    REVOKE_DEVICE,
    SIGN_IN,
    ListClientDevices,
    RevokeDevice,
)
from portal_contracts.identity_links.rpc.duplicates import (
    CHECK_DUPLICATES,
    LIST_DUPLICATES,
    CheckDuplicates,
    ListDuplicates,
)
from portal_contracts.identity_links.rpc.entering import (
    INSPECT_LINK,
    REDEEM_LINK,
    RENEW_LINK,
    REQUEST_LINK,
)
from portal_contracts.identity_links.rpc.entry_codes import PREPARE_ENTRY_CODE, SEND_ENTRY_CODE
from portal_contracts.identity_links.rpc.handing_over import HAND_OVER, HandOver
from portal_contracts.identity_links.rpc.invitations import (
    ACCEPT_INVITATION,
    GET_INVITATION,
    INSPECT_INVITATION,
    INVITE_PRACTITIONER,
    LIST_INVITATIONS,
    PREPARE_INVITATION,
    RESEND_INVITATION,
    WITHDRAW_INVITATION,
    InvitePractitioner,
    NameInvitation,
)
from portal_contracts.identity_links.rpc.links import (
    CREATE_LINK,
    LIST_LINKS,
    PREPARE_LINK,
    PREPARE_MAIL_LINK,
    READ_PRACTITIONER_FACTS,
    REVOKE_ALL_LINKS,
    REVOKE_LINK,
    SHARE_LINK,
    CreateLink,
    ListLinks,
    RevokeAllLinks,
    RevokeLink,
    ShareLink,
)
from portal_contracts.identity_links.rpc.pictures import READ_PICTURE, SET_PICTURE
from portal_contracts.identity_links.rpc.practice import (
    EDIT_PRACTICE,
    LIST_PRACTICE_CHANGES,
    MEASURE_PRACTICE,
    READ_PRACTICE,
    EditPractice,
    ListPracticeChanges,
    PracticeChanges,
    PracticeSection,
)
from portal_contracts.identity_links.rpc.targets import ClientVisibility, LinkCause
from portal_contracts.identity_links.rpc.team import (
    EDIT_TEAM_MEMBER,
    GET_TEAM_MEMBER,
    LIST_TEAM,
    SET_TEAM_MEMBER_ACTIVE,
    EditTeamMember,
    GetTeamMember,
    SetTeamMemberActive,
)
from portal_contracts.permissions import Permission, has_permission


@dataclass(frozen=True)
class Things:
    """One client with a link, a device and whose client it is, a colleague, an invitation."""

    client_id: UUID
    link_id: UUID
    device_id: UUID
    practitioner_id: UUID
    colleague_id: UUID | None = None
    invitation_id: UUID | None = None


FIELDS = ClientFields(name="Anna", email="anna@example.org")


def ask(operation, command):
    return lambda world, actor, things: world.ask(operation, command(things), actor)


def sealed(operation, command):
    return lambda world, actor, things: world.ask(
        operation, command(things), actor, sealer=world.sealer
    )


def look(operation, command):
    return lambda world, actor, things: world.run(operation, command(things), Attribution(actor))


def settle(operation):
    """It is judged who asks before it is seen that the address does not wait."""

    def call(world, actor, things):
        command = SettleAddress(client_id=things.client_id, version=1)
        with suppress(Conflict):
            world.ask(operation, command, actor)

    return call


BY_ID = {
    GET_CLIENT: (
        Permission.CLIENTS_READ,
        sealed(clients.get_client, lambda one: GetClient(client_id=one.client_id)),
    ),
    LIST_DUPLICATES: (
        Permission.CLIENTS_READ,
        ask(duplicates.list_duplicates, lambda one: ListDuplicates(client_id=one.client_id)),
    ),
    EDIT_CLIENT: (
        Permission.CLIENTS_WRITE,
        sealed(
            clients.edit_client,
            lambda one: EditClient(client_id=one.client_id, version=1, fields=FIELDS),
        ),
    ),
    SET_CLIENT_STATUS: (
        Permission.CLIENTS_WRITE,
        ask(
            clients.set_client_status,
            lambda one: SetClientStatus(client_id=one.client_id, status=ClientStatus.ARCHIVED),
        ),
    ),
    CONFIRM_ADDRESS: (Permission.LINKS_REVEAL, settle(addresses.confirm_address)),
    RESTORE_ADDRESS: (Permission.CLIENTS_WRITE, settle(addresses.restore_address)),
    SHARE_LINK: (
        Permission.LINKS_MAIL,
        ask(links.share_link, lambda one: ShareLink(client_id=one.client_id)),
    ),
    CREATE_LINK: (
        Permission.LINKS_REVEAL,
        ask(
            links.create_link,
            lambda one: CreateLink(
                client_id=one.client_id, cause=LinkCause.QR, token_hash=uuid4().hex * 2
            ),
        ),
    ),
    LIST_LINKS: (
        Permission.LINKS_READ,
        ask(links.list_links, lambda one: ListLinks(client_id=one.client_id)),
    ),
    REVOKE_LINK: (
        Permission.LINKS_REVOKE,
        ask(links.revoke_link, lambda one: RevokeLink(link_id=one.link_id)),
    ),
    REVOKE_ALL_LINKS: (
        Permission.LINKS_REVOKE,
        ask(links.revoke_all_links, lambda one: RevokeAllLinks(client_id=one.client_id)),
    ),
    LIST_CLIENT_DEVICES: (
        Permission.LINKS_READ,
        ask(devices.list_client_devices, lambda one: ListClientDevices(client_id=one.client_id)),
    ),
    REVOKE_DEVICE: (
        Permission.LINKS_REVOKE,
        ask(devices.revoke_device, lambda one: RevokeDevice(device_id=one.device_id)),
    ),
    LIST_ACCESS: (
        Permission.ACCESS_LOG_READ,
        ask(access_log.list_access, lambda one: ListAccess(client_id=one.client_id)),
    ),
    GET_CASELOAD: (
        Permission.CLIENTS_READ,
        ask(caseloads.get_caseload, lambda one: GetCaseload(client_id=one.client_id)),
    ),
    SHARE_CLIENT: (
        Permission.CASELOAD_WRITE,
        ask(
            caseloads.share_client,
            lambda one: ShareClient(client_id=one.client_id, practitioner_id=one.practitioner_id),
        ),
    ),
    WITHDRAW_CLIENT: (
        Permission.CASELOAD_WRITE,
        ask(
            caseloads.withdraw_client,
            lambda one: WithdrawClient(client_id=one.client_id, practitioner_id=uuid4()),
        ),
    ),
    HAND_OVER_CLIENT: (
        Permission.CASELOAD_WRITE,
        ask(
            caseloads.hand_over_client,
            lambda one: HandOverClient(
                client_id=one.client_id, practitioner_id=one.practitioner_id
            ),
        ),
    ),
    MAY: (
        Permission.CLIENTS_READ,
        lambda world, actor, things: world.run(
            authority.may,
            May(actor=actor, client_id=things.client_id, permission=Permission.CLIENTS_READ),
            Attribution(service_actor("notifications")),
            now=world.now,
        ),
    ),
}
"""A practitioner names something of the practice: its permission, and the call."""

OF_THE_TEAM = {
    GET_TEAM_MEMBER: (
        Permission.TEAM_READ,
        look(team.get_team_member, lambda one: GetTeamMember(practitioner_id=one.colleague_id)),
    ),
    EDIT_TEAM_MEMBER: (
        Permission.TEAM_WRITE,
        ask(
            team.edit_team_member,
            lambda one: EditTeamMember(
                practitioner_id=one.colleague_id, version=1, name="Vera", role=Role.PRACTITIONER
            ),
        ),
    ),
    SET_TEAM_MEMBER_ACTIVE: (
        Permission.TEAM_WRITE,
        ask(
            team.set_team_member_active,
            lambda one: SetTeamMemberActive(practitioner_id=one.colleague_id, active=False),
        ),
    ),
    HAND_OVER: (
        Permission.TEAM_WRITE,
        ask(
            handing_over.hand_over,
            lambda one: HandOver(
                from_practitioner_id=one.colleague_id, to_practitioner_id=one.practitioner_id
            ),
        ),
    ),
    GET_INVITATION: (
        Permission.TEAM_READ,
        ask(
            invitations.get_invitation,
            lambda one: NameInvitation(invitation_id=one.invitation_id),
        ),
    ),
    RESEND_INVITATION: (
        Permission.TEAM_WRITE,
        ask(
            invitations.resend_invitation,
            lambda one: NameInvitation(invitation_id=one.invitation_id),
        ),
    ),
    WITHDRAW_INVITATION: (
        Permission.TEAM_WRITE,
        ask(
            invitations.withdraw_invitation,
            lambda one: NameInvitation(invitation_id=one.invitation_id),
        ),
    ),
}
"""An owner names an account or an invitation: the permission, and the call."""

WITHOUT_ID = {
    LIST_TEAM: (
        Permission.TEAM_READ,
        lambda world, actor, _: world.run(team.list_team, Attribution(actor)),
    ),
    LIST_INVITATIONS: (
        Permission.TEAM_READ,
        lambda world, actor, _: world.run(
            invitations.list_invitations, Attribution(actor), now=world.now
        ),
    ),
    INVITE_PRACTITIONER: (
        Permission.TEAM_WRITE,
        ask(
            invitations.invite_practitioner,
            lambda _: InvitePractitioner(name="Cem", email="cem@practice.example"),
        ),
    ),
    ADD_CLIENT: (
        Permission.CLIENTS_WRITE,
        sealed(clients.add_client, lambda _: AddClient(fields=FIELDS)),
    ),
    CHECK_DUPLICATES: (
        Permission.CLIENTS_READ,
        look(duplicates.check_duplicates, lambda _: CheckDuplicates(fields=FIELDS)),
    ),
    LIST_CLIENTS: (
        Permission.CLIENTS_READ,
        look(client_lists.list_clients, lambda _: ListClients()),
    ),
    NAME_CLIENTS: (
        Permission.CLIENTS_READ,
        look(client_lists.name_clients, lambda one: NameClients(client_ids=[one.client_id])),
    ),
    LIST_VISIBLE_CLIENTS: (
        Permission.CLIENTS_READ,
        ask(caseloads.list_visible_clients, lambda _: ListVisibleClients()),
    ),
    FILL_CASELOADS: (
        Permission.PRACTICE_WRITE,
        ask(
            client_visibility.fill_caseloads,
            lambda one: FillCaseloads(
                pairs=[CaseloadPair(client_id=one.client_id, practitioner_id=one.practitioner_id)]
            ),
        ),
    ),
    READ_VISIBILITY: (
        Permission.PRACTICE_WRITE,
        lambda world, actor, _: world.run(client_visibility.read_visibility, Attribution(actor)),
    ),
    EDIT_PRACTICE: (
        Permission.PRACTICE_WRITE,
        ask(
            practice_settings.edit_practice,
            lambda _: EditPractice(version=1, fields=PracticeChanges()),
        ),
    ),
    MEASURE_PRACTICE: (
        Permission.PRACTICE_WRITE,
        lambda world, actor, _: world.run(
            practice_settings.measure_practice, Attribution(actor), now=world.now
        ),
    ),
    LIST_PRACTICE_CHANGES: (
        Permission.PRACTICE_WRITE,
        look(
            practice_settings.list_practice_changes,
            lambda _: ListPracticeChanges(section=PracticeSection.LINKS),
        ),
    ),
}
"""A practitioner names nothing, or ids that are only absent: see test_clients.py."""

BY_SECRET = {
    accounts.FINISH_SIGN_IN,
    password_resets.INSPECT_PASSWORD_RESET,
    password_resets.REQUEST_PASSWORD_RESET,
    password_resets.RESET_PASSWORD,
    setup.LOOK_AT_SETUP,
    setup.SET_UP,
    READ_PICTURE,
    INSPECT_INVITATION,
    ACCEPT_INVITATION,
    INSPECT_LINK,
    REDEEM_LINK,
    RENEW_LINK,
    REQUEST_LINK,
    SEND_ENTRY_CODE,
    RESOLVE_DEVICE,
    RESOLVE_CONSOLE_DEVICE,
    RESOLVE_BEARER,
    SIGN_IN,
    END_DEVICE,
}
"""Whoever holds the token, the cookie, the bearer or the password asks; ids do not occur."""

OF_ONES_OWN = {
    accounts.BEGIN_SECOND_FACTOR,
    accounts.CHANGE_PASSWORD,
    accounts.DISABLE_SECOND_FACTOR,
    accounts.EDIT_ACCOUNT,
    accounts.ENABLE_SECOND_FACTOR,
    accounts.READ_ACCOUNT,
    accounts.RENEW_RECOVERY_CODES,
    LIST_PRACTICE_TOKENS,
    LIST_OWN_VISITS,
    LIST_OWN_DEVICES,
    CREATE_API_TOKEN,
    LIST_API_TOKENS,
    REVOKE_API_TOKEN,
    RECORD_REFUSAL,
    LIST_PRACTITIONERS,
    READ_PRACTICE,
    SET_PICTURE,
}
"""About whoever asks, or the own practice; another's token: see test_api_tokens.py."""

OF_OWNERS_WITH_PROOF = {
    accounts.RESET_SECOND_FACTOR,
    emergency.OPEN_IN_EMERGENCY,
    emergency.CLOSE_EMERGENCY,
    SET_VISIBILITY,
}
"""Only with the own password or a code: see test_second_factor.py and test_emergencies.py."""

BY_SERVICES = {
    accounts.READ_SIGN_IN_FACTS,
    password_resets.PREPARE_PASSWORD_RESET,
    PREPARE_INVITATION,
    PREPARE_ENTRY_CODE,
    PREPARE_LINK,
    PREPARE_MAIL_LINK,
    READ_PRACTITIONER_FACTS,
}
"""Services alone: see test_invitations.py, test_portal_links.py, test_links_of_mails.py and
test_second_check.py."""

FOR_CLIENTS_TOO = {REVOKE_DEVICE, LIST_ACCESS}
"""A client may ask as well, for what is their own."""

PRACTITIONERS = BY_ID | OF_THE_TEAM | WITHOUT_ID


@pytest.fixture
def anna(world):
    """A client of the first practice, and its owner."""
    owner = world.owner(client_visibility=ClientVisibility.EVERYONE)
    client_id = world.client(owner)
    link = world.link(owner, client_id)
    world.redeem(link.token_hash)
    command = ListClientDevices(client_id=client_id)
    [device] = world.ask(devices.list_client_devices, command, owner).items
    colleague = world.practitioner(owner.practice_id, Role.PRACTITIONER)
    invite = InvitePractitioner(name="Ben", email=f"{uuid4()}@practice.example")
    invited = world.ask(invitations.invite_practitioner, invite, owner)
    ids = (client_id, link.id, device.id, owner.id, colleague.id, invited.invitation_id)
    return owner, Things(*ids)


def named(table):
    in_order = sorted(table, key=lambda method: method.name)
    return pytest.mark.parametrize("method", in_order, ids=lambda method: method.name)


def wire(error):
    return (error.kind, error.code, error.detail, error.fields, error.retry_after_seconds)


def test_every_method_of_the_contract_is_looked_at_here():
    groups = [set(PRACTITIONERS), BY_SECRET, OF_ONES_OWN, OF_OWNERS_WITH_PROOF, BY_SERVICES]
    assert set().union(*groups) == set(METHODS)
    assert sum(map(len, groups)) == len(METHODS)


@named(BY_ID | OF_THE_TEAM)
def test_another_practice_s_id_reads_like_one_that_does_not_exist(world, anna, method):
    owner, existing = anna
    stranger = world.owner()
    before = (world.acts(owner.practice_id), world.acts(stranger.practice_id))
    errors = []
    for things in (existing, Things(*(uuid4() for _ in range(6)))):
        with pytest.raises(NotFound) as refused:
            PRACTITIONERS[method][1](world, stranger, things)
        errors.append(wire(refused.value))
    assert errors[0] == errors[1]
    assert (world.acts(owner.practice_id), world.acts(stranger.practice_id)) == before


@named(PRACTITIONERS)
def test_the_practice_s_own_practitioner_may(world, anna, method):
    owner, existing = anna
    PRACTITIONERS[method][1](world, owner, existing)


@named(PRACTITIONERS)
def test_each_role_may_what_the_table_of_permissions_says(world, anna, method):
    owner, existing = anna
    permission, call = PRACTITIONERS[method]
    for role in Role:
        actor = world.practitioner(owner.practice_id, role)
        if has_permission(actor, permission):
            continue
        with pytest.raises(Forbidden):
            call(world, actor, existing)


@named(PRACTITIONERS)
def test_nobody_and_services_may_not(world, anna, method):
    _, existing = anna
    for actor in (NOBODY, service_actor("forms")):
        with pytest.raises(Forbidden):
            PRACTITIONERS[method][1](world, actor, existing)


@named(set(PRACTITIONERS) - FOR_CLIENTS_TOO)
def test_a_client_may_not_what_is_for_practitioners(world, anna, method, as_client):
    owner, existing = anna
    with pytest.raises(Forbidden):
        PRACTITIONERS[method][1](world, as_client(existing.client_id, owner.practice_id), existing)


@named(FOR_CLIENTS_TOO)
def test_a_client_may_for_herself_and_finds_nothing_of_others(world, anna, method, as_client):
    owner, existing = anna
    others = [
        as_client(world.client(owner, name="Ben"), owner.practice_id),
        as_client(world.client(other := world.owner(), name="Cem"), other.practice_id),
    ]
    for actor in others:
        with pytest.raises(NotFound):
            PRACTITIONERS[method][1](world, actor, existing)
    PRACTITIONERS[method][1](world, as_client(existing.client_id, owner.practice_id), existing)


def test_whether_somebody_may_is_asked_by_services_or_by_the_practitioner(world, anna, as_client):
    owner, existing = anna
    command = May(actor=owner, client_id=existing.client_id, permission=Permission.DELIVERIES_READ)
    for caller in (service_actor("notifications"), owner):
        found = world.run(authority.may, command, Attribution(caller), now=world.now)
        assert (found.practice_id, found.client_id) == (owner.practice_id, existing.client_id)
    for caller in (NOBODY, world.owner(), as_client(existing.client_id, owner.practice_id)):
        with pytest.raises(Forbidden):
            world.run(authority.may, command, Attribution(caller), now=world.now)


def test_a_role_that_may_not_is_told_so(world, anna):
    owner, existing = anna
    assistant = world.practitioner(owner.practice_id, Role.ASSISTANT)
    command = May(actor=assistant, client_id=existing.client_id, permission=Permission.REMARK_READ)
    with pytest.raises(Forbidden):
        world.run(
            authority.may, command, Attribution(service_actor("notifications")), now=world.now
        )


def test_whoever_may_is_told_whether_the_client_is_archived(world, anna):
    owner, existing = anna
    command = May(actor=owner, client_id=existing.client_id, permission=Permission.CLIENTS_WRITE)

    def is_active():
        by = Attribution(service_actor("forms"))
        return world.run(authority.may, command, by, now=world.now).active

    assert is_active()
    archive = SetClientStatus(client_id=existing.client_id, status=ClientStatus.ARCHIVED)
    world.ask(clients.set_client_status, archive, owner)
    assert not is_active()


CLINICAL_CALLS = {CONFIRM_ADDRESS, CREATE_LINK}
"""What an owner may not do to a client whom contacts and calendar alone are shown of."""

OF_THE_MAIN_PRACTITIONER = {SHARE_CLIENT, HAND_OVER_CLIENT, WITHDRAW_CLIENT}
"""What whoever a client is shared with may not."""


@pytest.fixture
def own_clients(world, anna):
    """A practice that shows own clients: the owner, two practitioners, and a client of the first.

    `things` makes another client like her, since some of the calls change what there is.
    """
    owner, _ = anna
    world.run(
        change_practice,
        owner.practice_id,
        {"client_visibility": ClientVisibility.OWN},
        now=world.now,
    )
    main, colleague = (
        limited(
            world.practitioner(owner.practice_id, Role.PRACTITIONER),
            ClientVisibility.OWN,
            has_colleagues=True,
        )
        for _ in range(2)
    )
    return SimpleNamespace(
        owner=limited(owner, ClientVisibility.OWN, has_colleagues=True),
        main=main,
        colleague=colleague,
    )


def a_client_of(world, people):
    client_id = world.client(people.main)
    link = world.link(people.main, client_id)
    world.redeem(link.token_hash)
    command = ListClientDevices(client_id=client_id)
    [device] = world.ask(devices.list_client_devices, command, people.main).items
    return Things(client_id, link.id, device.id, people.main.id)


def shared(world, people, things):
    to = people.colleague.id
    command = ShareClient(client_id=things.client_id, practitioner_id=to)
    world.ask(caseloads.share_client, command, people.main)


def withdrawn(world, people, things):
    shared(world, people, things)
    to = people.colleague.id
    command = WithdrawClient(client_id=things.client_id, practitioner_id=to)
    world.ask(caseloads.withdraw_client, command, people.main)


def never_shared(_world, _people, _things):
    """Nothing."""


def as_program(actor):
    """The actor with an API token that may all."""
    return replace(actor, scopes=tuple(Permission), token_id=uuid4())


def outcome(world, method, actor, things):
    """None for an answer, else how the refusal reads."""
    try:
        BY_ID[method][1](world, actor, things)
    except PortalError as refused:
        return wire(refused)
    return None


@pytest.mark.parametrize("hidden", [never_shared, withdrawn])
@pytest.mark.parametrize("by", [lambda one: one, as_program], ids=["person", "program"])
def test_a_hidden_client_s_id_reads_like_one_that_does_not_exist(world, own_clients, hidden, by):
    asks = by(own_clients.colleague)
    things = a_client_of(world, own_clients)
    hidden(world, own_clients, things)
    nothing = Things(uuid4(), uuid4(), uuid4(), uuid4())
    before = world.acts(asks.practice_id)
    for method in BY_ID:
        told = outcome(world, method, asks, things)
        assert told is not None, method.name
        assert told == outcome(world, method, asks, nothing), method.name
    assert world.acts(asks.practice_id) == before


@pytest.mark.parametrize("by", [lambda one: one, as_program], ids=["person", "program"])
def test_a_client_is_shown_to_the_own_practitioner_and_to_whom_she_is_shared_with(
    world, own_clients, by
):
    for method in BY_ID:
        things = a_client_of(world, own_clients)
        shared(world, own_clients, things)
        told = outcome(world, method, by(own_clients.colleague), things)
        refused = told and told[1]
        expected = "not_main_practitioner" if method in OF_THE_MAIN_PRACTITIONER else None
        assert refused == expected, method.name
        things = a_client_of(world, own_clients)
        assert outcome(world, method, by(own_clients.main), things) is None, method.name


def test_an_owner_is_shown_contacts_of_everybody_and_what_is_said_of_own_clients(
    world, own_clients
):
    for method in BY_ID:
        told = outcome(world, method, own_clients.owner, a_client_of(world, own_clients))
        refused = told and told[1]
        assert refused == ("not_in_caseload" if method in CLINICAL_CALLS else None), method.name


def test_nothing_tells_of_a_hidden_client_without_an_id(world, own_clients):
    """Lists, counts, names, hints and cursors: all as if there were no such client."""
    hidden = a_client_of(world, own_clients)
    asks = own_clients.colleague
    by = Attribution(asks)
    listed = world.run(client_lists.list_clients, ListClients(search="Anna"), by)
    assert (listed.items, listed.total) == ([], 0)
    named = world.run(client_lists.name_clients, NameClients(client_ids=[hidden.client_id]), by)
    assert named.names == {}
    alike = ClientFields(name="Anna Schmidt", email="anna@example.org")
    found = world.run(duplicates.check_duplicates, CheckDuplicates(fields=alike), by)
    assert found.items == []
    command = AddClient(fields=alike, seen_duplicates=[])
    added = world.ask(clients.add_client, command, asks, sealer=world.sealer)
    assert added.possible_duplicates == []
    page = world.ask(access_log.list_access, ListAccess(), asks)
    assert {row.client_id for row in page.items} <= {None, added.client_id}
    cursor = ClientCursor(ClientSort.NAME, hidden.client_id, None).encode()
    with pytest.raises(Invalid):
        world.run(client_lists.list_clients, ListClients(cursor=cursor), by)
    visible = world.ask(caseloads.list_visible_clients, ListVisibleClients(), asks)
    assert visible.client_ids == [added.client_id]
