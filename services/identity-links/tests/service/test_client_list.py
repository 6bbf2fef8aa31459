"""Searching, filtering, sorting and paging clients."""

from __future__ import annotations

import pytest
from sqlalchemy import update

from identity_links.domain.attribution import Attribution
from identity_links.operations import caseloads, client_lists, clients, devices, housekeeping
from identity_links.storage.tables import client
from portal_contracts.actor import Role
from portal_contracts.errors import Invalid
from portal_contracts.identity_links.rpc.caseload import ShareClient
from portal_contracts.identity_links.rpc.clients import (
    ClientFields,
    ClientSort,
    ClientStatus,
    EditClient,
    ListClients,
    SetClientStatus,
)
from portal_contracts.identity_links.rpc.devices import ResolveDevice

NAMES = ["Zoe Adler", "änne Born", "Anna Ceder", "Öz Demir", "Bea Ernst", "bea Ernst", "Cem Fuchs"]
SORTED = ["Anna Ceder", "änne Born", "Bea Ernst", "bea Ernst", "Cem Fuchs", "Öz Demir", "Zoe Adler"]


@pytest.fixture
def owner(world):
    return world.owner()


@pytest.fixture
def people(world, owner):
    """Clients of the practice by name, each added a minute after the one before."""
    added = {}
    for number, name in enumerate(NAMES):
        world.later(minutes=1)
        more = {"phone": "+49 171 2345678", "tags": ["Fremdsprache"]} if name == "Cem Fuchs" else {}
        added[name] = world.client(owner, name=name, email=f"mail{number}@example.org", **more)
    world.client(world.owner(), name="Anna Foreign")
    return added


def page(world, owner, **options):
    return world.run(client_lists.list_clients, ListClients(**options), Attribution(owner))


def names(world, owner, **options):
    return [row.name for row in page(world, owner, **options).items]


def every_page(world, owner, between=None, **options):
    """All names, page by page."""
    found, cursor = [], None
    while True:
        one = page(world, owner, cursor=cursor, **options)
        found += [row.name for row in one.items]
        cursor = one.next_cursor
        if cursor is None:
            return found
        if between:
            between()
            between = None


def test_names_are_sorted_without_case_and_accents(world, owner, people):
    assert names(world, owner) == SORTED


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 50])
@pytest.mark.parametrize("sort", ClientSort)
def test_pages_hold_everyone_once_in_every_order(world, owner, people, sort, limit):
    whole = names(world, owner, sort=sort, limit=200)
    assert every_page(world, owner, sort=sort, limit=limit) == whole
    assert sorted(whole) == sorted(NAMES)


def test_the_latest_added_come_first(world, owner, people):
    assert names(world, owner, sort=ClientSort.ADDED) == NAMES[::-1]


def test_the_latest_visitors_come_first_and_who_never_came_last(world, owner, people):
    for name in ("Cem Fuchs", "Anna Ceder"):
        world.later(minutes=5)
        world.enter(owner, people[name])
    found = names(world, owner, sort=ClientSort.LAST_VISIT)
    assert found[:2] == ["Anna Ceder", "Cem Fuchs"]
    assert every_page(world, owner, sort=ClientSort.LAST_VISIT, limit=2) == found


def test_a_client_who_is_added_meanwhile_moves_nobody(world, owner, people):
    def add():
        world.client(owner, name="Aaron First", email="aaron@example.org")

    assert every_page(world, owner, between=add, limit=3) == SORTED


def test_the_cursor_s_client_may_be_archived_meanwhile(world, owner, people):
    def archive():
        command = SetClientStatus(client_id=people["Bea Ernst"], status=ClientStatus.ARCHIVED)
        world.ask(clients.set_client_status, command, owner)

    assert every_page(world, owner, between=archive, limit=3) == SORTED


