"""The link that comes with another mail, and the facts mails are written from."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import uuid4

import pytest
from msgspec import structs

from identity_links.domain.attribution import Attribution
from identity_links.operations import clients, colleagues, links, mailing
from portal_contracts.actor import NOBODY, Role, service_actor
from portal_contracts.errors import Conflict, Forbidden, Invalid, NotFound
from portal_contracts.identity_links.rpc.clients import ClientStatus, SetClientStatus
from portal_contracts.identity_links.rpc.entering import EntryOutcome
from portal_contracts.identity_links.rpc.links import (
    ListLinks,
    PrepareMailLink,
    ReadPractitionerFacts,
    RevokeLink,
)
from portal_contracts.identity_links.rpc.targets import LinkCause, LinkState, Target, TargetKind
from tests.kit.statements import work_of_this_process

MAILER = service_actor("notifications")


@pytest.fixture
def owner(world):
    return world.owner(link_days=14, timezone="Europe/London")


@pytest.fixture
def anna(world, owner):
    return world.client(owner)


@pytest.fixture
def appointment():
    return Target(kind=TargetKind.APPOINTMENT, id=uuid4())


@pytest.fixture
def prepare(world, anna, appointment, fresh_hash):
    delivery_id = uuid4()

    def ask(actor=MAILER, **changes):
        given = {
            "delivery_id": delivery_id,
            "client_id": anna,
            "target": appointment,
            "token_hash": fresh_hash(),
        }
        return world.ask(mailing.prepare_mail_link, PrepareMailLink(**(given | changes)), actor)

    return ask


def listed(world, owner, client_id):
    return world.ask(links.list_links, ListLinks(client_id=client_id), owner).items


def archive(world, owner, client_id):
    command = SetClientStatus(client_id=client_id, status=ClientStatus.ARCHIVED)
    world.ask(clients.set_client_status, command, owner)


def test_a_delivery_gets_one_link_and_every_attempt_s_token_opens_it(
    world, owner, anna, prepare, appointment, fresh_hash
):
    tokens = [fresh_hash(), fresh_hash()]
    first = prepare(token_hash=tokens[0])
    world.later(hours=1)
    assert prepare(token_hash=tokens[1]) == prepare(token_hash=tokens[1]) == first
    assert (first.state, first.cause, first.target) == (
        LinkState.LIVE,
        LinkCause.MAILED,
        appointment,
    )
    assert first.expires_at == world.now - timedelta(hours=1) + timedelta(days=14)
    [link] = listed(world, owner, anna)
    assert (link.cause, link.target) == (LinkCause.MAILED, appointment)
    entries = [world.redeem(token) for token in tokens]
    assert [one.outcome for one in entries] == [EntryOutcome.ENTERED] * 2
    assert {one.standing.target for one in entries} == {appointment}


def test_another_delivery_gets_a_link_of_its_own(world, owner, anna, prepare):
    prepare()
    prepare(delivery_id=uuid4())
    assert len(listed(world, owner, anna)) == 2


def test_asked_twice_at_one_moment_one_link_is_made(world, owner, anna, prepare):
    with ThreadPoolExecutor(2) as pool:
        found = list(pool.map(lambda _: prepare(), range(2)))
    assert found[0] == found[1]
    assert len(listed(world, owner, anna)) == 1


def test_a_revoked_link_stays_so_and_takes_no_token(world, owner, anna, prepare, fresh_hash):
    prepare()
    [link] = listed(world, owner, anna)
    world.ask(links.revoke_link, RevokeLink(link_id=link.id), owner)
    token = fresh_hash()
    assert prepare(token_hash=token).state is LinkState.REVOKED
    assert world.redeem(token).standing.state is LinkState.UNKNOWN


def test_an_archived_client_gets_no_link_and_the_facts_say_so(
    world, owner, anna, prepare, appointment, fresh_hash
):
    archive(world, owner, anna)
    token = fresh_hash()
    facts = prepare(token_hash=token)
    assert (facts.client_active, facts.state) == (False, LinkState.REVOKED)
    assert (facts.client_id, facts.target) == (anna, appointment)
    assert listed(world, owner, anna) == []
    assert world.redeem(token).standing.state is LinkState.UNKNOWN


def test_what_does_not_fit_is_refused(world, owner, prepare):
    prepare()
    other = world.link(owner, world.client(owner, name="Ben"))
    for error, changes in (
        (Forbidden, {"actor": owner}),
        (Forbidden, {"actor": NOBODY}),
        (NotFound, {"client_id": uuid4()}),
        (NotFound, {"client_id": world.client(owner, name="Cem")}),
        (Invalid, {"target": Target(kind=TargetKind.FORM)}),
        (Conflict, {"token_hash": other.token_hash}),
    ):
        with pytest.raises(error):
            prepare(**changes)


def test_a_mail_to_a_practitioner_is_written_in_her_practice_s_zone(world, owner):
    command = ReadPractitionerFacts(practitioner_id=owner.id)
    facts = world.ask(read_facts, command, MAILER)
    assert (facts.practitioner_id, facts.name, facts.email) == (
        owner.id,
        "Dr Rivera",
        "dr1@practice.example",
    )
    assert (facts.timezone, facts.practice.id) == ("Europe/London", owner.practice_id)
    with pytest.raises(Forbidden):
        world.ask(read_facts, command, owner)
    with pytest.raises(NotFound):
        world.ask(read_facts, ReadPractitionerFacts(practitioner_id=uuid4()), MAILER)


def test_clients_and_practitioners_see_who_works_in_their_practice(world, owner, anna, as_client):
    colleague = world.practitioner(owner.practice_id, Role.ASSISTANT)
    world.owner()
    for actor in (owner, colleague, as_client(anna, owner.practice_id)):
        found = world.run(colleagues.list_practitioners, Attribution(actor)).items
        assert {(one.id, one.role) for one in found} == {
            (owner.id, Role.OWNER),
            (colleague.id, Role.ASSISTANT),
        }
    for actor in (NOBODY, MAILER):
        with pytest.raises(Forbidden):
            world.run(colleagues.list_practitioners, Attribution(actor))


def read_facts(tx, command, caller, *, now):
    del now
    return mailing.read_practitioner_facts(tx, command, caller)


def test_whom_is_written_to_next_is_told_of_along_with_the_link(world, owner, prepare):
    facts = prepare(also_to=owner.id)
    command = ReadPractitionerFacts(practitioner_id=owner.id)
    assert facts.practitioner == world.ask(read_facts, command, MAILER)
    assert facts == structs.replace(prepare(), practitioner=facts.practitioner)


def test_nobody_of_another_practice_is_told_of_along_with_a_link(world, prepare):
    assert prepare(also_to=world.owner().id).practitioner is None
    assert prepare(also_to=uuid4()).practitioner is None


def test_what_two_mails_are_written_from_takes_two_statements(owner, prepare):
    with work_of_this_process() as work:
        prepare(also_to=owner.id)
    assert len(work.statements) == 2, work.statements
