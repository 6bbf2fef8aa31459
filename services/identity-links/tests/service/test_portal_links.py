"""Sharing, copying, listing and revoking links; preparing a mail."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import msgspec
import pytest
from sqlalchemy import select

from identity_links.operations import clients, links, mailing
from identity_links.storage import tables
from portal_contracts.actor import service_actor
from portal_contracts.envelope import Event
from portal_contracts.errors import Conflict, Forbidden, Invalid, NotFound
from portal_contracts.identity_links.events import PortalLinkShared, ShareCause
from portal_contracts.identity_links.rpc.clients import ClientStatus, SetClientStatus
from portal_contracts.identity_links.rpc.entering import EntryOutcome
from portal_contracts.identity_links.rpc.links import (
    CreateLink,
    ListLinks,
    PrepareLink,
    RevokeAllLinks,
    RevokeLink,
    ShareLink,
)
from portal_contracts.identity_links.rpc.targets import (
    LinkCause,
    LinkState,
    Target,
    TargetKind,
)

MAILER = service_actor("notifications")


@pytest.fixture
def owner(world):
    return world.owner(link_days=14)


@pytest.fixture
def anna(world, owner):
    return world.client(owner)


def share(world, owner, client_id, **options):
    return world.ask(links.share_link, ShareLink(client_id=client_id, **options), owner)


def prepare(world, link_id, token_hash, actor=MAILER):
    command = PrepareLink(link_id=link_id, token_hash=token_hash)
    return world.ask(mailing.prepare_link, command, actor)


def listed(world, owner, client_id):
    return world.ask(links.list_links, ListLinks(client_id=client_id), owner).items


def events(world):
    with world.database.transaction() as tx:
        bodies = tx.execute(select(tables.chassis.outbox.c.body)).scalars().all()
    return [msgspec.json.decode(bytes(body), type=Event[PortalLinkShared]) for body in bodies]


def test_sharing_publishes_logs_and_lasts_the_practice_s_days(world, owner, anna):
    created = share(world, owner, anna)
    assert created.expires_at == world.now + timedelta(days=14)
    [event] = events(world)
    assert event.type == PortalLinkShared.TYPE
    assert (event.practice_id, event.actor) == (owner.practice_id, owner)
    assert event.data == PortalLinkShared(
        link_id=created.link_id, client_id=anna, cause=ShareCause.SHARED
    )
    row = world.log(owner.practice_id)[-1]
    assert (row.act, row.client_id, row.subject_id) == ("link.shared", anna, created.link_id)


def test_several_links_live_side_by_side(world, owner, anna):
    first = share(world, owner, anna)
    world.later(minutes=1)
    second = share(world, owner, anna)
    found = listed(world, owner, anna)
    assert [one.id for one in found] == [second.link_id, first.link_id]
    assert {one.state for one in found} == {LinkState.LIVE}


def test_a_copied_link_works_at_once_and_is_not_mailed(world, owner, anna, fresh_hash):
    link = world.link(owner, anna)
    assert events(world) == []
    assert world.redeem(link.token_hash).outcome is EntryOutcome.ENTERED
    assert ("link.created", "done") in world.acts(owner.practice_id)


@pytest.mark.parametrize("cause", [LinkCause.SHARED, LinkCause.REQUESTED, LinkCause.MAILED])
def test_only_copied_links_and_qr_codes_are_made_with_a_token(
    world, owner, anna, cause, fresh_hash
):
    command = CreateLink(client_id=anna, cause=cause, token_hash=fresh_hash())
    with pytest.raises(Invalid) as refused:
        world.ask(links.create_link, command, owner)
    assert refused.value.code == "cause_not_allowed"


def test_one_token_belongs_to_one_link(world, owner, anna):
    link = world.link(owner, anna)
    command = CreateLink(client_id=anna, cause=LinkCause.QR, token_hash=link.token_hash)
    with pytest.raises(Conflict) as refused:
        world.ask(links.create_link, command, owner)
    assert refused.value.code == "token_taken"


@pytest.mark.parametrize(
    "target", [Target(kind=TargetKind.FORM), Target(kind=TargetKind.HOME, id=uuid4())]
)
def test_an_incomplete_target_is_refused(world, owner, anna, target):
    with pytest.raises(Invalid) as refused:
        share(world, owner, anna, target=target)
    assert refused.value.code == "target_incomplete"


def test_an_archived_client_gets_no_link(world, owner, anna):
    command = SetClientStatus(client_id=anna, status=ClientStatus.ARCHIVED)
    world.ask(clients.set_client_status, command, owner)
    with pytest.raises(Conflict) as refused:
        share(world, owner, anna)
    assert refused.value.code == "client_archived"


def test_revoking_kills_every_token_of_a_link(world, owner, anna, fresh_hash):
    created = share(world, owner, anna)
    tokens = [fresh_hash(), fresh_hash()]
    for token in tokens:
        prepare(world, created.link_id, token)
    world.ask(links.revoke_link, RevokeLink(link_id=created.link_id), owner)
    assert [world.redeem(token).standing.state for token in tokens] == [LinkState.REVOKED] * 2


def test_revoking_twice_is_done_and_logged_once(world, owner, anna):
    created = share(world, owner, anna)
    for _ in range(2):
        world.ask(links.revoke_link, RevokeLink(link_id=created.link_id), owner)
    assert world.acts(owner.practice_id).count(("link.revoked", "done")) == 1


def test_revoking_one_link_leaves_devices_in(world, owner, anna, fresh_hash):
    link = world.link(owner, anna)
    cookie = fresh_hash()
    world.redeem(link.token_hash, device_hash=cookie)
    world.ask(links.revoke_link, RevokeLink(link_id=link.id), owner)
    other = world.link(owner, anna)
    entry = world.redeem(other.token_hash, current_device_hash=cookie)
    assert entry.outcome is EntryOutcome.ALREADY_IN


def test_revoking_all_ends_links_and_devices(world, owner, anna, fresh_hash):
    first, second, cookie = world.link(owner, anna), world.link(owner, anna), fresh_hash()
    world.redeem(first.token_hash, device_hash=cookie)
    world.ask(links.revoke_all_links, RevokeAllLinks(client_id=anna), owner)
    assert world.redeem(second.token_hash).standing.state is LinkState.REVOKED
    new = world.link(owner, anna)
    entry = world.redeem(new.token_hash, current_device_hash=cookie)
    assert entry.outcome is EntryOutcome.ENTERED
    acts = world.acts(owner.practice_id)
    assert acts.count(("link.revoked", "done")) == 2
    assert acts.count(("device.revoked", "done")) == 1


def test_revoking_all_of_nothing_is_done(world, owner, anna):
    before = world.acts(owner.practice_id)
    world.ask(links.revoke_all_links, RevokeAllLinks(client_id=anna), owner)
    assert world.acts(owner.practice_id) == before


def test_a_mail_is_written_from_the_facts_of_the_moment(world, owner, fresh_hash):
    anna = world.client(owner, preferred_name="Anni", language="de", timezone="Europe/Vienna")
    created = share(world, owner, anna)
    facts = prepare(world, created.link_id, fresh_hash())
    assert facts.state is LinkState.LIVE
    assert (facts.email, facts.greeting_name, facts.client_name) == (
        "anna@example.org",
        "Anni",
        "Anna Schmidt",
    )
    assert (facts.language, facts.timezone) == ("de", "Europe/Vienna")
    assert (facts.practice.id, facts.cause) == (owner.practice_id, LinkCause.SHARED)
    assert facts.expires_at == created.expires_at


def test_preparing_again_with_the_same_token_is_the_same(world, owner, anna, fresh_hash):
    created, token = share(world, owner, anna), fresh_hash()
    assert prepare(world, created.link_id, token) == prepare(world, created.link_id, token)
    assert world.redeem(token).outcome is EntryOutcome.ENTERED


def test_a_dead_link_takes_no_token(world, owner, anna, fresh_hash):
    created, token = share(world, owner, anna), fresh_hash()
    world.ask(links.revoke_link, RevokeLink(link_id=created.link_id), owner)
    assert prepare(world, created.link_id, token).state is LinkState.REVOKED
    assert world.redeem(token).standing.state is LinkState.UNKNOWN


def test_an_archived_client_is_told_of_before_sending(world, owner, anna, fresh_hash):
    created = share(world, owner, anna)
    command = SetClientStatus(client_id=anna, status=ClientStatus.ARCHIVED)
    world.ask(clients.set_client_status, command, owner)
    facts = prepare(world, created.link_id, fresh_hash())
    assert not facts.client_active
    assert facts.state is LinkState.REVOKED


def test_only_services_prepare_mails(world, owner, anna, fresh_hash):
    created = share(world, owner, anna)
    with pytest.raises(Forbidden):
        prepare(world, created.link_id, fresh_hash(), owner)
    with pytest.raises(NotFound):
        prepare(world, uuid4(), fresh_hash())
    other = world.link(owner, anna)
    with pytest.raises(Conflict):
        prepare(world, created.link_id, other.token_hash)