def test_a_visit_of_the_cursor_s_client_begins_nothing_anew(world, owner, people):
    cookies = {}
    for name in SORTED[::-1]:
        world.later(minutes=5)
        cookies[name] = world.enter(owner, people[name])
    whole = names(world, owner, sort=ClientSort.LAST_VISIT)

    def visit():
        world.later(minutes=5)
        command = ResolveDevice(device_hash=cookies[whole[2]])
        world.run(devices.resolve_device, command, now=world.now)

    found = every_page(world, owner, between=visit, sort=ClientSort.LAST_VISIT, limit=3)
    assert found == whole == SORTED


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("ann", ["Anna Ceder", "änne Born"]),
        ("ÄNNE", ["änne Born"]),
        ("bea ern", ["Bea Ernst", "bea Ernst"]),
        ("mail4", ["Bea Ernst"]),
        ("mail4@example.org", ["Bea Ernst"]),
        ("eder", []),
        ("%", []),
        ("_nna", []),
        ("\\", []),
        ("oz\x00", ["Öz Demir"]),
        ("ernst bea", ["Bea Ernst", "bea Ernst"]),
        ("0171 2345", ["Cem Fuchs"]),
        ("0049 171", ["Cem Fuchs"]),
        ("fremd", ["Cem Fuchs"]),
        ("100%", []),
        ("ann%", []),
    ],
)
def test_a_search_finds_starts_of_words(world, owner, people, search, found):
    one = page(world, owner, search=search)
    assert [row.name for row in one.items] == found
    assert one.total == len(found)


def test_a_new_name_is_found_and_the_old_one_is_not(world, owner, people):
    fields = ClientFields(name="Nora Neu", email="nora@example.org", preferred_name="Nono")
    command = EditClient(client_id=people["Zoe Adler"], version=1, fields=fields)
    world.ask(clients.edit_client, command, owner, sealer=world.sealer)
    assert names(world, owner, search="nono") == ["Nora Neu"]
    assert names(world, owner, search="zoe") == []


def test_archived_clients_are_listed_where_they_are_asked_for(world, owner, people):
    command = SetClientStatus(client_id=people["Zoe Adler"], status=ClientStatus.ARCHIVED)
    world.ask(clients.set_client_status, command, owner)
    assert "Zoe Adler" not in names(world, owner)
    assert names(world, owner, status=ClientStatus.ARCHIVED) == ["Zoe Adler"]
    assert page(world, owner, status=None).total == len(NAMES)


def test_another_practice_s_cursor_is_refused(world, owner, people):
    other = world.owner()
    for number in range(2):
        world.client(other, name=f"Other {number}")
    cursor = page(world, other, limit=1).next_cursor
    with pytest.raises(Invalid) as refused:
        page(world, owner, cursor=cursor)
    assert refused.value.code == "cursor_invalid"


def test_a_cursor_holds_no_name(world, owner, people):
    assert "nna" not in (page(world, owner, limit=1).next_cursor or "")


def test_what_an_older_rule_has_folded_is_folded_anew_and_then_left_alone(world, owner, people):
    older = update(client).values(search="", sort_name="x", folding_rule=0)
    world.run(lambda tx: tx.execute(older))
    assert names(world, owner, search="anna") == []
    assert world.run(housekeeping.fold_anew) > 0
    assert world.run(housekeeping.fold_anew) == 0
    assert names(world, owner) == SORTED
    assert names(world, owner, search="anna") == ["Anna Ceder"]


def test_a_list_says_whose_own_each_client_is(world, owner, people):
    other = world.practitioner(owner.practice_id, Role.PRACTITIONER)
    command = ShareClient(client_id=people["Anna Ceder"], practitioner_id=other.id)
    world.ask(caseloads.share_client, command, owner)
    own = world.client(other, name="Dora Dorn")
    rows = {row.id: row for row in page(world, owner).items}
    for client_id, main in ((people["Anna Ceder"], owner), (own, other)):
        assert rows[client_id].main_practitioner_id == main.id
        assert rows[client_id].main_practitioner
