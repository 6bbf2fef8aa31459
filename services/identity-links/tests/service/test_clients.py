"""Adding, changing, reading and archiving clients."""

from __future__ import annotations

from datetime import date
from uuid import uuid4

import msgspec
import pytest
from sqlalchemy import select, update

from identity_links.operations import client_lists, clients
from identity_links.storage import tables
from portal_contracts.actor import Role
from portal_contracts.errors import Conflict, Forbidden, Invalid, NotFound
from portal_contracts.identity_links.rpc.clients import (
    AddClient,
    ClientFields,
    ClientStatus,
    EditClient,
    GetClient,
    NameClients,
    SetClientStatus,
)
from portal_contracts.identity_links.rpc.entering import EntryOutcome
from portal_contracts.identity_links.rpc.links import ListLinks
from portal_contracts.identity_links.rpc.targets import LinkState, SecondCheck


@pytest.fixture
def owner(world):
    return world.owner(language="de", timezone="Europe/Vienna")


def get(world, actor, client_id):
    return world.ask(clients.get_client, GetClient(client_id=client_id), actor, sealer=world.sealer)


def edit(world, actor, client_id, version, **fields):
    given = ClientFields(**({"name": "Anna Schmidt", "email": "anna@example.org"} | fields))
    command = EditClient(client_id=client_id, version=version, fields=given)
    return world.ask(clients.edit_client, command, actor, sealer=world.sealer)


def set_status(world, actor, client_id, status):
    command = SetClientStatus(client_id=client_id, status=status)
    return world.ask(clients.set_client_status, command, actor)


def test_a_new_client_takes_the_practice_s_zone_and_language(world, owner):
    details = get(world, owner, world.client(owner, tags=["new"]))
    assert (details.timezone, details.language) == ("Europe/Vienna", "de")
    assert (details.version, details.status, details.tags) == (1, ClientStatus.ACTIVE, ["new"])
    assert details.remark == ""


def test_a_zone_that_is_stored_stays_when_something_else_is_changed(world, owner):
    client_id = world.client(owner)
    for version, stored in enumerate(("US/Pacific", "Mars/Olympus"), start=1):
        stored_zone = update(tables.client).values(timezone=stored)
        world.run(lambda tx, command=stored_zone: tx.execute(command))
        edit(world, owner, client_id, version, phone=f"030 1234{version}", timezone=stored)
        assert get(world, owner, client_id).timezone == stored
    edit(world, owner, client_id, 3, timezone="US/Eastern")
    assert get(world, owner, client_id).timezone == "America/New_York"


def test_adding_a_client_is_logged(world, owner):
    client_id = world.client(owner)
    row = world.log(owner.practice_id)[-1]
    assert (row.act, row.client_id, row.actor_id) == ("client.added", client_id, owner.id)
    assert (row.address, row.request_id) == ("192.0.2.7", "req-1")


def test_a_refused_client_leaves_nothing_behind(world, owner):
    before = world.acts(owner.practice_id)
    command = AddClient(fields=ClientFields(name="", email=""))
    with pytest.raises(Invalid) as refused:
        world.ask(clients.add_client, command, owner, sealer=world.sealer)
    assert refused.value.fields == {"name": "name_missing", "email": "email_missing"}
    assert world.acts(owner.practice_id) == before


def test_a_remark_is_sealed_and_reading_it_is_logged(world, owner):
    client_id = world.client(owner, remark="Prefers mornings.")
    with world.database.transaction() as tx:
        stored = tx.execute(select(tables.client.c.remark)).scalar_one()
    assert b"mornings" not in bytes(stored)
    assert get(world, owner, client_id).remark == "Prefers mornings."
    assert world.acts(owner.practice_id)[-1] == ("client.opened", "done")


def test_who_does_without_the_remark_opens_and_logs_nothing(world, owner):
    client_id = world.client(owner, remark="Prefers mornings.")
    before = world.acts(owner.practice_id)
    command = GetClient(client_id=client_id, with_remark=False)
    details = world.ask(clients.get_client, command, owner, sealer=None)
    assert (details.id, details.remark) == (client_id, None)
    assert world.acts(owner.practice_id) == before


def test_details_without_a_remark_are_not_logged(world, owner):
    client_id = world.client(owner)
    get(world, owner, client_id)
    assert world.acts(owner.practice_id)[-1] == ("client.added", "done")


