"""A client's e-mail address: what a change of it ends, and when it has to be confirmed."""

from __future__ import annotations

import msgspec
import pytest
from msgspec.structs import replace
from sqlalchemy import select

from identity_links.domain.attribution import Attribution
from identity_links.operations import (
    addresses,
    client_lists,
    clients,
    entering,
    links,
    mailing,
    new_links,
)
from identity_links.storage import tables
from portal_contracts.actor import NOBODY, Role, service_actor
from portal_contracts.errors import Conflict, Forbidden
from portal_contracts.identity_links.rpc.clients import (
    ClientFields,
    ClientStatus,
    EditClient,
    GetClient,
    ListClients,
    SetClientStatus,
    SettleAddress,
)
from portal_contracts.identity_links.rpc.entering import (
    EntryOutcome,
    InspectLink,
    RenewLink,
    RequestLink,
)
from portal_contracts.identity_links.rpc.links import (
    ListLinks,
    PrepareLink,
    PrepareMailLink,
    ShareLink,
)
from portal_contracts.identity_links.rpc.targets import LinkState, Target, TargetKind
from portal_contracts.permissions import PORTAL_SHOWS, REVEALING, Permission

FORMER, NEW = "anna@example.org", "anna@new.example"
NOTIFICATIONS = service_actor("notifications")


@pytest.fixture
def owner(world):
    return world.owner()


@pytest.fixture
def desk(world, owner):
    return world.practitioner(owner.practice_id, Role.ASSISTANT)


@pytest.fixture
def anna(world, owner):
    return world.client(owner)


def details(world, actor, client_id):
    command = GetClient(client_id=client_id, with_remark=False)
    return world.ask(clients.get_client, command, actor, sealer=world.sealer)


def change(world, actor, client_id, email, **options):
    version = details(world, actor, client_id).version
    command = EditClient(
        client_id=client_id,
        version=version,
        fields=ClientFields(name="Anna Schmidt", email=email),
        **options,
    )
    return world.ask(clients.edit_client, command, actor, sealer=world.sealer)


def settle(world, operation, actor, client_id):
    version = details(world, actor, client_id).version
    return world.ask(operation, SettleAddress(client_id=client_id, version=version), actor)


def mail_link(world, client_id, delivery_id, token_hash):
    """A mail about an appointment is about to be written."""
    command = PrepareMailLink(
        delivery_id=delivery_id,
        client_id=client_id,
        target=Target(kind=TargetKind.APPOINTMENT, id=delivery_id),
        token_hash=token_hash,
    )
    return world.ask(mailing.prepare_mail_link, command, NOTIFICATIONS)


def request_by(world, email):
    world.later(hours=1)
    world.ask(new_links.request_link, RequestLink(email=email), NOBODY)
    while world.run(new_links.answer_request, now=world.now):
        pass


def published(world):
    """The types of the events, in order, and their clients."""
    with world.database.transaction() as tx:
        outbox = tables.chassis.outbox
        bodies = tx.execute(select(outbox.c.body).order_by(outbox.c.id)).scalars()
        events = [msgspec.json.decode(bytes(body)) for body in bodies]
    return [(event["type"].split(".")[1], event["data"]["client_id"]) for event in events]


# --- a link belongs to the address it was mailed to ---------------------------------------


def test_a_change_revokes_what_was_mailed_to_the_former_address(world, owner, anna):
    mailed, copied = world.mailed_link(owner, anna), world.link(owner, anna)
    change(world, owner, anna, NEW)
    assert world.redeem(mailed.token_hash).outcome is EntryOutcome.DEAD
    assert world.redeem(copied.token_hash).outcome is EntryOutcome.ENTERED
    rows = [row for row in world.log(owner.practice_id) if row.act == "link.revoked"]
    assert [(row.subject_id, row.detail, row.actor_id) for row in rows] == [
        (mailed.id, "client.address_changed", owner.id)
    ]
    assert ("client.address_changed", "done") in world.acts(owner.practice_id)


def test_a_change_of_something_else_revokes_nothing(world, owner, anna):
    mailed = world.mailed_link(owner, anna)
    change(world, owner, anna, FORMER)
    assert world.redeem(mailed.token_hash).outcome is EntryOutcome.ENTERED
    assert ("client.address_changed", "done") not in world.acts(owner.practice_id)


