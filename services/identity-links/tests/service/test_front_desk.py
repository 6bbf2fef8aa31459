"""An assistant of chosen practitioners sees their clients, whatever else the practice shows."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from identity_links.domain.attribution import Attribution
from identity_links.operations import authority, client_lists, clients, links
from portal_contracts.actor import Role, service_actor
from portal_contracts.errors import Forbidden, NotFound
from portal_contracts.identity_links.rpc.access import May
from portal_contracts.identity_links.rpc.clients import (
    AddClient,
    ClientFields,
    GetClient,
    ListClients,
)
from portal_contracts.identity_links.rpc.links import CreateLink
from portal_contracts.identity_links.rpc.targets import LinkCause
from portal_contracts.permissions import Permission


@pytest.fixture
def house(world):
    """Two practitioners, each with a client, and an assistant of the first alone."""
    owner = world.owner()
    mine, other = (world.practitioner(owner.practice_id, Role.PRACTITIONER) for _ in range(2))
    anna = world.client(mine, name="Anna", email="anna@example.org")
    ben = world.client(other, name="Ben", email="ben@example.org")
    desk = world.practitioner(owner.practice_id, Role.ASSISTANT)
    return replace(desk, works_for=(mine.id,)), mine, other, anna, ben


def listed(world, actor):
    page = world.run(client_lists.list_clients, ListClients(), Attribution(actor))
    return {row.name for row in page.items}, page.total


def test_the_clients_are_those_of_whom_one_works_for(world, house):
    desk, _mine, _other, anna, ben = house
    assert listed(world, desk) == ({"Anna"}, 1)
    assert listed(world, replace(desk, works_for=None)) == ({"Anna", "Ben"}, 2)
    world.ask(clients.get_client, GetClient(client_id=anna), desk, sealer=world.sealer)
    with pytest.raises(NotFound):
        world.ask(clients.get_client, GetClient(client_id=ben), desk, sealer=world.sealer)
    for client_id, may in ((anna, True), (ben, False)):
        command = May(actor=desk, client_id=client_id, permission=Permission.APPOINTMENTS_WRITE)
        by = Attribution(service_actor("scheduling"))
        if may:
            world.run(authority.may, command, by, now=world.now)
            continue
        with pytest.raises(NotFound):
            world.run(authority.may, command, by, now=world.now)


def test_a_list_is_narrowed_to_one_practitioner_s_and_tells_of_no_others(world, house):
    desk, mine, other, _anna, _ben = house
    for actor, whose, names in (
        (replace(desk, works_for=None), mine, {"Anna"}),
        (replace(desk, works_for=None), other, {"Ben"}),
        (desk, other, set()),
    ):
        command = ListClients(practitioner_id=whose.id)
        page = world.run(client_lists.list_clients, command, Attribution(actor))
        assert ({row.name for row in page.items}, page.total) == (names, len(names))


def test_whom_an_assistant_adds_the_assistant_sees_again(world, house):
    desk, mine, other, _anna, _ben = house
    for number, works_for in enumerate([(mine.id,), (mine.id, other.id)]):
        adds = replace(desk, works_for=works_for)
        world.client(adds, name=f"New {number}", email=f"new{number}@example.org")
        assert f"New {number}" in listed(world, adds)[0]
    fields = ClientFields(name="Cem", email="cem@example.org")
    command = AddClient(fields=fields, practitioner_id=other.id)
    with pytest.raises(Forbidden):
        world.ask(clients.add_client, command, desk, sealer=world.sealer)


def test_an_assistant_gets_in_as_nobody(world, house):
    desk, _mine, _other, anna, _ben = house
    for assistant in (desk, replace(desk, works_for=None)):
        command = CreateLink(client_id=anna, cause=LinkCause.COPIED, token_hash="0" * 64)
        with pytest.raises(Forbidden):
            world.ask(links.create_link, command, assistant)
