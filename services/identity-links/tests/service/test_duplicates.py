"""A client like one who is there is hinted at, and added all the same."""

from __future__ import annotations

from datetime import date

import pytest
from msgspec.structs import replace

from identity_links.domain.attribution import Attribution
from identity_links.operations import clients, duplicates, erasing
from portal_contracts.actor import Role
from portal_contracts.errors import Forbidden, NotFound
from portal_contracts.identity_links.rpc.clients import (
    AddClient,
    ClientFields,
    ClientStatus,
    SetClientStatus,
)
from portal_contracts.identity_links.rpc.duplicates import (
    MOST_DUPLICATES,
    Alike,
    CheckDuplicates,
    ListDuplicates,
)
from portal_contracts.permissions import Permission

BORN = date(1985, 3, 27)
ANNA = {
    "name": "Anna Müller", "email": "anna@example.org", "phone": "+49 171 2345678",
    "date_of_birth": BORN,
}  # fmt: skip
ALL = [Alike.EMAIL, Alike.PHONE, Alike.NAME_AND_BIRTH]


@pytest.fixture
def owner(world):
    return world.owner()


@pytest.fixture
def anna(world, owner):
    return world.client(owner, **ANNA)


def added(world, actor, **fields):
    command = AddClient(fields=ClientFields(**({"name": "Ben", "email": "b@x.example"} | fields)))
    return world.ask(clients.add_client, command, actor, sealer=world.sealer)


def checked(world, actor, **fields):
    given = ClientFields(**({"name": "Ben", "email": ""} | fields))
    command = CheckDuplicates(fields=given)
    return world.run(duplicates.check_duplicates, command, Attribution(actor)).items


def listed(world, actor, client_id):
    command = ListDuplicates(client_id=client_id)
    return world.run(duplicates.list_duplicates, command, Attribution(actor), now=world.now).items


@pytest.mark.parametrize(
    ("fields", "same"),
    [
        ({"email": "ANNA@example.org"}, [Alike.EMAIL]),
        ({"phone": "0171/234 56 78"}, [Alike.PHONE]),
        ({"name": "mueller anna", "date_of_birth": BORN}, [Alike.NAME_AND_BIRTH]),
        (ANNA, ALL),
        ({"name": "Anna Müller"}, []),
        ({"phone": "0171 234567"}, []),
        ({"email": "not an address", "phone": "%"}, []),
    ],
)
def test_who_is_there_already_is_named_before_and_after_adding(world, owner, anna, fields, same):
    world.client(world.owner(), **ANNA)
    world.client(owner, name="Cem Fuchs", email="cem@example.org", date_of_birth=BORN)
    assert [(one.id, one.alike) for one in checked(world, owner, **fields)] == (
        [(anna, same)] if same else []
    )
    if fields.get("phone") == "%":
        return
    fresh = added(world, owner, **fields)
    assert fresh.possible_duplicates == ([anna] if same else [])
    assert [one.id for one in listed(world, owner, anna)] == ([fresh.client_id] if same else [])
    assert [one.id for one in listed(world, owner, fresh.client_id)] == ([anna] if same else [])


def test_an_archived_client_is_named_as_such_and_an_erased_one_is_not(world, owner, anna):
    command = SetClientStatus(client_id=anna, status=ClientStatus.ARCHIVED)
    world.ask(clients.set_client_status, command, owner)
    assert [one.status for one in checked(world, owner, **ANNA)] == [ClientStatus.ARCHIVED]
    world.run(erasing.erase_client, anna, Attribution(owner), now=world.now)
    assert checked(world, owner, **ANNA) == []


def test_the_most_alike_come_first_and_few_are_named(world, owner):
    for number in range(MOST_DUPLICATES + 1):
        world.client(owner, name=f"Other {number}", email="anna@example.org")
    same = world.client(owner, **ANNA)
    found = checked(world, owner, **ANNA)
    assert (len(found), found[0].id) == (MOST_DUPLICATES, same)


def test_who_may_not_see_clients_is_told_of_none(world, owner, anna):
    blind = replace(owner, scopes=(str(Permission.CLIENTS_WRITE),))
    assert added(world, blind, **ANNA).possible_duplicates == []
    with pytest.raises(Forbidden):
        checked(world, blind, **ANNA)
    assistant = world.practitioner(owner.practice_id, Role.ASSISTANT)
    assert [one.id for one in checked(world, assistant, email=ANNA["email"])][:1] == [anna]
    with pytest.raises(NotFound):
        listed(world, world.owner(), anna)