def test_a_link_of_a_former_address_stays_dead_when_that_address_comes_back(world, owner, anna):
    mailed = world.mailed_link(owner, anna)
    change(world, owner, anna, NEW)
    change(world, owner, anna, FORMER)
    assert world.redeem(mailed.token_hash).outcome is EntryOutcome.DEAD


@pytest.mark.parametrize("end_devices", [True, False])
def test_a_change_ends_the_devices_if_that_is_wished(world, owner, anna, end_devices):
    cookie = world.enter(owner, anna)
    change(world, owner, anna, NEW, end_devices=end_devices)
    with world.database.transaction() as tx:
        ended = select(tables.device.c.ended_at).where(tables.device.c.device_hash == cookie)
        assert (tx.execute(ended).scalar_one() is not None) == end_devices
    assert (("device.revoked", "done") in world.acts(owner.practice_id)) == end_devices


def test_whoever_holds_a_dead_link_learns_nothing_of_the_client(world, owner, anna):
    mailed = world.mailed_link(owner, anna)
    expired = world.mailed_link(owner, anna)
    world.later(days=31)
    change(world, owner, anna, NEW)
    for link in (mailed, expired):
        command = InspectLink(token_hash=link.token_hash)
        standing = world.run(entering.inspect_link, command, now=world.now)
        assert standing.state is LinkState.REVOKED
        assert (standing.email_masked, standing.first_name, standing.client_id) == (None,) * 3


def test_the_former_address_asks_for_nothing(world, owner, anna):
    mailed = world.mailed_link(owner, anna)
    world.later(days=31)
    change(world, owner, anna, NEW)
    before = published(world)
    request_by(world, FORMER)
    world.ask(new_links.renew_link, RenewLink(token_hash=mailed.token_hash), NOBODY)
    assert published(world) == before
    request_by(world, NEW)
    assert len(published(world)) == len(before) + 1


def test_a_link_that_waits_to_be_mailed_goes_to_nobody_once_the_address_changed(
    world, owner, anna, fresh_hash
):
    shared = world.ask(links.share_link, ShareLink(client_id=anna), owner)
    change(world, owner, anna, NEW)
    token = fresh_hash()
    prepare = PrepareLink(link_id=shared.link_id, token_hash=token)
    facts = world.ask(mailing.prepare_link, prepare, NOTIFICATIONS)
    assert (facts.state, facts.address_changed) == (LinkState.REVOKED, True)
    assert world.redeem(token).standing.state is LinkState.UNKNOWN


def test_another_mail_that_waits_gets_a_link_for_the_new_address(world, owner, anna, fresh_hash):
    delivery_id, first, second = world.client(owner), fresh_hash(), fresh_hash()
    assert mail_link(world, anna, delivery_id, first).email == FORMER
    change(world, owner, anna, NEW)
    facts = mail_link(world, anna, delivery_id, second)
    assert (facts.state, facts.email, facts.address_changed) == (LinkState.LIVE, NEW, False)
    assert world.redeem(first).outcome is EntryOutcome.DEAD
    assert world.redeem(second).outcome is EntryOutcome.ENTERED
    listed = world.ask(links.list_links, ListLinks(client_id=anna), owner).items
    assert sorted(one.state for one in listed) == [LinkState.LIVE, LinkState.REVOKED]


# --- an address that waits to be confirmed ------------------------------------------------


def test_a_new_address_by_the_desk_waits_and_says_whose_it_was(world, owner, desk, anna):
    change(world, desk, anna, NEW)
    found = details(world, owner, anna)
    assert found.email == NEW
    assert found.waiting_address.former_email == FORMER
    assert found.waiting_address.changed_by == "Dr Rivera"
    listed = world.run(
        client_lists.list_clients, ListClients(address_waits=True), Attribution(owner)
    )
    assert [row.id for row in listed.items] == [anna]


def test_a_client_whom_the_desk_adds_has_nothing_to_be_confirmed(world, owner, desk):
    added = world.client(desk, email=NEW)
    assert details(world, owner, added).waiting_address is None


