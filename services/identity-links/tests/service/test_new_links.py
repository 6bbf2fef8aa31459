"""A client asks for a new link, by a dead one or by e-mail address."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import msgspec
import pytest
from sqlalchemy import func, select

from identity_links.operations import clients, links, new_links
from identity_links.storage import tables
from portal_contracts.envelope import Event
from portal_contracts.identity_links.events import PortalLinkShared, ShareCause
from portal_contracts.identity_links.rpc.clients import ClientStatus, SetClientStatus
from portal_contracts.identity_links.rpc.entering import LinkRequested, RenewLink, RequestLink
from portal_contracts.identity_links.rpc.links import ListLinks, RevokeLink
from portal_contracts.identity_links.rpc.targets import LinkCause, LinkState, Target, TargetKind


@pytest.fixture
def owner(world):
    return world.owner()


@pytest.fixture
def anna(world, owner):
    return world.client(owner)


def request(world, email="anna@example.org", address="192.0.2.7"):
    return world.ask(new_links.request_link, RequestLink(email=email, address=address))


def renew(world, token_hash, address="192.0.2.7"):
    command = RenewLink(token_hash=token_hash, address=address)
    return world.ask(new_links.renew_link, command)


def answer_all(world):
    """What the job does; how many requests it answered."""
    answered = 0
    while world.run(new_links.answer_request, now=world.now):
        answered += 1
    return answered


def mailed(world):
    """The clients of the published events, in order."""
    with world.database.transaction() as tx:
        rows = tx.execute(
            select(tables.chassis.outbox.c.body).order_by(tables.chassis.outbox.c.id)
        ).scalars()
        events = [msgspec.json.decode(bytes(body), type=Event[PortalLinkShared]) for body in rows]
    assert all(event.data.cause is ShareCause.REQUESTED for event in events)
    return [event.data.client_id for event in events]


def waiting(world):
    with world.database.transaction() as tx:
        return tx.execute(select(func.count()).select_from(tables.link_request)).scalar_one()


@pytest.fixture
def expired(world, owner, anna):
    link = world.link(owner, anna)
    world.later(days=30)
    return link


def test_the_link_opens_what_was_asked_for(world, owner, anna):
    target = Target(kind=TargetKind.APPOINTMENT, id=uuid4())
    command = RequestLink(email="anna@example.org", address="192.0.2.7", target=target)
    world.ask(new_links.request_link, command)
    answer_all(world)
    with world.database.transaction() as tx:
        row = tx.execute(select(tables.portal_link)).one()
    assert (row.client_id, row.target_kind, row.target_id) == (anna, "appointment", target.id)


@pytest.mark.parametrize(
    "email", ["anna@example.org", "nobody@example.org", "no address", "", "anna\x00@example.org"]
)
def test_every_address_gets_the_same_answer_and_the_same_work(world, anna, email):
    assert request(world, email) == LinkRequested(retry_after_seconds=60)
    assert waiting(world) == 1
    assert answer_all(world) == 1
    assert waiting(world) == 0


def test_a_known_address_is_mailed_whatever_its_case(world, owner, anna):
    request(world, " ANNA@Example.ORG ")
    answer_all(world)
    assert mailed(world) == [anna]
    row = world.log(owner.practice_id)[-1]
    assert (row.act, row.outcome, row.actor_kind) == ("link.requested", "done", "nobody")
    assert (row.client_id, row.address) == (anna, "192.0.2.7")


def test_everyone_with_the_address_is_mailed_in_every_practice(world, owner, anna):
    ben = world.client(owner, name="Ben")
    elsewhere = world.client(world.owner())
    request(world)
    answer_all(world)
    assert sorted(mailed(world)) == sorted([anna, ben, elsewhere])


def test_an_archived_client_is_not_mailed(world, owner, anna):
    command = SetClientStatus(client_id=anna, status=ClientStatus.ARCHIVED)
    world.ask(clients.set_client_status, command, owner)
    request(world)
    answer_all(world)
    assert mailed(world) == []


def test_asking_again_makes_sense_after_a_minute(world, anna):
    request(world)
    world.later(seconds=20)
    assert request(world).retry_after_seconds == 40
    assert waiting(world) == 1
    world.later(seconds=40)
    assert request(world).retry_after_seconds == 60
    assert waiting(world) == 2


def test_waits_grow_alike_for_known_and_unknown_addresses(world, anna):
    answers = {"anna@example.org": [], "nobody@example.org": []}
    for _ in range(30):
        world.later(seconds=60)
        for number, (email, found) in enumerate(answers.items()):
            found.append(request(world, email, f"192.0.2.{number}"))
    known, unknown = answers.values()
    assert known == unknown
    assert max(one.retry_after_seconds for one in known) > 60


def test_one_network_may_not_ask_for_everybody(world):
    waits = [
        request(world, f"person{number}@example.org").retry_after_seconds for number in range(30)
    ]
    assert waits[:20] == [60] * 20
    assert waiting(world) == 20
    assert request(world, "other@example.org", "198.51.100.1").retry_after_seconds == 60
    assert waiting(world) == 21


def test_a_client_is_mailed_once_a_minute_however_she_is_asked_for(world, owner, anna, expired):
    renew(world, expired.token_hash)
    request(world)
    answer_all(world)
    assert mailed(world) == [anna]
    row = world.log(owner.practice_id)[-1]
    assert (row.act, row.outcome, row.reason) == ("link.requested", "denied", "too_many_tries")


def test_a_dead_link_is_renewed_with_its_target(world, owner, anna, expired):
    assert renew(world, expired.token_hash) == LinkRequested(retry_after_seconds=60)
    assert mailed(world) == [anna]
    found = world.ask(links.list_links, ListLinks(client_id=anna), owner).items
    assert found[0].cause is LinkCause.REQUESTED
    assert ("link.requested", "done") in world.acts(owner.practice_id)


def test_an_expired_link_offers_a_new_one(world, owner, anna):
    link = world.link(owner, anna)
    world.now += timedelta(days=31)
    renew(world, link.token_hash)
    assert mailed(world) == [anna]


def test_what_is_not_dead_and_known_is_not_renewed_but_answered_alike(
    world, owner, anna, fresh_hash
):
    live = world.link(owner, anna)
    for token in (live.token_hash, fresh_hash()):
        assert renew(world, token) == LinkRequested(retry_after_seconds=60)
    assert mailed(world) == []


def test_a_revoked_link_brings_a_new_one_to_the_address_on_file(world, owner, anna):
    link = world.link(owner, anna)
    world.ask(links.revoke_link, RevokeLink(link_id=link.id), owner)
    assert renew(world, link.token_hash) == LinkRequested(retry_after_seconds=60)
    assert mailed(world) == [anna]
    world.later(seconds=30)
    assert renew(world, link.token_hash) == LinkRequested(retry_after_seconds=30)
    assert mailed(world) == [anna]


def test_an_archived_client_s_link_is_not_renewed(world, owner, anna, expired):
    command = SetClientStatus(client_id=anna, status=ClientStatus.ARCHIVED)
    world.ask(clients.set_client_status, command, owner)
    assert renew(world, expired.token_hash) == LinkRequested(retry_after_seconds=60)
    assert mailed(world) == []


def test_renewing_twice_in_a_minute_mails_once(world, anna, expired):
    renew(world, expired.token_hash)
    world.later(seconds=15)
    assert renew(world, expired.token_hash).retry_after_seconds == 45
    assert mailed(world) == [anna]


def test_counting_stores_no_address_that_was_typed(world):
    request(world, "somebody@example.org")
    answer_all(world)
    with world.database.transaction() as tx:
        keys = tx.execute(select(tables.throttle.c.key)).scalars().all()
    assert keys
    assert not [key for key in keys if "somebody" in key]


def test_a_newer_link_takes_the_place_of_those_asked_for_before_and_of_no_other(
    world, owner, anna, expired
):
    shared = world.link(owner, anna)
    for _ in range(3):
        renew(world, expired.token_hash)
        world.later(hours=2)
    ben = world.client(owner, name="Ben")
    found = world.ask(links.list_links, ListLinks(client_id=anna), owner).items
    asked_for = [one for one in found if one.cause is LinkCause.REQUESTED]
    assert [one.state for one in asked_for] == [
        LinkState.LIVE,
        LinkState.EXPIRED,
        LinkState.EXPIRED,
    ]
    assert next(one.state for one in found if one.id == shared.id) is LinkState.LIVE
    assert world.ask(links.list_links, ListLinks(client_id=ben), owner).items == []