def test_an_assistant_neither_reads_nor_writes_remarks(world, owner):
    assistant = world.practitioner(owner.practice_id, Role.ASSISTANT)
    client_id = world.client(owner, remark="Prefers mornings.")
    assert get(world, assistant, client_id).remark is None
    for remark in ("changed", ""):
        with pytest.raises(Forbidden):
            edit(world, assistant, client_id, 1, remark=remark)
    with pytest.raises(Forbidden):
        world.client(assistant, remark="x")
    edit(world, assistant, client_id, 1, name="Anna Meier")
    details = get(world, owner, client_id)
    assert (details.name, details.remark) == ("Anna Meier", "Prefers mornings.")


def test_an_empty_remark_clears_it(world, owner):
    client_id = world.client(owner, remark="Prefers mornings.")
    edit(world, owner, client_id, 1, remark="")
    assert get(world, owner, client_id).remark == ""


def test_what_an_edit_leaves_out_stays(world, owner):
    client_id = world.client(owner, phone="030 1234", tags=["new"], remark="Prefers mornings.")
    before = get(world, owner, client_id)
    sent = {"client_id": client_id, "version": 1, "fields": {"pronouns": "she/her"}}
    command = msgspec.convert(sent, EditClient)
    world.ask(clients.edit_client, command, owner, sealer=world.sealer)
    after = get(world, owner, client_id)
    assert after == msgspec.structs.replace(before, pronouns="she/her", version=2)


def test_the_second_of_two_editors_is_told(world, owner):
    client_id = world.client(owner)
    assert edit(world, owner, client_id, 1, phone="030 1234").version == 2
    with pytest.raises(Conflict) as refused:
        edit(world, owner, client_id, 1, phone="030 9999")
    assert refused.value.code == "stale_version"
    assert get(world, owner, client_id).phone == "030 1234"


def test_the_date_of_birth_is_needed_where_nothing_else_could_be_asked_of_new_devices(world):
    owner = world.owner(second_check=SecondCheck.DATE_OF_BIRTH)
    with pytest.raises(Invalid) as refused:
        world.client(owner, email="")
    assert refused.value.fields == {
        "date_of_birth": "date_of_birth_missing",
        "email": "email_missing",
    }
    assert world.client(owner)


def test_today_is_the_practice_s_day(world):
    owner = world.owner(timezone="Pacific/Kiritimati")
    world.later(hours=3)  # 12:00 UTC: already the 24th on Kiritimati.
    assert world.client(owner, date_of_birth=date(2026, 11, 24))


def test_archiving_shuts_the_client_out_at_once(world, owner):
    client_id = world.client(owner)
    link = world.link(owner, client_id)
    world.enter(owner, client_id)
    set_status(world, owner, client_id, ClientStatus.ARCHIVED)
    entry = world.redeem(link.token_hash)
    assert (entry.outcome, entry.standing.state) == (EntryOutcome.DEAD, LinkState.REVOKED)
    acts = [act for act, _ in world.acts(owner.practice_id)]
    assert acts[-4:] == ["client.archived", "link.revoked", "link.revoked", "device.revoked"]


def test_links_stay_revoked_when_the_client_is_made_active_again(world, owner):
    from identity_links.operations import links

    client_id = world.client(owner)
    link = world.link(owner, client_id)
    set_status(world, owner, client_id, ClientStatus.ARCHIVED)
    assert set_status(world, owner, client_id, ClientStatus.ACTIVE).version == 3
    found = world.ask(links.list_links, ListLinks(client_id=client_id), owner)
    assert [one.state for one in found.items] == [LinkState.REVOKED]
    assert world.redeem(link.token_hash).outcome is EntryOutcome.DEAD
    assert world.acts(owner.practice_id)[-1] == ("client.activated", "done")


def test_archiving_twice_changes_nothing_more(world, owner):
    client_id = world.client(owner)
    set_status(world, owner, client_id, ClientStatus.ARCHIVED)
    before = world.acts(owner.practice_id)
    assert set_status(world, owner, client_id, ClientStatus.ARCHIVED).version == 2
    assert world.acts(owner.practice_id) == before


def test_names_of_other_practices_are_absent_like_unknown_ones(world, owner):
    own, foreign = world.client(owner), world.client(world.owner())
    command = NameClients(client_ids=[own, foreign, uuid4()])
    found = world.run(client_lists.name_clients, command, type("By", (), {"actor": owner}))
    assert found.names == {str(own): "Anna Schmidt"}


def test_an_unknown_practice_has_no_clients(world, owner):
    from msgspec.structs import replace

    with pytest.raises(NotFound):
        world.client(replace(owner, practice_id=uuid4()))