@pytest.mark.parametrize(
    "missing", sorted(REVEALING), ids=lambda permission: permission.replace(".", "-")
)
def test_a_token_that_lacks_one_permission_counts_as_the_desk(world, owner, anna, missing):
    everything = replace(owner, scopes=tuple(map(str, Permission)))
    lesser = replace(owner, scopes=tuple(str(one) for one in Permission if one is not missing))
    if missing is not Permission.CLIENTS_READ:
        change(world, lesser, anna, NEW)
        assert details(world, owner, anna).waiting_address is not None
        with pytest.raises(Forbidden) as refused:
            settle(world, addresses.confirm_address, lesser, anna)
        assert refused.value.fields == {str(missing): "missing"}
    change(world, everything, anna, "anna@third.example")
    assert details(world, owner, anna).waiting_address is None


def test_nothing_is_mailed_while_it_waits(world, owner, desk, anna, fresh_hash):
    change(world, desk, anna, NEW)
    with pytest.raises(Conflict, match="address_waits"):
        world.ask(links.share_link, ShareLink(client_id=anna), owner)
    token = fresh_hash()
    facts = mail_link(world, anna, anna, token)
    assert (facts.state, facts.email, facts.address_confirmed) == (LinkState.REVOKED, "", False)
    assert world.redeem(token).standing.state is LinkState.UNKNOWN
    before = published(world)
    for email in (NEW, FORMER):
        request_by(world, email)
    assert published(world) == before


def test_a_second_client_with_the_address_opens_no_door_to_the_first(world, desk, anna):
    change(world, desk, anna, NEW)
    second = world.client(desk, name="Nobody", email=NEW)
    request_by(world, NEW)
    assert published(world)[-1] == ("portal_link", str(second))
    assert ("portal_link", str(anna)) not in published(world)


def test_archiving_and_restoring_confirms_nothing(world, owner, desk, anna):
    change(world, desk, anna, NEW)
    for status in (ClientStatus.ARCHIVED, ClientStatus.ACTIVE):
        command = SetClientStatus(client_id=anna, status=status)
        world.ask(clients.set_client_status, command, desk)
    assert details(world, owner, anna).waiting_address is not None


def test_saving_the_form_for_another_reason_confirms_nothing(world, owner, desk, anna):
    change(world, desk, anna, NEW)
    change(world, owner, anna, NEW)
    assert details(world, owner, anna).waiting_address is not None


def test_confirming_lets_mails_go(world, owner, desk, anna, fresh_hash):
    change(world, desk, anna, NEW)
    settle(world, addresses.confirm_address, owner, anna)
    assert details(world, owner, anna).waiting_address is None
    assert published(world)[-1] == ("client_address", str(anna))
    assert mail_link(world, anna, anna, fresh_hash()).email == NEW
    assert world.acts(owner.practice_id)[-1] == ("client.address_confirmed", "done")


def test_the_desk_confirms_nothing_but_may_put_the_former_address_back(world, owner, desk, anna):
    change(world, desk, anna, NEW)
    with pytest.raises(Forbidden, match="reveal_not_allowed"):
        settle(world, addresses.confirm_address, desk, anna)
    settle(world, addresses.restore_address, desk, anna)
    found = details(world, owner, anna)
    assert (found.email, found.waiting_address) == (FORMER, None)
    assert published(world)[-1] == ("client_address", str(anna))


def test_nobody_confirms_an_address_unseen(world, owner, desk, anna):
    change(world, desk, anna, NEW)
    seen = details(world, owner, anna).version
    change(world, desk, anna, "anna@third.example")
    command = SettleAddress(client_id=anna, version=seen)
    for operation in (addresses.confirm_address, addresses.restore_address):
        with pytest.raises(Conflict, match="stale_version"):
            world.ask(operation, command, owner)


def test_what_does_not_wait_is_not_settled(world, owner, anna):
    for operation in (addresses.confirm_address, addresses.restore_address):
        with pytest.raises(Conflict, match="address_settled"):
            settle(world, operation, owner, anna)


def test_whoever_may_see_links_settles_it_by_writing_an_address(world, owner, desk, anna):
    change(world, desk, anna, NEW)
    change(world, owner, anna, "anna@third.example")
    assert details(world, owner, anna).waiting_address is None
    assert published(world)[-1] == ("client_address", str(anna))


def test_what_a_portal_shows_is_within_what_a_practitioner_may():
    assert Permission.ANSWERS_READ in PORTAL_SHOWS
    assert {Permission.LINKS_REVEAL} == REVEALING - PORTAL_SHOWS
